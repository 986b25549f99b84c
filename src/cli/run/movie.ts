import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../../io/files/roms/rom-file.ts";
import { printable } from "../../io/files/text.ts";
import { isReplaceable } from "../../io/files/write-target.ts";
import type { Movie } from "../../io/movies/movie.ts";
import { movieFormatOf, saveMovie } from "../../io/movies/movie-file.ts";
import type { RecordingBlock } from "../../io/shared/recording-block.ts";
import type { TrackDescription } from "../../io/thread/movie-track.ts";

/** The options of `emu run` that concern movies. */
export interface RunMovieOptions {
  readonly input?: string;
  readonly record?: string;
  readonly state?: string;
  readonly cheat?: readonly string[];
}

/** Throws `InputError` ("usage") if --input or --record is combined with an option that excludes movies. */
export function checkRecording({ input, record, state, cheat }: RunMovieOptions): void {
  if (record !== undefined) movieFormatOf(record);
  if (record === undefined && input === undefined) return;
  const option = record === undefined ? "--input" : "--record";
  const other = state !== undefined ? "--state" : cheat !== undefined ? "--cheat" : undefined;
  if (other === undefined) return;
  throw new InputError("usage", `${option} cannot be used with ${other}: movies start at power-on`, option);
}

/**
 * Returns what the machine thread plays and records. Throws `InputError` ("data") for movies with resets.
 */
export function trackOf(movie: Movie | undefined, recording: RecordingBlock | undefined): TrackDescription {
  if (movie !== undefined && movie.resets.length > 0) {
    const what = "the movie resets the console, which emu run cannot play";
    throw new InputError("data", what, "--input", "use emu dump");
  }
  return {
    played: movie?.input.entries,
    devices: movie?.deviceData?.entries,
    deviceFrames: movie?.frames ?? 0,
    events: movie?.events,
    recording: recording?.buffer,
  };
}

/** Length of a movie in frames. A bare input script, which has none, ends with its last change of buttons. */
export function framesOfInput({ frames }: { readonly frames: Float64Array }, length = Infinity): number {
  return Number.isFinite(length) ? length : (frames.at(-1) ?? 0);
}

/** Throws `InputError` ("data") if the movie of a game that is played with `options` could not be written. */
export async function checkRecordable(path: string, rom: LoadedRom, options: NesOptions): Promise<void> {
  const { checkHoldsGame } = await import("../../io/movies/live-recording.ts");
  checkHoldsGame(path, rom, options);
}

/** Writes the movie of a game that has ended, and reports on standard error if it does not replay exactly. */
export async function keepRecording(
  path: string,
  recording: RecordingBlock,
  rom: LoadedRom,
  options: NesOptions,
): Promise<void> {
  if (recording.frames === 0) {
    process.stderr.write("emu: no frame was played, so no movie was written\n");
    return;
  }
  const { finishRecording } = await import("../../io/movies/live-recording.ts");
  // A pipe or a device would get both movies.
  const keep = isReplaceable(path) ? (unhashed: Movie) => saveMovie(path, unhashed) : undefined;
  const { movie, isExact } = await finishRecording(recording, rom, options, keep);
  await saveMovie(path, movie);
  const warning = isExact
    ? ""
    : "; it does not replay exactly, because something other than buttons changed the game";
  process.stderr.write(`emu: wrote ${movie.frames} frames to ${printable(path)}${warning}\n`);
}
