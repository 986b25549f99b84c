import { setImmediate } from "node:timers/promises";
import type { MachineGeometry } from "../../../emu/machine.ts";
import { isBuiltIn } from "../../files/roms/built-in-game.ts";
import { loadBuiltInGame, loadRom } from "../../files/roms/rom-file.ts";
import { paletteFor } from "../../render/colors/palette.ts";
import type { StillPicture } from "../../render/still-picture.ts";

/** By then most games show what they are; if the picture has only one colour, emu tries later ones. */
const FRAMES = 240;
const MAX_FRAMES = 720;
/** Keys and drawing get a turn after this many frames. */
const SLICE_FRAMES = 4;

/**
 * The picture of a game after its first seconds, for players who have not played it yet: the game of a file,
 * or one that comes with emu. Undefined if all pictures have one colour, or if `isWanted`, which is asked
 * between two slices of work, returns false. Rejects with `InputError` if the file is no game that runs.
 */
export async function firstPicture(
  path: string,
  isWanted: () => boolean = () => true,
): Promise<StillPicture | undefined> {
  const { image } = await (isBuiltIn(path) ? loadBuiltInGame(path) : loadRom(path));
  // The list of games is shown before the machine is loaded.
  const { createHeadless } = await import("../../shared/headless.ts");
  const machine = createHeadless(image);
  const { width, height } = machine.geometry;
  const pixels = new Uint16Array(width * height);
  for (let frame = 1; frame <= MAX_FRAMES; frame++) {
    const isCandidate = frame % FRAMES === 0;
    machine.runFrame(isCandidate ? pixels : undefined);
    if (isCandidate && pixels.some((pixel) => pixel !== pixels[0]))
      return pictureOf(pixels, machine.geometry);
    if (frame % SLICE_FRAMES !== 0) continue;
    await setImmediate();
    if (!isWanted()) return undefined;
  }
  return undefined;
}

function pictureOf(pixels: Uint16Array, geometry: MachineGeometry): StillPicture {
  const { width, height } = geometry;
  const palette = paletteFor(geometry);
  return { width, height, colors: Uint32Array.from(pixels, (pixel) => palette[pixel]!) };
}
