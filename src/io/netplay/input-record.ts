import { InputScript } from "../movies/input-script.ts";
import { InputLog } from "../movies/movie.ts";
import type { NetplayBlock } from "../shared/netplay-block.ts";

/** All inputs of a game since power-on, of all players, for a movie and for players who join later. */
export class InputRecord {
  readonly #log = new InputLog();

  /** Number of frames. */
  get frames(): number {
    return this.#log.length;
  }

  /** The inputs of the frames before `end`, or all. */
  script(end = this.frames): InputScript {
    const { frames, masks } = this.#log.toScript().entries;
    const count = frames.findIndex((frame) => frame >= end);
    return count < 0 || end >= this.frames
      ? new InputScript(frames, masks)
      : new InputScript(frames.slice(0, count), masks.slice(0, count));
  }

  /** Adds the frames before `frames` of another player's record. */
  addScript(script: InputScript, frames: number): void {
    while (this.#log.length < frames) this.#log.add(script.maskAt(this.#log.length));
  }

  /** Adds the frames whose inputs have become known. Call it before inputs are added to the block. */
  update(block: NetplayBlock): void {
    const end = block.confirmedEnd;
    while (this.#log.length < end) this.#log.add(block.word(this.#log.length));
  }
}
