import { setImmediate } from "node:timers/promises";
import type { BuiltInName } from "../../files/roms/built-in-game.ts";
import { loadBuiltInGame } from "../../files/roms/rom-file.ts";
import { decodePalette } from "../../render/colors/palette.ts";
import type { StillPicture } from "../../render/still-picture.ts";

/** By then both games show what they are. */
const FRAMES = 240;
/** Keys and drawing get a turn after this many frames. */
const SLICE_FRAMES = 4;
const WIDTH = 256;
const HEIGHT = 240;

/**
 * The picture of a game that comes with emu after its first seconds, for players who have not played it yet.
 */
export async function firstPicture(name: BuiltInName): Promise<StillPicture> {
  const { image } = await loadBuiltInGame(name);
  // The list of games is shown before the machine is loaded.
  const { createHeadless } = await import("../../shared/headless.ts");
  const machine = createHeadless(image);
  const pixels = new Uint16Array(WIDTH * HEIGHT);
  for (let frame = 0; frame < FRAMES; frame++) {
    machine.runFrame(frame === FRAMES - 1 ? pixels : undefined);
    if (frame % SLICE_FRAMES === 0) await setImmediate();
  }
  const palette = decodePalette();
  return { width: WIDTH, height: HEIGHT, colors: Uint32Array.from(pixels, (pixel) => palette[pixel]!) };
}
