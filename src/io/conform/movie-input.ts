import { InputError } from "../../emu/input-error.ts";
import { crc32Hex } from "../files/hashes.ts";
import type { Movie, MovieHash } from "../movies/movie.ts";
import { describeDesync } from "../movies/movie-player.ts";
import type { Subject } from "./types.ts";

export const WORK_RAM_BYTES = 0x800;

/** Thrown when the machine differs from the recording of the movie. */
export class Desynced extends Error {}

/** Plays a movie or a script on any machine, and checks the hashes in the movie. */
export class MovieInput {
  readonly #movie: Movie;
  #frame = 0;
  readonly #others: ((frame: number) => void) | undefined;
  #nextReset = 0;
  #nextHash = 0;
  #lastAgreed = -1;
  /** Number of hashes that were compared and agreed. */
  agreedHashes = 0;

  /** `subject` has just been powered on. Throws `InputError` ("data") for a movie that it cannot play. */
  constructor(movie: Movie, subject: Subject) {
    this.#movie = movie;
    const needsMore =
      (movie.events ?? []).length > 0 || movie.deviceData !== undefined || movie.battery !== undefined;
    if (!needsMore) return;
    if (subject.beginMovie === undefined) {
      throw new InputError(
        "data",
        "the movie has more than buttons and resets, which cannot be sent to this emulator",
      );
    }
    this.#others = subject.beginMovie(movie);
  }

  /** Runs the next frame. Throws `Desynced` if it differs from the recording. */
  async runFrame(subject: Subject): Promise<void> {
    const { resets, frames, input } = this.#movie;
    for (; resets[this.#nextReset]?.frame === this.#frame; this.#nextReset++) {
      await subject.reset(resets[this.#nextReset]!.kind);
    }
    this.#others?.(this.#frame);
    await subject.runFrame(this.#frame < frames ? input.maskAt(this.#frame) : 0);
    await this.#compare(subject);
    this.#frame++;
  }

  async #compare(subject: Subject): Promise<void> {
    while (this.#movie.hashes[this.#nextHash]?.frame === this.#frame) {
      await this.#compareOne(subject, this.#movie.hashes[this.#nextHash++]!);
    }
  }

  async #compareOne(subject: Subject, wanted: MovieHash): Promise<void> {
    const isRamWrong =
      wanted.ram !== undefined && wanted.ram !== crc32Hex(await subject.peek("cpu", 0, WORK_RAM_BYTES));
    if (isRamWrong || wanted.picture !== (await subject.frameHash())) {
      const differs = isRamWrong ? "ram" : "picture";
      const text = describeDesync({ frame: this.#frame, differs, lastAgreed: this.#lastAgreed });
      throw new Desynced(`frame ${this.#frame}: ${text}`);
    }
    this.#lastAgreed = this.#frame;
    this.agreedHashes++;
  }
}
