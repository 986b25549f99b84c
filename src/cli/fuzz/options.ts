import type { Seeds } from "../../io/campaign/types.ts";
import type { FuzzComparison } from "../../io/fuzz/plan.ts";
import type { Button } from "../../io/library/pads.ts";

/** The options of `emu fuzz`. */
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
