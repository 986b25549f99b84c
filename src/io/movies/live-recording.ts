import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { dipDigits } from "../shared/dip-texts.ts";
import { createHeadless } from "../shared/headless.ts";
import {
  MARK_COIN,
  MARK_RESET,
  MARK_SERVICE,
  MARK_SLOTS,
  type RecordingBlock,
} from "../shared/recording-block.ts";
import { DeviceLog } from "./device-script.ts";
import { aboutMachine, InputLog, type Movie, type MovieReset } from "./movie.ts";
import type { MovieEvent } from "./movie-events.ts";
import { formatMovie, movieFormatOf, movieRom } from "./movie-file.ts";
import { MoviePlayer } from "./movie-player.ts";
import { MovieRecorder } from "./movie-recorder.ts";

/** A movie made from a game that was played. */
export interface LiveRecording {
  /** Has hashes if it replays exactly. */
  readonly movie: Movie;
  /**
   * True if the movie ends with the same RAM as the game. It does not if anything but buttons changed the
   * game: cheats, a state loaded from another run, or disks.
   */
  readonly isExact: boolean;
}

/** Frames to run before giving the event loop a turn. */
const FRAMES_PER_TURN = 64;

/**
 * Throws `InputError` ("data") if a movie of the format that `path` names cannot hold a game with `options`,
 * such as a device that the format lacks. Call it before the game is played.
 */
export function checkHoldsGame(
  path: string,
  rom: Pick<LoadedRom, "image" | "fileName" | "fileSha1">,
  options: NesOptions,
): void {
  const input = new InputLog();
  input.add(0);
  const about = aboutMachine(createHeadless(rom.image, options));
  const movie: Movie = {
    format: "json",
    frames: input.length,
    input: input.toScript(),
    resets: [],
    ...about,
    rom: movieRom(rom),
    hashes: [],
  };
  formatMovie(movie, movieFormatOf(path));
}

/**
 * Makes a movie from the input in `block`. Replays it at full speed without a terminal to compute the hashes
 * and to check that it ends with the same RAM. `options` are the ones that the game was played with. `keep`
 * gets the movie before that: a replay takes long, and a program that is killed meanwhile loses only hashes.
 */
export async function finishRecording(
  block: RecordingBlock,
  rom: Pick<LoadedRom, "image" | "fileName" | "fileSha1">,
  options: NesOptions,
  keep: (movie: Movie) => Promise<void> = async () => {},
): Promise<LiveRecording> {
  const log = new InputLog();
  const resets: MovieReset[] = [];
  const events: MovieEvent[] = [];
  const machine = createHeadless(rom.image, options);
  const { coins, latchedDevices } = machine;
  const devices = new DeviceLog();
  let dips = coins?.defaultDips;
  for (let frame = 0; frame < block.frames; frame++) {
    log.add(block.masks[frame]!);
    const marks = block.marks[frame]!;
    if ((marks & MARK_RESET) !== 0) resets.push({ frame, kind: "reset" });
    for (let slot = 0; slot < MARK_SLOTS; slot++)
      if ((marks & (MARK_COIN << slot)) !== 0) events.push({ frame, kind: "coin", slot: slot + 1 });
    if ((marks & MARK_SERVICE) !== 0) events.push({ frame, kind: "service" });
    if (coins !== undefined && block.dips[frame] !== dips) {
      dips = block.dips[frame]!;
      events.push({ frame, kind: "dip", setting: dipDigits(dips, coins) });
    }
    if (latchedDevices !== undefined)
      devices.add(block.devices.subarray(DEVICE_DATA_BYTES * frame, DEVICE_DATA_BYTES * (frame + 1)));
  }
  const deviceData = devices.toScript();
  const movie: Movie = {
    format: "json",
    frames: log.length,
    input: log.toScript(),
    resets,
    ...(events.length === 0 ? {} : { events }),
    ...(deviceData === undefined ? {} : { deviceData }),
    ...aboutMachine(machine),
    rom: movieRom(rom),
    hashes: [],
  };
  await keep(movie);
  const player = new MoviePlayer(machine, movie);
  const recorder = new MovieRecorder(machine);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  for (let frame = 0; frame < movie.frames; frame++) {
    player.beforeFrame(recorder);
    machine.runFrame(pixels);
    player.afterFrame(pixels);
    recorder.afterFrame(pixels);
    if (frame % FRAMES_PER_TURN === 0) await new Promise(setImmediate);
  }
  const isExact = block.ram.every((byte, address) => byte === machine.peek("cpu", address));
  if (!isExact) return { movie, isExact };
  const { hashes } = recorder.movie({ rom: movie.rom });
  return { movie: { ...movie, hashes }, isExact };
}
