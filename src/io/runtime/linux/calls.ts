import { type Pointer, ptr } from "bun:ffi";
import { InputError } from "../../../emu/input-error.ts";
import { errno, errnoText, type LinuxIo, linuxIo } from "../../ffi/libc.ts";
import type { Capabilities } from "../backend.ts";
import { END, ERROR, HANGUP, READ, WRITE } from "../keys.ts";

/** Capabilities of waiting with Linux system calls. */
export const LINUX_CAPABILITIES: Capabilities = {
  rawDescriptors: true,
  blockingWait: true,
  tls: false,
};

/** Bits of `poll` and of `epoll`: they have the same values. */
export const POLLIN = 0x001;
const POLLOUT = 0x004;
const POLLERR = 0x008;
const POLLHUP = 0x010;
const POLLNVAL = 0x020;
export const POLLRDHUP = 0x2000;

export const EINTR = 4;
export const ENOENT = 2;
export const EAGAIN = 11;
export const ENOSYS = 38;
const NS_PER_SECOND = 1e9;

/** Converts interest to the kernel's bits. */
export function pollMask(wanted: number): number {
  return (wanted & READ ? POLLIN | POLLRDHUP : 0) | (wanted & WRITE ? POLLOUT : 0);
}

/** Converts the kernel's bits to readiness. */
export function readinessOf(bits: number): number {
  return (
    (bits & (POLLIN | POLLRDHUP) ? READ : 0) |
    (bits & POLLOUT ? WRITE : 0) |
    (bits & (POLLERR | POLLNVAL) ? ERROR : 0) |
    (bits & POLLRDHUP ? END : 0) |
    (bits & POLLHUP ? HANGUP : 0)
  );
}

/** Linux's C library. A backend that needs it has been probed before, so its absence is a bug. */
export function libc(): LinuxIo {
  const library = linuxIo();
  if (library === undefined) throw new Error("no Linux C library");
  return library;
}

/** The error of the system call that has just failed, as an `InputError`. */
export function callError(call: string, code = errno()): InputError {
  return new InputError("unavailable", `${call} failed: ${errnoText(code)}`);
}

/** Memory that the kernel reads or writes: it never moves, and its address is taken once. */
export class KernelMemory {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly address: Pointer;

  /** `size` in bytes is rounded up to whole words. */
  constructor(size: number) {
    const buffer = new SharedArrayBuffer((size + 7) & ~7);
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.address = ptr(this.bytes);
  }
}

/** A `struct timespec` for waits. */
export class Timespec {
  readonly #memory = new KernelMemory(16);

  /**
   * Returns the address of a timespec with this duration in nanoseconds. Returns null, which waits without
   * limit, for a negative one.
   */
  set(nanoseconds: number): Pointer | null {
    if (nanoseconds < 0) return null;
    // 2^31 seconds are enough; an unlimited wait is a negative duration.
    const seconds = Math.min(0x7fff_ffff, Math.floor(nanoseconds / NS_PER_SECOND));
    const { words } = this.#memory;
    words[0] = seconds;
    words[1] = 0;
    words[2] = Math.min(NS_PER_SECOND - 1, Math.ceil(nanoseconds - seconds * NS_PER_SECOND));
    words[3] = 0;
    return this.#memory.address;
  }
}
