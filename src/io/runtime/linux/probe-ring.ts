import { linuxIo } from "../../ffi/libc.ts";
import { Ring } from "./ring.ts";

/** Why there is no io_uring for us, or undefined when there is. `EMU_NO_IO_URING=1` refuses it. */
export function probeRing(): string | undefined {
  if (process.env.EMU_NO_IO_URING === "1") return "EMU_NO_IO_URING is set";
  if (process.platform !== "linux") return "it needs Linux";
  if (linuxIo() === undefined) return "the C library could not be opened";
  try {
    new Ring({ entries: 4 }).close();
    return undefined;
  } catch (error) {
    // A kernel without it says ENOSYS; one that lets us not (seccomp, io_uring_disabled) says EPERM.
    return error instanceof Error ? error.message : String(error);
  }
}
