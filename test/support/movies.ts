import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Nes, NesOptions } from "../../src/emu/nes/nes.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { InputLog, type Movie } from "../../src/io/movies/movie.ts";
import { MoviePlayer } from "../../src/io/movies/movie-player.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";
import { FRAME_PIXELS } from "./machines.ts";

const ROMS = join(import.meta.dir, "../../roms");

/** One of this project's own ROMs, powered on. */
export function ownRom(name: "swingby" | "test-card", options: NesOptions = {}): Nes {
  const path = join(ROMS, `${name}.nes`);
  return createHeadless(readRom(readFileSync(path), path).image, options);
}

/** Masks of every frame of a movie. */
export function masksOf(movie: Movie): number[] {
  return Array.from({ length: movie.frames }, (_, frame) => movie.input.maskAt(frame));
}

/** A movie of these masks, one per frame. */
export function movieOf(masks: readonly number[], more: Partial<Movie> = {}): Movie {
  const log = new InputLog();
  for (const mask of masks) log.add(mask);
  return {
    format: "json",
    frames: masks.length,
    input: log.toScript(),
    resets: [],
    fourScore: false,
    region: "ntsc",
    rom: {},
    hashes: [],
    ...more,
  };
}

const hex8 = fc.nat(0xffff_ffff).map((value) => value.toString(16).padStart(8, "0"));

/** Movies of every kind that all formats can express. */
export const movies: fc.Arbitrary<Movie> = fc
  .record({
    fourScore: fc.boolean(),
    masks: fc.array(fc.tuple(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 9 })), { maxLength: 30 }),
    resets: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
    kinds: fc.array(fc.constantFrom("reset" as const, "power" as const), { minLength: 4, maxLength: 4 }),
    region: fc.constantFrom("ntsc" as const, "pal" as const, "dendy" as const),
    hashes: fc.array(fc.record({ frame: fc.nat(1000), picture: hex8, ram: hex8 }), { maxLength: 4 }),
  })
  .map(({ fourScore, masks, resets, kinds, region, hashes }) => {
    const frames = masks.flatMap(([mask, count]) =>
      new Array<number>(count).fill(fourScore ? mask : mask & 0xffff),
    );
    const kept = resets.filter((frame) => frame < frames.length).toSorted((a, b) => a - b);
    return movieOf(frames, {
      fourScore,
      region,
      hashes: hashes.toSorted((a, b) => a.frame - b.frame),
      resets: kept.map((frame, index) => ({ frame, kind: kinds[index] ?? "reset" })),
    });
  });

/** Plays `movie` for `frames` frames and passes each one to `look`. */
export function replay(
  machine: Nes,
  movie: Movie,
  frames: number,
  look: (pixels: Uint16Array, frame: number) => void = () => {},
): MoviePlayer {
  const player = new MoviePlayer(machine, movie);
  const pixels = new Uint16Array(FRAME_PIXELS);
  for (let frame = 0; frame < frames; frame++) {
    player.beforeFrame();
    machine.runFrame(pixels);
    player.afterFrame(pixels);
    look(pixels, frame);
  }
  return player;
}
