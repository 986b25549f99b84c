import { readFileSync } from "node:fs";
import { lazily } from "../ffi/libc.ts";

/** Descriptors that connections leave to everything else: to files, above all to saves, and to threads. */
const SPARE_DESCRIPTORS = 8;

/** The most descriptors that this process may have open (RLIMIT_NOFILE); Infinity where that is not known. */
const descriptorLimit: () => number = lazily(() => {
  if (process.platform === "linux") {
    try {
      const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
      if (limit !== undefined) return Number(limit);
    } catch {
      // There is no /proc: the report below knows too, and takes longer.
    }
  }
  const report = process.report?.getReport() as
    | { userLimits?: { open_files?: { soft?: unknown } } }
    | undefined;
  const limit = Number(report?.userLimits?.open_files?.soft);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
});

/** Returns true if descriptors are running out: a new one has the lowest number that is free. */
export function isNearLimit(descriptor: number): boolean {
  return descriptor >= descriptorLimit() - SPARE_DESCRIPTORS;
}
