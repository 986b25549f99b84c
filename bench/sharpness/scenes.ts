import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { parseJsonMovie } from "../../src/io/movies/json-movie.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";
import { type BenchRom, benchRoms } from "../peers/roms.ts";

export const WIDTH = 256;
export const HEIGHT = 240;

/** A picture of a game: palette indices, and where it comes from. */
export interface Scene {
  readonly name: string;
  readonly pixels: Uint16Array;
}

const TEST_CARD: BenchRom = { path: join(import.meta.dir, "../../roms/test-card.nes"), input: "[]" };

/** ROMs by name, and the frames to show: titles, menus, play, results. All of them have text. */
const FRAMES: readonly [rom: string, ...frames: number[]][] = [
  ["swingby", 60, 600],
  ["test-card", 60],
  ["AccuracyCoin", 60],
  ["nestest", 40],
  ["lj65", 150, 700],
  ["croom", 150, 700],
  ["BladeBuster", 800],
];

/** Ten scenes with text, from the ROMs of the benchmarks. Throws if one of the ROMs is missing. */
export function textScenes(): Scene[] {
  const roms = [...benchRoms(), TEST_CARD];
  return FRAMES.flatMap(([name, ...frames]) => {
    const rom = roms.find(({ path }) => basename(path, ".nes") === name);
    if (rom === undefined) throw new Error(`no ROM ${name}`);
    return scenesOf(name, rom, frames);
  });
}

function scenesOf(name: string, { path, input }: BenchRom, frames: readonly number[]): Scene[] {
  const machine = createHeadless(readRom(readFileSync(path), path).image);
  const script = parseJsonMovie(input).input;
  let mask = 0;
  machine.setInput({ latchButtons: () => mask });
  const pixels = new Uint16Array(WIDTH * HEIGHT);
  const scenes: Scene[] = [];
  for (let frame = 0; frame <= Math.max(...frames); frame++) {
    mask = script.maskAt(frame);
    machine.runFrame(pixels);
    if (frames.includes(frame)) scenes.push({ name: `${name} ${frame}`, pixels: pixels.slice() });
  }
  return scenes;
}
