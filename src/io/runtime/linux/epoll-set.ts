import { errno } from "../../ffi/libc.ts";
import {
  callError,
  EINTR,
  ENOENT,
  ENOSYS,
  KernelMemory,
  libc,
  POLLIN,
  pollMask,
  readinessOf,
  Timespec,
} from "./calls.ts";

const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLET = 1 << 31;
const SYS_EPOLL_PWAIT2 = 441;
const NS_PER_MS = 1e6;
/** `struct epoll_event` is packed only on x86-64: 32 bits of events, then 64 of data. */
const EVENT_WORDS = process.arch === "x64" ? 3 : 4;
const DATA_WORD = process.arch === "x64" ? 1 : 2;

/**
 * An epoll descriptor: a set of descriptors, each with a key, and which of them are ready. Level-triggered.
 */
export class EpollSet {
  /** This descriptor can itself be polled: it is readable while a member is ready. */
  readonly descriptor: number;
  readonly #control = new KernelMemory(16);
  readonly #events: KernelMemory;
  readonly #mostEvents: number;
  readonly #timespec = new Timespec();
  /** True if the kernel has `epoll_pwait2`, which takes nanoseconds (Linux 5.11). */
  #hasPwait2 = true;

  /**
   * One `wait` reports at most `mostEvents` members. Throws `InputError` ("unavailable") if there is no
   * epoll.
   */
  constructor(mostEvents: number) {
    this.#mostEvents = mostEvents;
    this.#events = new KernelMemory(mostEvents * EVENT_WORDS * 4);
    this.descriptor = libc().epoll_create1(EPOLL_CLOEXEC);
    if (this.descriptor < 0) throw callError("epoll_create1");
  }

  /** Watches an eventfd edge-triggered, so that it need not be read: every write to it is an edge. */
  addEdges(descriptor: number, key: number): void {
    this.#call(EPOLL_CTL_ADD, descriptor, POLLIN | EPOLLET, key);
  }

  /** Watches a descriptor for `wanted` instead of `armed`; 0 stops watching it. Throws `InputError`. */
  change(descriptor: number, key: number, wanted: number, armed: number): void {
    if (wanted === 0) this.#call(EPOLL_CTL_DEL, descriptor, 0, key);
    else this.#call(armed === 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, pollMask(wanted), key);
  }

  /**
   * Waits for up to `most` ready members and returns their number. A timeout of 0 does not wait, a negative
   * one waits without limit.
   */
  wait(most: number, timeoutNs: number): number {
    const { address } = this.#events;
    const limit = Math.min(this.#mostEvents, most);
    let count: number;
    if (timeoutNs <= 0 || !this.#hasPwait2) {
      const timeoutMs = timeoutNs < 0 ? -1 : Math.min(0x7fff_ffff, Math.ceil(timeoutNs / NS_PER_MS));
      count = libc().epoll_wait(this.descriptor, address, limit, timeoutMs);
    } else {
      const timespec = this.#timespec.set(timeoutNs) ?? 0;
      count = libc().syscall(SYS_EPOLL_PWAIT2, this.descriptor, address, limit, timespec as number, 0, 0);
    }
    if (count >= 0) return count;
    const code = errno();
    if (code === ENOSYS && this.#hasPwait2) {
      this.#hasPwait2 = false;
      return this.wait(most, timeoutNs);
    }
    if (code !== EINTR) throw callError("epoll_wait", code);
    return 0;
  }

  /** The key of the n-th ready member of the last `wait`. */
  key(n: number): number {
    return this.#events.words[n * EVENT_WORDS + DATA_WORD]! >>> 0;
  }

  /** What the n-th ready member is ready for. */
  readiness(n: number): number {
    return readinessOf(this.#events.words[n * EVENT_WORDS]!);
  }

  close(): void {
    libc().close(this.descriptor);
  }

  #call(operation: number, descriptor: number, mask: number, key: number): void {
    const { words, address } = this.#control;
    words[0] = mask;
    words[DATA_WORD] = key;
    words[DATA_WORD + 1] = 0;
    if (libc().epoll_ctl(this.descriptor, operation, descriptor, address) === 0) return;
    const code = errno();
    // The kernel has already removed a descriptor that was closed.
    if (operation === EPOLL_CTL_DEL && code !== ENOENT) return;
    if (operation !== EPOLL_CTL_DEL) throw callError("epoll_ctl", code);
  }
}
