import type { SourceArea } from "./scale.ts";

/** Frames come from this many places in memory: the slots of the triple buffer, and one to spare. */
const MAX_VIEWS = 4;
/**
 * Rows that are compared in one go. A native comparison takes 4 µs for a frame where a loop takes 36, but
 * calling it costs as much as looking at a row, so that single rows are left to the loop.
 */
const BAND_ROWS = 8;
const PIXEL_BYTES = 2;

/**
 * Says which rows of a frame differ from the frame before, and keeps the frame. Most of a picture stands
 * still most of the time, and whoever turns rows into something else need not do so again.
 */
export class ChangedRows {
  /** By row of the source area, from 0: 1 where it differs from the frame before. */
  readonly isChanged: Uint8Array;
  /** The frame taken last: the rows of the source area, whole. */
  readonly pixels: Uint16Array;
  /** The same, two pixels a word, the left one in the lower half. */
  readonly words: Int32Array;
  readonly #bytes: Buffer;
  readonly #rowWords: number;
  readonly #startByte: number;
  /** The frames seen so far, and views on them. */
  readonly #frames: Uint16Array[] = [];
  readonly #byteViews: Buffer[] = [];
  readonly #wordViews: Int32Array[] = [];
  #view = 0;
  #isKnown = false;

  /**
   * Frames have rows of `frameWidth` pixels, of which `source` counts: whole rows, so that a change beside
   * it may be reported too. `frameWidth` is even, and frames begin at a multiple of four bytes.
   */
  constructor(source: SourceArea, frameWidth: number) {
    this.#rowWords = frameWidth / 2;
    this.#startByte = source.y * frameWidth * PIXEL_BYTES;
    this.pixels = new Uint16Array(frameWidth * source.height);
    this.words = new Int32Array(this.pixels.buffer);
    this.#bytes = Buffer.from(this.pixels.buffer);
    this.isChanged = new Uint8Array(source.height);
  }

  /** All rows of the next frame count as changed. */
  invalidate(): void {
    this.#isKnown = false;
  }

  /** Compares a frame with the one before, and keeps it. Returns how many rows have changed. */
  take(frame: Uint16Array): number {
    this.#lookAt(frame);
    const { isChanged } = this;
    const rows = isChanged.length;
    let count = 0;
    if (!this.#isKnown) {
      isChanged.fill(1);
      count = rows;
    } else if (this.#isSame(0, rows)) isChanged.fill(0);
    else
      for (let row = 0; row < rows; row += BAND_ROWS) {
        const end = Math.min(rows, row + BAND_ROWS);
        if (this.#isSame(row, end)) isChanged.fill(0, row, end);
        else count += this.#compareRows(row, end);
      }
    if (count > 0) {
      const start = this.#startByte;
      this.#byteViews[this.#view]!.copy(this.#bytes, 0, start, start + this.#bytes.length);
    }
    this.#isKnown = true;
    return count;
  }

  /** Whether these rows are those of the frame before. */
  #isSame(row: number, end: number): boolean {
    const rowBytes = this.#rowWords * 4;
    const first = this.#startByte + row * rowBytes;
    const last = this.#startByte + end * rowBytes;
    const frame = this.#byteViews[this.#view]!;
    return this.#bytes.compare(frame, first, last, row * rowBytes, end * rowBytes) === 0;
  }

  /** Compares row by row. Returns how many of them have changed. */
  #compareRows(first: number, end: number): number {
    const { words, isChanged } = this;
    const frame = this.#wordViews[this.#view]!;
    const offset = this.#startByte / 4;
    const rowWords = this.#rowWords;
    let count = 0;
    for (let row = first; row < end; row++) {
      const stop = (row + 1) * rowWords;
      let at = row * rowWords;
      while (at < stop && frame[offset + at]! === words[at]!) at++;
      isChanged[row] = at < stop ? 1 : 0;
      count += isChanged[row]!;
    }
    return count;
  }

  #lookAt(frame: Uint16Array): void {
    for (let i = 0; i < this.#frames.length; i++)
      if (this.#frames[i] === frame) {
        this.#view = i;
        return;
      }
    const at = this.#frames.length < MAX_VIEWS ? this.#frames.length : 0;
    this.#frames[at] = frame;
    this.#byteViews[at] = Buffer.from(frame.buffer as ArrayBuffer, frame.byteOffset, frame.byteLength);
    this.#wordViews[at] = new Int32Array(frame.buffer, frame.byteOffset, frame.length >> 1);
    this.#view = at;
  }
}
