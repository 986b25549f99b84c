import { join } from "node:path";
import { SHARED, sharedFile } from "./shared.ts";
import { ROOT } from "./sources.ts";

/** Games that different ways to run the machine are compared with. */
export const COMPARED_GAMES: readonly string[] = [
  join(ROOT, "roms/swingby.nes"),
  ...(SHARED === undefined
    ? []
    : ["lj65", "croom", "BladeBuster"].map((game) => sharedFile(`roms/games/${game}.nes`))),
];
/** How long they run. */
export const COMPARED_FRAMES = 600;
/** Their input: start, then right and A, as `[frame, mask]`. */
export const COMPARED_INPUT = JSON.stringify([
  [60, 8],
  [64, 0],
  [120, 0x81],
  [300, 0x02],
  [420, 0x40],
]);
