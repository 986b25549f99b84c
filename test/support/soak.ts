import { SOAK } from "./shared.ts";

/** The size of a run: `whole` when `EMU_SOAK=1` asks for long runs, else `short`. */
export function soakSize(short: number, whole: number): number {
  return SOAK ? whole : short;
}
