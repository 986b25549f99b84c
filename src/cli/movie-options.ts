import { type Command, Option } from "commander";
import { InputError } from "../emu/input-error.ts";
import { printable } from "../io/files/text.ts";
import type { Movie } from "../io/movies/movie.ts";
import { loadMovie, type RomIdentity, romMismatch } from "../io/movies/movie-file.ts";
import { movieCautions } from "../io/movies/movie-start.ts";
import { INPUT_FILES, wholeNumber } from "./options.ts";
import { warn } from "./warnings.ts";

/** Options of commands that play input from a file. */
export interface MovieOptions {
  readonly input?: string;
  readonly inputOffset: number;
  readonly anyRom?: true;
}

/** The largest --input-offset, in frames. */
const OFFSET_MAX_FRAMES = 1000;

export function addMovieOptions(command: Command): Command {
  return command
    .option("--input <file>", `play ${INPUT_FILES}`)
    .addOption(
      new Option("--input-offset <n>", "skip the movie's first n frames; negative: start it n frames later")
        .argParser(wholeNumber(-OFFSET_MAX_FRAMES, OFFSET_MAX_FRAMES))
        .default(0),
    )
    .option("--any-rom", "play the movie even if it was recorded with another ROM");
}

/** Throws `InputError` ("usage") if an option changes a movie and no movie is played. */
export function checkMovieOptions({ input, inputOffset = 0, anyRom }: Partial<MovieOptions>): void {
  if (input !== undefined) return;
  const flag = anyRom === true ? "--any-rom" : inputOffset !== 0 ? "--input-offset" : undefined;
  if (flag !== undefined) throw new InputError("usage", "no movie is played", flag, "add --input FILE");
}

/**
 * Loads the movie that `--input` names. Throws `InputError` when the file is invalid, and ("data") when it
 * was recorded with another ROM and `--any-rom` is not given.
 */
export async function loadInputMovie(
  { input, anyRom }: Pick<MovieOptions, "input" | "anyRom">,
  rom: RomIdentity,
): Promise<Movie | undefined> {
  if (input === undefined) return undefined;
  const movie = await loadMovie(input);
  const mismatch = anyRom === true ? undefined : romMismatch(movie, rom);
  if (mismatch !== undefined)
    throw new InputError("data", mismatch, printable(input), "use --any-rom to play it anyway");
  try {
    warn(movieCautions(movie, rom.image), input);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.kind, error.message, `${printable(input)}, ${error.where}`, error.remedy);
  }
  return movie;
}
