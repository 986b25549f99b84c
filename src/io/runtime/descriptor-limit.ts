import { readFileSync } from "node:fs";
import { lazily } from "../ffi/libc.ts";

/** Descriptors that connections leave free for everything else: files, above all saves, and threads. */
const SPARE_DESCRIPTORS = 8;

/** The maximum number of open descriptors of this process (RLIMIT_NOFILE); Infinity where it is not known. */
const descriptorLimit: () => number = lazily(() => {
  if (process.platform === "linux") {
    try {
      const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
      if (limit !== undefined) return Number(limit);
    } catch {
      // Without /proc, the report below also has the limit, but takes longer.
    }
  }
  const report = process.report?.getReport() as
    | { userLimits?: { open_files?: { soft?: unknown } } }
    | undefined;
  const limit = Number(report?.userLimits?.open_files?.soft);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
});

/** Returns true if descriptors are running out: the system always assigns the lowest free number. */
export function isNearLimit(descriptor: number): boolean {
  return descriptor >= descriptorLimit() - SPARE_DESCRIPTORS;
}
