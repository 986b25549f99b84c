import { InputError } from "../../emu/input-error.ts";
import type { InputSource, Machine } from "../../emu/machine.ts";
import { hashMachine } from "./machine-hash.ts";
import type { Movie } from "./movie.ts";
import { DiskChanger } from "./movie-events.ts";
import type { MovieRecorder } from "./movie-recorder.ts";
import { startMovie } from "./movie-start.ts";

/** Where a replay first differs from the recording. */
export interface Desync {
  /** The movie's frame whose hashes differ. */
  readonly frame: number;
  readonly differs: "picture" | "ram";
  /** The last frame before it whose hashes agreed; −1 when none did. */
  readonly lastAgreed: number;
}

/**
 * Plays a movie on a machine that has just been powered on, and compares with the hashes that it holds:
 *
 * ```ts
 * const player = new MoviePlayer(machine, movie);
 * for (…) { player.beforeFrame(); machine.runFrame(pixels); player.afterFrame(pixels); }
 * ```
 */
export class MoviePlayer implements InputSource {
  /** The first difference from the recording. */
  desync: Desync | undefined;
  readonly movie: Movie;
  readonly #machine: Machine;
  readonly #offset: number;
  #frame = 0;
  #nextReset = 0;
  #nextEvent = 0;
  readonly #disks: DiskChanger;
  #nextHash = 0;
  #lastAgreed = -1;

  /**
   * `offsetFrames` is added to the machine's frame to find the movie's: other emulators may count from
   * another moment of power-on. The machine takes its input from here from now on.
   */
  constructor(machine: Machine, movie: Movie, offsetFrames = 0) {
    this.#machine = machine;
    this.movie = movie;
    this.#offset = offsetFrames;
    this.#disks = new DiskChanger(machine.disk);
    startMovie(machine, movie);
    machine.setInput(this);
  }

  /** The movie's frame that comes next, or is under way. */
  get frame(): number {
    return this.#frame + this.#offset;
  }

  /** Whether all frames of the movie have been played. */
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
   * Pushes the console's buttons and changes disks where the movie does, and tells `recorder`; before each frame.
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
      const done = event.kind === "coin" ? event : this.#disks.apply(event);
      if (done !== undefined) recorder?.event(done);
    }
  }

  /** Compares with the recording; after each frame, with its picture. */
  afterFrame(pixels: Uint16Array): void {
    const { hashes } = this.movie;
    const frame = this.frame;
    this.#frame++;
    while (this.#nextHash < hashes.length && hashes[this.#nextHash]!.frame < frame) this.#nextHash++;
    const wanted = hashes[this.#nextHash];
    if (wanted === undefined || wanted.frame !== frame || this.desync !== undefined) return;
    const found = hashMachine(this.#machine, frame, pixels);
    const isRamWrong = wanted.ram !== undefined && wanted.ram !== found.ram;
    if (isRamWrong || wanted.picture !== found.picture) {
      this.desync = { frame, differs: isRamWrong ? "ram" : "picture", lastAgreed: this.#lastAgreed };
    }
    this.#lastAgreed = frame;
  }

  /** Throws `InputError` ("data") when the replay has left the recording. */
  check(): void {
    if (this.desync === undefined) return;
    throw new InputError("data", describeDesync(this.desync), `frame ${this.desync.frame}`, DESYNC_REMEDY);
  }
}

const DESYNC_REMEDY = "record it again, or play it with the ROM and the options that it was made with";

/** A desync as one sentence. */
export function describeDesync({ differs, lastAgreed }: Desync): string {
  const what = differs === "ram" ? "RAM is not what it was" : "the picture is not what it was";
  const since = lastAgreed < 0 ? "it never agreed" : `it last agreed at frame ${lastAgreed}`;
  return `the movie desyncs: ${what} when it was recorded; ${since}`;
}
