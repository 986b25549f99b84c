import type { SourceArea } from "./scale.ts";

/** Frames come from this many places in memory: the slots of the triple buffer, and one to spare. */
const MAX_VIEWS = 4;

/**
 * Says which rows of a frame differ from the frame before. Most of a picture stands still most of the
 * time, and whoever turns rows into something else need not do so again.
 */
export class ChangedRows {
  /** By row of the source area, from 0: 1 where it differs from the frame before. */
  readonly isChanged: Uint8Array;
  readonly #source: SourceArea;
  readonly #words: number;
  readonly #last: Int32Array;
  /** Two pixels at a time: the frames seen so far, and views on them. */
  readonly #frames: Uint16Array[] = [];
  readonly #views: Int32Array[] = [];
  #isKnown = false;

  /**
   * Frames have rows of `frameWidth` pixels, of which `source` counts: whole rows, so that a change beside
   * it may be reported too. `frameWidth` is even, and frames begin at a multiple of four bytes.
   */
  constructor(source: SourceArea, frameWidth: number) {
    this.#source = source;
    this.#words = frameWidth / 2;
    this.#last = new Int32Array(this.#words * source.height);
    this.isChanged = new Uint8Array(source.height);
  }

  /** All rows of the next frame count as changed. */
  invalidate(): void {
    this.#isKnown = false;
  }

  /** Compares a frame with the one before, and keeps it. Returns how many rows have changed. */
  take(frame: Uint16Array): number {
    const view = this.#viewOf(frame);
    const last = this.#last;
    const words = this.#words;
    const first = this.#source.y * words;
    let count = 0;
    for (let row = 0; row < this.isChanged.length; row++) {
      const start = row * words;
      const end = start + words;
      let at = start;
      while (at < end && view[first + at]! === last[at]!) at++;
      const isChanged = at < end;
      for (; at < end; at++) last[at] = view[first + at]!;
      this.isChanged[row] = isChanged || !this.#isKnown ? 1 : 0;
      count += this.isChanged[row]!;
    }
    this.#isKnown = true;
    return count;
  }

  #viewOf(frame: Uint16Array): Int32Array {
    for (let i = 0; i < this.#frames.length; i++) if (this.#frames[i] === frame) return this.#views[i]!;
    const view = new Int32Array(frame.buffer, frame.byteOffset, frame.length >> 1);
    const at = this.#frames.length < MAX_VIEWS ? this.#frames.length : 0;
    this.#frames[at] = frame;
    this.#views[at] = view;
    return view;
  }
}
