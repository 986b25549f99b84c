import { InputError } from "../emu/input-error.ts";
import type { NesOptions } from "../emu/nes/nes.ts";
import type { LoadedRom } from "../io/files/rom-file.ts";
import { printable } from "../io/files/text.ts";
import { finishRecording } from "../io/movies/live-recording.ts";
import type { Movie } from "../io/movies/movie.ts";
import { movieFormatOf, saveMovie } from "../io/movies/movie-file.ts";
import type { RecordingBlock } from "../io/shared/recording-block.ts";
import type { TrackDescription } from "../io/thread/movie-track.ts";

/** What `emu run` is told about movies. */
export interface RunMovieOptions {
  readonly input?: string;
  readonly record?: string;
  readonly state?: string;
  readonly cheat?: readonly string[];
}

/** Throws `InputError` ("usage") for what cannot go together with a movie. */
export function checkRecording({ input, record, state, cheat }: RunMovieOptions): void {
  if (record !== undefined) movieFormatOf(record);
  if (record === undefined && input === undefined) return;
  const option = record === undefined ? "--input" : "--record";
  const other = state !== undefined ? "--state" : cheat !== undefined ? "--cheat" : undefined;
  if (other === undefined) return;
  throw new InputError("usage", `${option} cannot stand beside ${other}: movies begin at power-on`, option);
}

/** What the machine thread plays and records. Throws `InputError` ("data") for movies with resets. */
export function trackOf(movie: Movie | undefined, recording: RecordingBlock | undefined): TrackDescription {
  if (movie !== undefined && movie.resets.length > 0) {
    const what = "the movie pushes the console's buttons, which emu run cannot play";
    throw new InputError("data", what, "--input", "emu dump can");
  }
  if (movie?.deviceData !== undefined || movie?.events?.some(({ kind }) => kind !== "coin") === true) {
    const what = "the movie changes disks or plays other devices than controllers, which emu run cannot play";
    throw new InputError("data", what, "--input", "emu dump can");
  }
  return { played: movie?.input.entries, recording: recording?.buffer };
}

/** Writes the movie of a game that has ended, and says on standard error what it is worth. */
export async function keepRecording(
  path: string,
  recording: RecordingBlock,
  rom: LoadedRom,
  options: NesOptions,
): Promise<void> {
  if (recording.frames === 0) {
    process.stderr.write("emu: nothing was played: no movie was written\n");
    return;
  }
  const { movie, isExact } = await finishRecording(recording, rom, options);
  await saveMovie(path, movie);
  const doubt = isExact
    ? ""
    : "; it does not lead to where you were, because something else than buttons changed the game";
  process.stderr.write(`emu: ${movie.frames} frames are in ${printable(path)}${doubt}\n`);
}
