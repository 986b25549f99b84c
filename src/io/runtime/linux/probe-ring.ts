import { linuxIo } from "../../ffi/libc.ts";
import { Ring } from "./ring.ts";

/** Why io_uring cannot be used, or undefined if it can. `EMU_NO_IO_URING=1` disables it. */
export function probeRing(): string | undefined {
  if (process.env.EMU_NO_IO_URING === "1") return "EMU_NO_IO_URING is set";
  if (process.platform !== "linux") return "it needs Linux";
  if (linuxIo() === undefined) return "the C library could not be opened";
  try {
    new Ring({ entries: 4 }).close();
    return undefined;
  } catch (error) {
    // A kernel without io_uring returns ENOSYS; one that forbids it (seccomp, io_uring_disabled) EPERM.
    return error instanceof Error ? error.message : String(error);
  }
}
