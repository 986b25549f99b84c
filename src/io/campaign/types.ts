import type { InputError } from "../../emu/input-error.ts";
import type { TestResult, TestSpec } from "../conform/types.ts";
import type { FuzzFinding, FuzzPlan, FuzzProof } from "../fuzz/plan.ts";
import type { Symbols } from "../symbols/symbols.ts";

/** A range of seeds, both included. */
export interface Seeds {
  readonly from: number;
  readonly to: number;
}

/** The game of a campaign, and what all its tests have in common. */
export interface CampaignSetup {
  readonly rom: string;
  /** Every test, without its name and task. */
  readonly base: Omit<TestSpec, "name" | "fuzz">;
  readonly plan: Omit<FuzzPlan, "task">;
  readonly symbols: Symbols;
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

/** What a campaign has found. */
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
  /** The reason of the signal that ended the campaign. */
  readonly interrupted?: unknown;
  /** The first file that could not be written. */
  readonly problem?: InputError;
}

/** The progress of a campaign. */
export interface CampaignState {
  readonly seeds: number;
  readonly failures: number;
  readonly coveredBytes: number;
  /** The part of the campaign's time that has passed, if it has a limit. */
  readonly share?: number;
}
