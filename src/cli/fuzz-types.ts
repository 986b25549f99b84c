import type { InputError } from "../emu/input-error.ts";
import type { TestResult, TestSpec } from "../io/conform/types.ts";
import type { FuzzComparison, FuzzFinding, FuzzPlan, FuzzProof } from "../io/fuzz/plan.ts";
import type { Button } from "../io/library/pads.ts";
import type { Symbols } from "../io/symbols/symbols.ts";
import type { Interrupted } from "./exit-codes.ts";

/** A range of seeds, both included. */
export interface Seeds {
  readonly from: number;
  readonly to: number;
}

export interface FuzzCommandOptions {
  readonly seeds?: Seeds;
  /** In seconds. */
  readonly for?: number;
  readonly frames: number;
  readonly runs: number;
  readonly fail?: readonly string[];
  readonly maximise?: string;
  readonly ignore: readonly string[];
  readonly lag: number;
  readonly hang: number;
  readonly frozen: number;
  readonly compare?: FuzzComparison;
  readonly movie?: string;
  readonly anyRom?: true;
  readonly buttons: readonly Button[];
  readonly pads: number;
  readonly set: readonly string[];
  readonly patch?: readonly string[] | false;
  readonly shrinkFrames: number;
  readonly out: string;
  readonly jobs: number;
  readonly hangSeconds: number;
  readonly farm?: string;
  readonly farmWait: number;
  readonly json?: true;
  readonly junit?: string;
}

/** Paths of a failure's files. */
export interface FailureFiles {
  readonly movie: string;
  readonly picture: string;
  readonly text: string;
  /** Absent if the game fails before its first frame. */
  readonly trace?: string;
}

/** A way in which the game fails. */
export interface CampaignFailure {
  /** The finding of the lowest seed. With a proof, its input is the smallest. */
  readonly finding: FuzzFinding;
  /** The lowest seeds that found it, and the number of all that did. Empty if it needs no input. */
  readonly seeds: readonly number[];
  readonly seedCount: number;
  readonly proof?: FuzzProof;
  readonly files?: FailureFiles;
  /** True if the campaign was ended before the input was shrunk. */
  readonly isUnshrunk?: true;
}

export interface CampaignResult {
  readonly rom: string;
  readonly plan: FuzzPlan;
  readonly machine: Partial<TestSpec>;
  readonly symbols: Symbols;
  readonly seedsDone: number;
  readonly lastSeed: number;
  readonly frames: number;
  readonly milliseconds: number;
  readonly coveredBytes: number;
  /** The best value of --maximise. */
  readonly best?: number;
  readonly failures: readonly CampaignFailure[];
  /** Tests that ended with an error, such as a hang of emu. */
  readonly errors: readonly TestResult[];
  /** Why seeds are missing. */
  readonly incomplete?: string;
  readonly interrupted?: Interrupted;
  /** The first file that could not be written. */
  readonly problem?: InputError;
}
