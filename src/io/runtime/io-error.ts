import { InputError } from "../../emu/input-error.ts";
import { errno, errnoText } from "../ffi/libc.ts";

/** An error of the network or the file system, with its usual code: "ECONNRESET", "ENOENT". */
export class IoError extends InputError {
  readonly code: string;

  constructor(code: string, what: string, where = "") {
    super("io", `${what}: ${code}`, where);
    this.name = "IoError";
    this.code = code;
  }
}

/** The error of the system call that has just failed. */
export function lastError(what: string, where = ""): IoError {
  return new IoError(errnoText(errno()), what, where);
}

/** Converts an error of Bun or Node to an `IoError`. */
export function ioErrorFrom(error: unknown, what: string, where = ""): IoError {
  const { code, errno: number } = error as { code?: unknown; errno?: unknown };
  if (typeof code === "string") return new IoError(code, what, where);
  if (typeof number === "number") return new IoError(errnoText(Math.abs(number)), what, where);
  return new IoError("EIO", `${what} (${error instanceof Error ? error.message : String(error)})`, where);
}
