import { dlopen, ptr } from "bun:ffi";

const RUSAGE_THREAD = 1;
/** struct rusage begins with the times in user and in system mode, each in seconds and microseconds. */
const RUSAGE_WORDS = 18;

/** Frames per second by two clocks. */
export interface Rates {
  /** By CPU time of the calling thread. Compiling runs on other threads. */
  readonly cpu: number;
  readonly wall: number;
}

const { symbols } = dlopen("libc.so.6", { getrusage: { args: ["i32", "ptr"], returns: "i32" } });
const usage = new BigInt64Array(RUSAGE_WORDS);

/** Runs `runFrame` `frames` times. */
export function timeFrames(runFrame: () => void, frames: number): Rates {
  const startMs = performance.now();
  const startUs = threadUs();
  for (let frame = 0; frame < frames; frame++) runFrame();
  const cpuUs = threadUs() - startUs;
  return { cpu: (1e6 * frames) / cpuUs, wall: (1e3 * frames) / (performance.now() - startMs) };
}

function threadUs(): number {
  if (symbols.getrusage(RUSAGE_THREAD, ptr(usage)) !== 0) throw new Error("getrusage failed");
  return Number((usage[0]! + usage[2]!) * 1_000_000n + usage[1]! + usage[3]!);
}
