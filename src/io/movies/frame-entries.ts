/**
 * The frames at which the entries of a script begin. An entry applies from its frame until the next entry.
 */
export class FrameEntries {
  /** Strictly ascending. */
  readonly frames: Float64Array;
  /** Index of the first entry after the last frame that was asked for. Most lookups are in frame order. */
  #next = 0;

  constructor(frames: Float64Array) {
    this.frames = frames;
  }

  /** Index of the entry that applies in `frame`; −1 before the first entry. */
  indexAt(frame: number): number {
    const { frames } = this;
    if (this.#next > 0 && frames[this.#next - 1]! > frame) this.#next = 0;
    while (this.#next < frames.length && frames[this.#next]! <= frame) this.#next++;
    return this.#next - 1;
  }
}
