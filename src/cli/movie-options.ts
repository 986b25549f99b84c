import { type Command, Option } from "commander";
import { InputError } from "../emu/input-error.ts";
import type { CartridgeImage } from "../emu/nes/cartridge/image.ts";
import type { NesOptions } from "../emu/nes/nes.ts";
import { printable } from "../io/files/text.ts";
import type { Movie } from "../io/movies/movie.ts";
import { loadMovie, romMismatch } from "../io/movies/movie-file.ts";
import { wholeNumber } from "./options.ts";

/** Options of commands that play input from a file. */
export interface MovieOptions {
  readonly input?: string;
  readonly inputOffset: number;
  readonly anyRom?: true;
}

/** Power-on of other emulators lies at most so many frames from ours. */
const OFFSET_MAX_FRAMES = 1000;

export function addMovieOptions(command: Command): Command {
  return command
    .option("--input <file>", "buttons by frame: [[frame, mask], …] as JSON, or a movie (.json, .fm2, .bk2)")
    .addOption(
      new Option("--input-offset <n>", "frames by which the movie is ahead of the machine")
        .argParser(wholeNumber(-OFFSET_MAX_FRAMES, OFFSET_MAX_FRAMES))
        .default(0),
    )
    .option("--any-rom", "play the movie though it was made with another ROM");
}

/**
 * The movie that `--input` names. Throws `InputError`: what is wrong with the file, or "data" when it was made
 * with another ROM and `--any-rom` does not allow that.
 */
export async function loadInputMovie(
  { input, anyRom }: Pick<MovieOptions, "input" | "anyRom">,
  image: CartridgeImage,
): Promise<Movie | undefined> {
  if (input === undefined) return undefined;
  const movie = await loadMovie(input);
  const mismatch = anyRom === true ? undefined : romMismatch(movie, image);
  if (mismatch !== undefined)
    throw new InputError("data", mismatch, printable(input), "--any-rom plays it all the same");
  return movie;
}

/** The machine that a movie was made with, as far as it says. */
export function machineOfMovie(movie: Movie | undefined): NesOptions {
  if (movie === undefined) return {};
  return {
    ...(movie.region === undefined ? {} : { region: movie.region }),
    ...(movie.fourScore ? { devices: { fourScore: true } } : {}),
  };
}
