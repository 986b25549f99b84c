import { InputError } from "../../emu/input-error.ts";
import type { FramePixels, InputSource, Machine } from "../../emu/machine.ts";
import { hashMachine } from "./machine-hash.ts";
import type { Movie } from "./movie.ts";
import { EventPlayer } from "./movie-events.ts";
import type { MovieRecorder } from "./movie-recorder.ts";
import { startMovie } from "./movie-start.ts";

/** Where a replay first differs from the recording. */
export interface Desync {
  /** The movie's frame whose hashes differ. */
  readonly frame: number;
  readonly differs: "picture" | "ram";
  /** The last frame before `frame` whose hashes agreed; −1 if none did. */
  readonly lastAgreed: number;
}

/**
 * Plays a movie on a machine that has just been powered on, and checks the hashes in the movie:
 *
 * ```ts
 * const player = new MoviePlayer(machine, movie);
 * for (…) { player.beforeFrame(); machine.runFrame(pixels); player.afterFrame(pixels); }
 * ```
 */
export class MoviePlayer implements InputSource {
  /** The first frame that differs from the recording. */
  desync: Desync | undefined;
  readonly movie: Movie;
  readonly #machine: Machine;
  readonly #offset: number;
  #frame = 0;
  #nextReset = 0;
  #nextEvent = 0;
  readonly #events: EventPlayer;
  #nextHash = 0;
  #lastAgreed = -1;

  /**
   * Becomes the input source of `machine`. The frame of the movie is the frame of the machine plus
   * `offsetFrames`, since other emulators may count frames from a different moment of power-on.
   */
  constructor(machine: Machine, movie: Movie, offsetFrames = 0) {
    this.#machine = machine;
    this.movie = movie;
    this.#offset = offsetFrames;
    this.#events = new EventPlayer(machine);
    startMovie(machine, movie);
    machine.setInput(this);
  }

  /** The frame of the movie that runs, or runs next. */
  get frame(): number {
    return this.#frame + this.#offset;
  }

  /** True if all frames of the movie have been played. */
  get ended(): boolean {
    return this.frame >= this.movie.frames;
  }

  latchButtons(): number {
    return this.ended ? 0 : this.movie.input.maskAt(this.frame);
  }

  latchDevices(data: Uint8Array): void {
    if (this.ended || this.movie.deviceData === undefined) data.fill(0);
    else this.movie.deviceData.fill(this.frame, data);
  }

  /**
   * Presses the console's buttons, changes disks and inserts coins as the movie does, and reports it to
   * `recorder`. Call it before each frame.
   */
  beforeFrame(recorder?: Pick<MovieRecorder, "reset" | "event">): void {
    const { resets, events = [] } = this.movie;
    for (; this.#nextReset < resets.length; this.#nextReset++) {
      const { frame, kind } = resets[this.#nextReset]!;
      if (frame > this.frame) break;
      if (frame < this.frame) continue;
      this.#machine.reset(kind);
      recorder?.reset(kind);
    }
    for (; this.#nextEvent < events.length; this.#nextEvent++) {
      const event = events[this.#nextEvent]!;
      if (event.frame > this.frame) break;
      if (event.frame < this.frame) continue;
      const done = this.#events.apply(event);
      if (done !== undefined) recorder?.event(done);
    }
  }

  /** Compares the machine with the recording. Call it after each frame, with its picture. */
  afterFrame(pixels: FramePixels): void {
    const { hashes } = this.movie;
    const frame = this.frame;
    this.#frame++;
    while (this.#nextHash < hashes.length && hashes[this.#nextHash]!.frame < frame) this.#nextHash++;
    if (hashes[this.#nextHash]?.frame !== frame || this.desync !== undefined) return;
    const found = hashMachine(this.#machine, frame, pixels);
    for (; hashes[this.#nextHash]?.frame === frame; this.#nextHash++) {
      const wanted = hashes[this.#nextHash]!;
      const isRamWrong = wanted.ram !== undefined && wanted.ram !== found.ram;
      if (!isRamWrong && wanted.picture === found.picture) continue;
      this.desync = { frame, differs: isRamWrong ? "ram" : "picture", lastAgreed: this.#lastAgreed };
      return;
    }
    this.#lastAgreed = frame;
  }

  /** Throws `InputError` ("data") if the replay has differed from the recording. */
  check(): void {
    if (this.desync === undefined) return;
    throw new InputError("data", describeDesync(this.desync), `frame ${this.desync.frame}`, DESYNC_REMEDY);
  }
}

const DESYNC_REMEDY = "play it with the ROM and the options that it was recorded with, or record it again";

/** Describes a desync in one sentence. */
export function describeDesync({ differs, lastAgreed }: Desync): string {
  const what = differs === "ram" ? "RAM differs" : "the picture differs";
  const since = lastAgreed < 0 ? "it never agreed" : `it last agreed at frame ${lastAgreed}`;
  return `the movie desyncs: ${what} from the recording; ${since}`;
}
