/**
 * Buttons by frame, as `--input` files hold them: each entry's mask is in force from its frame on until
 * the next entry. Before the first entry nothing is pressed.
 */
export class InputScript {
  readonly #frames: Float64Array;
  readonly #masks: Uint32Array;
  /** Entries before this index have begun at the last frame asked for: most questions come in order. */
  #next = 0;

  /** Frames ascend strictly; both arrays are of one length. */
  constructor(frames: Float64Array, masks: Uint32Array) {
    this.#frames = frames;
    this.#masks = masks;
  }

  /** How many entries there are. */
  get length(): number {
    return this.#frames.length;
  }

  /** The last frame at which something changes; −1 when nothing ever does. */
  get lastFrame(): number {
    return this.#frames[this.#frames.length - 1] ?? -1;
  }

  /** Frames and masks as they are, for another thread to make a script of. */
  get entries(): { readonly frames: Float64Array; readonly masks: Uint32Array } {
    return { frames: this.#frames, masks: this.#masks };
  }

  /** Entry `index` as [frame, mask]. */
  entry(index: number): [number, number] {
    return [this.#frames[index]!, this.#masks[index]!];
  }

  /** Buttons held in `frame`: one byte a port, port 1 lowest, bits as in `InputSource.latchButtons`. */
  maskAt(frame: number): number {
    if (this.#next > 0 && this.#frames[this.#next - 1]! > frame) this.#next = 0;
    while (this.#next < this.#frames.length && this.#frames[this.#next]! <= frame) this.#next++;
    return this.#next === 0 ? 0 : this.#masks[this.#next - 1]!;
  }
}
