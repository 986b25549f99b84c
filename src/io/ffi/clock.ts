import { lazily, linuxC, macSystem, windowsKernel } from "./libc.ts";

/**
 * Time that does not depend on the computer's clock. `Atomics.wait` with a time-out does depend on it:
 * JavaScriptCore turns the time-out into a time of day, so setting the clock back by a minute makes the wait
 * a minute longer. Event loop timers, `Atomics.waitAsync` and `performance.now` are monotonic (measured, Bun
 * 1.4.5).
 */

const CLOCK_MONOTONIC = process.platform === "darwin" ? 6 : 1;
const CLOCK_THREAD_CPUTIME_ID = process.platform === "darwin" ? 16 : 3;
/**
 * `struct timespec`: seconds and nanoseconds, 64 bits each. It lies in shared memory, which does not move.
 */
const timespec = new Uint32Array(new SharedArrayBuffer(16));
const idle = new Int32Array(new SharedArrayBuffer(4));
const unix = lazily(() => linuxC() ?? macSystem());

/** Blocks the calling thread. Fractions of a millisecond count. Never returns early, except by rounding. */
export function sleepMs(milliseconds: number): void {
  const deadlineMs = performance.now() + milliseconds;
  // A signal ends a sleep early; sleep for the rest.
  for (let left = milliseconds; left > 0; left = deadlineMs - performance.now()) sleepOnce(left);
}

function sleepOnce(milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  timespec[0] = seconds;
  timespec[2] = (milliseconds - seconds * 1000) * 1e6;
  // nanosleep's relative sleeps use the monotonic clock (POSIX: setting the clock has no effect on them).
  const library = unix();
  if (library !== undefined) library.nanosleep(timespec, null);
  // Sleeps whole milliseconds; the caller's loop spins for the rest.
  else if (windowsKernel() !== undefined) windowsKernel()!.Sleep(Math.floor(milliseconds));
  else Atomics.wait(idle, 0, 0, milliseconds);
}

/**
 * Milliseconds on a clock that all threads of this process share. `performance.now` counts from the thread's
 * start. `performance.timeOrigin` is the time of day at that start; it differs between threads when the clock
 * is changed between their starts.
 */
export function sharedNowMs(): number {
  return sharedOriginMs() + performance.now();
}

const sharedOriginMs = lazily(() => {
  const nowMs = readClockMs(CLOCK_MONOTONIC);
  return nowMs === undefined ? performance.timeOrigin : nowMs - performance.now();
});

/**
 * Milliseconds for which the calling thread has had a processor; undefined if the system does not report it.
 */
export function threadCpuMs(): number | undefined {
  return readClockMs(CLOCK_THREAD_CPUTIME_ID);
}

/**
 * The clock of the calling thread's CPU time, for `cpuMsOf` on any thread of this process. Undefined if the
 * system has none.
 */
export function threadCpuClock(): number | undefined {
  const threadId = linuxC()?.gettid();
  // The kernel's number for a thread's clock (MAKE_THREAD_CPUCLOCK): a bit for "thread", 2 for run time.
  return threadId === undefined ? undefined : (~threadId << 3) | 4 | 2;
}

/**
 * Milliseconds for which the thread with this clock has had a processor. Without a clock, the time of the
 * whole process, which is never less.
 */
export function cpuMsOf(clock: number | undefined): number {
  const milliseconds = clock === undefined ? undefined : readClockMs(clock);
  if (milliseconds !== undefined) return milliseconds;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function readClockMs(clock: number): number | undefined {
  const library = unix();
  if (library === undefined || library.clock_gettime(clock, timespec) !== 0) return undefined;
  const seconds = timespec[0]! + timespec[1]! * 2 ** 32;
  return seconds * 1000 + timespec[2]! / 1e6;
}
