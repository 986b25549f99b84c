import { lazily, linuxC, macSystem, windowsKernel } from "./libc.ts";

/**
 * Time that no change of the computer's clock touches. `Atomics.wait` with a time-out is no such sleep:
 * JavaScriptCore turns the time-out into a time of day, so that a clock set back by a minute adds a minute.
 * Timers of the event loop, `Atomics.waitAsync` and `performance.now` are monotonic (measured, Bun 1.4.5).
 */

const CLOCK_MONOTONIC = process.platform === "darwin" ? 6 : 1;
/** `struct timespec`: seconds and nanoseconds, 64 bits each. On shared memory, which does not move. */
const timespec = new Uint32Array(new SharedArrayBuffer(16));
const idle = new Int32Array(new SharedArrayBuffer(4));
const unix = lazily(() => linuxC() ?? macSystem());

/** Blocks the calling thread, fractions of a millisecond included. Never returns early but for rounding. */
export function sleepMs(milliseconds: number): void {
  const deadlineMs = performance.now() + milliseconds;
  // Again after a signal.
  for (let left = milliseconds; left > 0; left = deadlineMs - performance.now()) sleepOnce(left);
}

function sleepOnce(milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  timespec[0] = seconds;
  timespec[2] = (milliseconds - seconds * 1000) * 1e6;
  // Relative sleeps of nanosleep go by the monotonic clock (POSIX: setting the clock has no effect on them).
  const library = unix();
  if (library !== undefined) library.nanosleep(timespec, null);
  // Whole milliseconds; what is left is waited for without a sleep.
  else if (windowsKernel() !== undefined) windowsKernel()!.Sleep(Math.floor(milliseconds));
  else Atomics.wait(idle, 0, 0, milliseconds);
}

/**
 * Milliseconds on a clock that all threads of this process share. `performance.now` counts from the
 * thread's start, and `performance.timeOrigin` is the time of day at that start, which a changed clock
 * makes differ between threads.
 */
export function sharedNowMs(): number {
  return sharedOriginMs() + performance.now();
}

const sharedOriginMs = lazily(() => {
  const library = unix();
  if (library === undefined || library.clock_gettime(CLOCK_MONOTONIC, timespec) !== 0) {
    return performance.timeOrigin;
  }
  const seconds = timespec[0]! + timespec[1]! * 2 ** 32;
  return seconds * 1000 + timespec[2]! / 1e6 - performance.now();
});
