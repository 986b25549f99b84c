/** What a campaign of `emu fuzz` does, and what it finds: plain data, which goes to threads and machines. */

import type { Hold } from "../library/fuzz/shrink.ts";
import type { Button } from "../library/pads.ts";
import type { ParsedExpression } from "../symbols/memory-expression.ts";

/** Every kind of failure, and what it means. */
export const FUZZ_KINDS = {
  jam: "the CPU executed an opcode that stops it",
  "executes-brk": "the program executed BRK",
  "executes-nothing": "the program runs where there is no memory",
  "executes-unwritten": "the program runs in RAM that it has not written",
  stack: "the stack wraps around",
  "writes-rom": "the program writes to ROM, on a board without registers",
  hang: "the program does not read the controllers any more",
  frozen: "no button changes anything any more",
  lag: "the program has not read the controllers for some frames (--lag)",
  condition: "an expression holds (--fail)",
  differs: "two machines differ (--compare)",
} as const satisfies Readonly<Record<string, string>>;
export type FuzzKind = keyof typeof FUZZ_KINDS;

/**
 * The machine that must agree with a fast one: an exact one, one that runs from saved states, or the same one
 * again.
 */
export const FUZZ_COMPARISONS = ["exact", "state", "repeat"] as const;
export type FuzzComparison = (typeof FUZZ_COMPARISONS)[number];

/** What one test of a campaign does. */
export type FuzzTask =
  /** Plays without buttons, to know what happens without input. */
  | { readonly kind: "idle" }
  /** Searches from a seed. */
  | { readonly kind: "seed"; readonly seed: number }
  /** Makes the input of a failure as small as possible, and a movie of it. */
  | { readonly kind: "shrink"; readonly finding: FuzzFinding };

/** A campaign. Together with ROM, movie and machine, it determines every finding of every seed. */
export interface FuzzPlan {
  readonly task: FuzzTask;
  /** Frames per run. */
  readonly frames: number;
  /** Runs per seed. */
  readonly runs: number;
  readonly buttons: readonly Button[];
  readonly pads: number;
  /** A run fails as soon as one of them is not 0 at the end of a frame. */
  readonly conditions: readonly ParsedExpression[];
  /** States with a higher value are kept. */
  readonly maximise?: ParsedExpression;
  /** Frames without reading the controllers that count as a hang; 0 for no limit. */
  readonly hangFrames: number;
  /**
   * A game with a still picture is frozen if no button changes anything for this many frames, or until each
   * was held if that takes longer; 0 to not check it.
   */
  readonly frozenFrames: number;
  /** Frames without reading the controllers that count as lag; 0 for no limit. */
  readonly lagFrames: number;
  readonly compare?: FuzzComparison;
  /** Failures that are not reported: kinds and keys. */
  readonly ignores: readonly string[];
  /** Frames to spend on shrinking one failure. */
  readonly shrinkFrames: number;
}

/** A failure of a game, with the input that leads to it. */
export interface FuzzFinding {
  readonly kind: FuzzKind;
  /** The kind and the place, such as `jam-C047`. Failures with the same key are the same failure. */
  readonly key: string;
  readonly what: string;
  readonly pc: number;
  /** The byte of PRG ROM at `pc`, or NO_PRG_OFFSET. */
  readonly prgOffset: number;
  /** 0 if it needs no input. */
  readonly seed: number;
  /** The input from the start on. */
  readonly script: readonly Hold[];
  /** Number of frames from the start to the failure, the failing one included. */
  readonly frames: number;
}

/** The smallest input of a failure, as files. */
export interface FuzzProof {
  readonly finding: FuzzFinding;
  /** A movie from power-on. */
  readonly movie: Uint8Array;
  readonly format: "fm2" | "json";
  readonly movieFrames: number;
  /** The first frame of the movie after the start. */
  readonly startFrame: number;
  /** The last picture, as PNG. */
  readonly picture: Uint8Array;
}

/** What a test of a campaign has found. */
export interface FuzzResult {
  readonly findings: readonly FuzzFinding[];
  /** The bytes of PRG ROM at which instructions were executed: a bit for each, deflated. */
  readonly covered?: Uint8Array;
  /** The best value of `maximise`. */
  readonly best?: number;
  readonly proof?: FuzzProof;
}

/** Kinds after which a game may continue normally. */
export const SOFT_KINDS: readonly FuzzKind[] = [
  "executes-brk",
  "executes-nothing",
  "executes-unwritten",
  "stack",
  "writes-rom",
];
