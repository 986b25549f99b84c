import { errno, errnoText } from "../../ffi/libc.ts";
import { IoError } from "../io-error.ts";
import { KernelMemory, libc } from "./calls.ts";

const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;

/**
 * Checks whether a descriptor can be waited for. poll and io_uring accept some that epoll does not, above all
 * regular files, and report them as always ready. epoll is asked first so that all backends behave the same.
 */
export class DescriptorChecker {
  readonly #epoll = libc().epoll_create1(EPOLL_CLOEXEC);
  readonly #event = new KernelMemory(16);

  /** Throws `IoError`: EBADF if the descriptor is not open, EPERM if it has no readiness. */
  check(descriptor: number): void {
    const added = libc().epoll_ctl(this.#epoll, EPOLL_CTL_ADD, descriptor, this.#event.address);
    if (added < 0) throw new IoError(errnoText(errno()), "waiting for a descriptor", `${descriptor}`);
    libc().epoll_ctl(this.#epoll, EPOLL_CTL_DEL, descriptor, this.#event.address);
  }

  close(): void {
    libc().close(this.#epoll);
  }
}
