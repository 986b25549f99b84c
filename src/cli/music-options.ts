import type { Command } from "commander";
import { InputError } from "../emu/input-error.ts";
import type { Machine } from "../emu/machine.ts";
import type { CartridgeImage } from "../emu/nes/cartridge/image.ts";
import { trackTimes } from "../emu/nes/cartridge/nsf-program.ts";
import { Fade } from "../io/dump/fade.ts";
import { wholeNumber } from "./options.ts";

/** Options for music files. */
export interface MusicOptions {
  /** Counted from 1. */
  readonly track?: number;
}

/** More than any file has. */
const MAX_TRACKS = 256;

export function addMusicOptions(command: Command): Command {
  return command.option(
    "--track <n>",
    "the track of a music file, from 1 (default: the one that the file names)",
    wholeNumber(1, MAX_TRACKS),
  );
}

/** Returns the option of the machine. */
export function musicTrackOf({ track }: MusicOptions): { readonly track?: number } {
  return track === undefined ? {} : { track: track - 1 };
}

/**
 * Throws `InputError` ("usage") if --track is given for a game, or with a movie, which begins at power-on
 * with the file's first track.
 */
export function checkTrack(
  { nsf }: CartridgeImage,
  { track }: MusicOptions,
  movies: readonly (string | undefined)[],
): void {
  if (track === undefined) return;
  if (nsf === undefined)
    throw new InputError("usage", "the file is a game, which has no tracks", "--track", "remove --track");
  if (movies.every((movie) => movie === undefined)) return;
  const remedy = "the movie's buttons choose the track: remove --track";
  throw new InputError("usage", "a movie begins with the first track", "--track", remedy);
}

interface DumpedFrames {
  readonly frames?: number;
  readonly track?: number;
}

/** Returns --frames. Throws `InputError` ("usage") if it is missing. */
export function requiredFrames({ frames }: DumpedFrames): number {
  if (frames !== undefined) return frames;
  throw new InputError("usage", "the number of frames is missing", "", "--frames N");
}

/**
 * The number of frames to dump. Without --frames, music plays for its time and fades out; other games throw
 * `InputError` ("usage").
 */
export function lengthOfDump(
  { nsf }: CartridgeImage,
  { geometry }: Pick<Machine, "geometry">,
  options: DumpedFrames,
): { readonly frames: number; readonly soundOf?: (frame: number, samples: Int16Array) => Int16Array } {
  if (nsf === undefined || options.frames !== undefined) return { frames: requiredFrames(options) };
  const { timeMs, fadeMs } = trackTimes(nsf.tracks[(options.track ?? nsf.firstTrack + 1) - 1]);
  const framesOf = (ms: number): number => Math.round((ms * geometry.frameRateHz) / 1000);
  const start = framesOf(timeMs);
  const fade = new Fade(start, framesOf(fadeMs));
  const frames = Math.max(1, start + framesOf(fadeMs));
  return { frames, soundOf: (frame, samples) => fade.apply(frame, samples) };
}
