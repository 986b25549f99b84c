import { FrameEntries } from "./frame-entries.ts";

/** Buttons by frame, as in `--input` files. Before the first entry nothing is pressed. */
export class InputScript {
  readonly #entries: FrameEntries;
  readonly #masks: Uint32Array;

  /** `frames` must strictly ascend; both arrays have the same length. */
  constructor(frames: Float64Array, masks: Uint32Array) {
    this.#entries = new FrameEntries(frames);
    this.#masks = masks;
  }

  /** Number of entries. */
  get length(): number {
    return this.#masks.length;
  }

  /** The last frame at which a button changes; −1 if none ever does. */
  get lastFrame(): number {
    return this.#entries.frames.at(-1) ?? -1;
  }

  /** The arrays that the constructor takes, for sending the script to another thread. */
  get entries(): { readonly frames: Float64Array; readonly masks: Uint32Array } {
    return { frames: this.#entries.frames, masks: this.#masks };
  }

  /** Entry `index` as [frame, mask]. */
  entry(index: number): [number, number] {
    return [this.#entries.frames[index]!, this.#masks[index]!];
  }

  /** Buttons held in `frame`: one byte per port, port 1 lowest, bits as in `InputSource.latchButtons`. */
  maskAt(frame: number): number {
    const index = this.#entries.indexAt(frame);
    return index < 0 ? 0 : this.#masks[index]!;
  }
}
