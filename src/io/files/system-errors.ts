const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "it is larger than a file may be here",
  EIO: "the device reports an error",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  EEXIST: "part of its path is not a folder",
  ENOTDIR: "part of its path is not a folder",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EBADF: "the descriptor is not open for writing",
  ENXIO: "nothing answers at its other end",
  EPIPE: "its reader has closed it",
  ENOENT: "it does not exist",
  ENOEXEC: "it is no program of this system, nor a script that begins with #!",
  ECONNREFUSED: "nothing listens at this address",
  ECONNRESET: "the connection was closed",
  ENOTFOUND: "there is no host of this name",
};

/** What the code of a system error means, such as "permission denied" for EACCES. */
export function systemReason(code: string): string {
  return REASONS[code] ?? code;
}

/** Why something failed: what the code of a system error means, or else the error's message. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return systemReason(String(error.code));
  return error instanceof Error ? error.message : String(error);
}
