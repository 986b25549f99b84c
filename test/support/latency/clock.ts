import { dlopen } from "bun:ffi";

const CLOCK_MONOTONIC = 1;
const { symbols } = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
const timespec = new BigInt64Array(2);

/** Microseconds of a clock that all processes share. */
export function sharedMicroseconds(): number {
  symbols.clock_gettime(CLOCK_MONOTONIC, timespec);
  return Number(timespec[0]) * 1e6 + Number(timespec[1]) / 1000;
}
