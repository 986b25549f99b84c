import { SOAK } from "./shared.ts";

/** The size of a run: `whole` if `EMU_SOAK=1` requests long runs, else `short`. */
export function soakSize(short: number, whole: number): number {
  return SOAK ? whole : short;
}
