import type { Pictures } from "../types.ts";

/** What does not hold, in words; the pictures where one of them is the reason. */
export interface Mismatch {
  readonly what: string;
  readonly pictures?: Pictures;
}
