import { type Command, Option } from "commander";
import { InputError } from "../emu/input-error.ts";
import { printable } from "../io/files/text.ts";
import type { Movie } from "../io/movies/movie.ts";
import { loadMovie, type RomIdentity, romMismatch } from "../io/movies/movie-file.ts";
import { movieCautions } from "../io/movies/movie-start.ts";
import { wholeNumber } from "./options.ts";
import { warn } from "./warnings.ts";

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
    .option(
      "--input <file>",
      "buttons by frame: [[frame, mask], …] as JSON, or a movie (.json, .fm2, .bk2, also in .zip or .gz)",
    )
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
  rom: RomIdentity,
): Promise<Movie | undefined> {
  if (input === undefined) return undefined;
  const movie = await loadMovie(input);
  const mismatch = anyRom === true ? undefined : romMismatch(movie, rom);
  if (mismatch !== undefined)
    throw new InputError("data", mismatch, printable(input), "--any-rom plays it all the same");
  try {
    warn(movieCautions(movie, rom.image), input);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.kind, error.message, `${printable(input)}, ${error.where}`, error.remedy);
  }
  return movie;
}
