import type { Machine, ResetKind } from "../../emu/machine.ts";
import { hashMachine } from "./machine-hash.ts";
import { InputLog, type Movie, type MovieHash, type MovieReset } from "./movie.ts";

/** Frames between two hashes, unless asked otherwise: a second. */
export const HASH_EVERY_FRAMES = 60;

/** Records what a machine is played with, from power-on, and what it was like on the way. */
export class MovieRecorder {
  readonly #machine: Machine;
  readonly #hashEvery: number;
  readonly #log = new InputLog();
  readonly #hashes: MovieHash[] = [];
  readonly #resets: MovieReset[] = [];

  /** The machine must have just been powered on. `hashEvery` 0 leaves the hashes out. */
  constructor(machine: Machine, hashEvery = HASH_EVERY_FRAMES) {
    this.#machine = machine;
    this.#hashEvery = hashEvery;
  }

  /** The console's button has been pushed before the next frame. */
  reset(kind: ResetKind): void {
    this.#resets.push({ frame: this.#log.length, kind });
  }

  /** After each frame, with its picture. */
  afterFrame(pixels: Uint16Array): void {
    const frame = this.#log.length;
    this.#log.add(this.#machine.latchedButtons >>> 0);
    if (this.#hashEvery > 0 && (frame + 1) % this.#hashEvery === 0) {
      this.#hashes.push(hashMachine(this.#machine, frame, pixels));
    }
  }

  /** The movie up to now. */
  movie(about: Pick<Movie, "rom"> & Partial<Pick<Movie, "region" | "fourScore">>): Movie {
    return {
      format: "json",
      frames: this.#log.length,
      input: this.#log.toScript(),
      resets: [...this.#resets],
      hashes: [...this.#hashes],
      fourScore: about.fourScore ?? false,
      ...about,
    };
  }
}
