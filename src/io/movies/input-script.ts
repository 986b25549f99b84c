/**
 * Buttons by frame, as in `--input` files. The mask of each entry applies from its frame until the next
 * entry. Before the first entry nothing is pressed.
 */
export class InputScript {
  readonly #frames: Float64Array;
  readonly #masks: Uint32Array;
  /** Index of the first entry after the last frame that was asked for. Most lookups are in frame order. */
  #next = 0;

  /** `frames` must strictly ascend; both arrays have the same length. */
  constructor(frames: Float64Array, masks: Uint32Array) {
    this.#frames = frames;
    this.#masks = masks;
  }

  /** Number of entries. */
  get length(): number {
    return this.#frames.length;
  }

  /** The last frame at which a button changes; −1 if none ever does. */
  get lastFrame(): number {
    return this.#frames[this.#frames.length - 1] ?? -1;
  }

  /** The arrays that the constructor takes, for sending the script to another thread. */
  get entries(): { readonly frames: Float64Array; readonly masks: Uint32Array } {
    return { frames: this.#frames, masks: this.#masks };
  }

  /** Entry `index` as [frame, mask]. */
  entry(index: number): [number, number] {
    return [this.#frames[index]!, this.#masks[index]!];
  }

  /** Buttons held in `frame`: one byte per port, port 1 lowest, bits as in `InputSource.latchButtons`. */
  maskAt(frame: number): number {
    if (this.#next > 0 && this.#frames[this.#next - 1]! > frame) this.#next = 0;
    while (this.#next < this.#frames.length && this.#frames[this.#next]! <= frame) this.#next++;
    return this.#next === 0 ? 0 : this.#masks[this.#next - 1]!;
  }
}
