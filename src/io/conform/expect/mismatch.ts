import type { Pictures } from "../types.ts";

/** Why a rule does not hold, as text, and the pictures if one of them is the reason. */
export interface Mismatch {
  readonly what: string;
  readonly pictures?: Pictures;
}
