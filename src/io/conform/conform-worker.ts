import { threadCpuClock } from "../ffi/clock.ts";
import { type Palette, usePalette } from "../render/colors/palette.ts";
import { reportError } from "../thread/error-report.ts";
import type { ErrorReport } from "../thread/messages.ts";
import { type Graded, grade } from "./grade.ts";
import type { GradeOptions } from "./rom-bench.ts";
import { RomCache } from "./rom-cache.ts";
import type { TestSpec } from "./types.ts";

/** The message to a worker for each test. */
export interface ConformOrder {
  readonly spec: TestSpec;
  readonly options: Omit<GradeOptions, "powerOn" | "roms">;
  /** The colours of pictures; undefined for those of the machine. */
  readonly palette: Palette | undefined;
}

/** A worker's first message, and its answer to each order. */
export type ConformAnswer =
  /** The clock of its CPU time, for `cpuMsOf`. */
  { readonly cpuClock: number | undefined } | { readonly graded: Graded } | { readonly error: ErrorReport };

declare const self: Worker;

const roms = new RomCache();

self.postMessage({ cpuClock: threadCpuClock() } satisfies ConformAnswer);

self.onmessage = async ({ data: { spec, options, palette } }: MessageEvent<ConformOrder>) => {
  usePalette(palette);
  try {
    self.postMessage({ graded: await grade(spec, { ...options, roms }) } satisfies ConformAnswer);
  } catch (error) {
    self.postMessage({ error: reportError(error) } satisfies ConformAnswer);
  }
};
