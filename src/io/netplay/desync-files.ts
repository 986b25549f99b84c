import { join } from "node:path";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { aboutMachine, type Movie } from "../movies/movie.ts";
import { movieRom, saveMovie } from "../movies/movie-file.ts";
import { createHeadless } from "../shared/headless.ts";
import type { InputRecord } from "./input-record.ts";

/** The evidence of a desync: what is written of a game whose machines differ. */
export interface DesyncEvidence {
  readonly record: InputRecord;
  /** The state of this machine, and the frame that follows it. */
  readonly state: Uint8Array;
  readonly frame: number;
  /** The local player, from 1. */
  readonly player: number;
}

/** The movie of a game: all players' inputs from power-on. */
function movieOf(record: InputRecord, rom: LoadedRom, options: NesOptions): Movie {
  return {
    format: "json",
    frames: record.frames,
    input: record.script(),
    resets: [],
    hashes: [],
    ...aboutMachine(createHeadless(rom.image, options)),
    rom: movieRom(rom),
  };
}

/**
 * Writes this side's inputs as a movie, and its state, into `folder`. Returns their paths. Throws
 * `InputError` ("io").
 */
export async function keepDesync(
  folder: string,
  { record, state, frame, player }: DesyncEvidence,
  rom: LoadedRom,
  options: NesOptions,
): Promise<{ readonly movie: string; readonly state: string }> {
  const name = join(folder, `netplay-${rom.image.sha1.slice(0, 12)}-frame-${frame}-player-${player}`);
  const paths = { movie: `${name}.json`, state: `${name}.state` };
  await saveMovie(paths.movie, movieOf(record, rom, options));
  await writeFileWhole(paths.state, state);
  return paths;
}
