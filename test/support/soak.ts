/** Long runs: `EMU_SOAK=1` asks for the whole size, otherwise tests take the smaller one. */
export const IS_SOAK = process.env.EMU_SOAK === "1";

/** The size of a run: `whole` under soak, else `short`. */
export function soakSize(short: number, whole: number): number {
  return IS_SOAK ? whole : short;
}
