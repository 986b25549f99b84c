import { InputError } from "../../emu/input-error.ts";
import { errno, errnoText } from "../ffi/libc.ts";

/** What the network or the file system refused, with the error's usual name: "ECONNRESET", "ENOENT". */
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

/** An error of Bun's or Node's as an `IoError`. */
export function ioErrorFrom(error: unknown, what: string, where = ""): IoError {
  const { code, errno: number } = error as { code?: unknown; errno?: unknown };
  if (typeof code === "string") return new IoError(code, what, where);
  if (typeof number === "number") return new IoError(errnoText(Math.abs(number)), what, where);
  return new IoError("EIO", `${what} (${error instanceof Error ? error.message : String(error)})`, where);
}
