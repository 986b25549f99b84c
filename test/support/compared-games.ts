import { join } from "node:path";
import { SHARED, sharedFile } from "./shared.ts";
import { ROOT } from "./sources.ts";

/** The games that are run in different ways and compared. */
export const COMPARED_GAMES: readonly string[] = [
  join(ROOT, "roms/swingby.nes"),
  ...(SHARED === undefined
    ? []
    : ["lj65", "croom", "BladeBuster"].map((game) => sharedFile(`roms/games/${game}.nes`))),
];
/** Number of frames that they run. */
export const COMPARED_FRAMES = 600;
/** Their input: start, then right and A, as `[frame, mask]`. */
export const COMPARED_INPUT = JSON.stringify([
  [60, 8],
  [64, 0],
  [120, 0x81],
  [300, 0x02],
  [420, 0x40],
]);
