import { dlopen, ptr } from "bun:ffi";

const CLOCK_THREAD_CPUTIME_ID = 3;

/** Frames per second by two clocks. */
export interface Rates {
  /** By CPU time of the calling thread. Compiling runs on other threads. */
  readonly cpu: number;
  readonly wall: number;
}

const { symbols } = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
/** struct timespec: seconds and nanoseconds. */
const time = new BigInt64Array(2);

/** Runs `runFrame` `frames` times. */
export function timeFrames(runFrame: () => void, frames: number): Rates {
  const startMs = performance.now();
  const startUs = threadUs();
  for (let frame = 0; frame < frames; frame++) runFrame();
  const cpuUs = threadUs() - startUs;
  return { cpu: (1e6 * frames) / cpuUs, wall: (1e3 * frames) / (performance.now() - startMs) };
}

/** In contrast to getrusage, this clock has no ticks of some milliseconds. */
function threadUs(): number {
  if (symbols.clock_gettime(CLOCK_THREAD_CPUTIME_ID, ptr(time)) !== 0)
    throw new Error("clock_gettime failed");
  return Number(time[0]!) * 1e6 + Number(time[1]!) / 1e3;
}
