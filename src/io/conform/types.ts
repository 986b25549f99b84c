import type { Nes } from "../../emu/nes/nes.ts";
import type { RegionName } from "../../emu/nes/region.ts";

export type Verdict = "pass" | "fail" | "error" | "skip";

export const PROTOCOLS = [
  "blargg-6000",
  "ram-result",
  "screen-text",
  "screen-crc",
  "golden-log",
  "frame-hashes",
  "accuracycoin",
] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

/** One test: a ROM and how it is graded. File names are resolved, and so can be opened as they are. */
export interface TestSpec {
  /** What reports call the ROM: its path as the manifest or the command line has it. */
  readonly rom: string;
  readonly romFile: string;
  /** "detect" finds the protocol by looking at the ROM. */
  readonly protocol: ProtocolName | "detect";
  readonly maxFrames: number;
  readonly sha1?: string;
  readonly address?: number;
  /** A byte for `ram-result`, a word for `screen-text`. */
  readonly pass?: number | string;
  readonly accept?: readonly string[];
  readonly mmc3Revision?: "A" | "B";
  readonly region?: RegionName;
  readonly goldenFile?: string;
  readonly logFile?: string;
  readonly startPc?: number;
}

/** One of many things that a single ROM grades. */
export interface CaseResult {
  readonly page: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

/** What a protocol found out. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly detail: string;
  readonly cases?: readonly CaseResult[];
  /** `frame-hashes`: the frame offsets at which everything agrees, and what made the golden file. */
  readonly offsets?: readonly number[];
  readonly source?: string;
}

/** What a protocol works with. */
export interface Bench {
  readonly spec: TestSpec;
  /** Powers on a machine that `spec` describes, in the place of the one before. */
  powerOn(): Nes;
  /** Runs one frame of the machine and keeps its picture. */
  runFrame(): void;
  /** The last picture: palette indices with emphasis bits. */
  readonly pixels: Uint16Array;
  /** Frames run so far, by all machines together. */
  readonly frames: number;
}

/** Grades one ROM. Throws `InputError` when what it is told to compare with cannot be used. */
export type Protocol = (bench: Bench) => Outcome | Promise<Outcome>;

/** A line of the report. */
export interface TestResult {
  readonly rom: string;
  readonly protocol: ProtocolName | "none";
  readonly verdict: Verdict;
  readonly detail: string;
  readonly frames: number;
  readonly milliseconds: number;
  readonly cases?: readonly CaseResult[];
}

/** What `emu conform --json` prints. */
export interface ConformReport {
  readonly tests: readonly TestResult[];
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
}

export const DEFAULT_MAX_FRAMES = 6000;

/** How every protocol says that no verdict came in time. */
export function timeout(frames: number, more = ""): Outcome {
  return { verdict: "fail", detail: `timeout after ${frames} frames${more === "" ? "" : `: ${more}`}` };
}
