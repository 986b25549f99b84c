import type { FramePixels } from "../../emu/machine.ts";
import type { SourceArea } from "./scale.ts";

/** Frames come from at most this many places in memory: the slots of the triple buffer, and a spare. */
const MAX_VIEWS = 4;
/**
 * Rows compared in one call. A native comparison takes 4 µs per frame where a loop takes 36 µs, but calling
 * it costs as much as comparing a row, so single rows use the loop.
 */
const BAND_ROWS = 8;

/**
 * Finds which rows of a frame differ from the previous frame, and stores the frame. Most of a picture usually
 * stands still, and unchanged rows need not be processed again.
 */
export class ChangedRows {
  /** By row of the source area, from 0: 1 if it differs from the previous frame. */
  readonly isChanged: Uint8Array;
  /** The last frame: the source area's rows at full width. */
  readonly pixels: Uint16Array;
  /** The same memory, two pixels per word, the left one in the lower half. */
  readonly words: Int32Array;
  readonly #bytes: Buffer;
  readonly #rowWords: number;
  readonly #startByte: number;
  /** The frames seen so far, and byte views on them. */
  readonly #frames: FramePixels[] = [];
  readonly #byteViews: Buffer[] = [];
  readonly #wordViews: Int32Array[] = [];
  #view = 0;
  #isKnown = false;

  /**
   * Frames have rows of `frameWidth` pixels; the rows of `source` are compared at full width, so a change
   * beside the area may be reported too. Frames begin at a multiple of four bytes. Pixels have 2 bytes, and
   * `frameWidth` is then even; or 4, for RGB, and are then the elements of `words`.
   */
  constructor(source: SourceArea, frameWidth: number, pixelBytes: 2 | 4 = 2) {
    this.#rowWords = (frameWidth * pixelBytes) / 4;
    this.#startByte = source.y * frameWidth * pixelBytes;
    this.words = new Int32Array(this.#rowWords * source.height);
    this.pixels = new Uint16Array(this.words.buffer);
    this.#bytes = Buffer.from(this.words.buffer);
    this.isChanged = new Uint8Array(source.height);
  }

  /** Marks all rows of the next frame as changed. */
  invalidate(): void {
    this.#isKnown = false;
  }

  /** Compares a frame with the previous one and stores it. Returns the number of changed rows. */
  take(frame: FramePixels): number {
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

  /** Returns true if these rows equal those of the previous frame. */
  #isSame(row: number, end: number): boolean {
    const rowBytes = this.#rowWords * 4;
    const first = this.#startByte + row * rowBytes;
    const last = this.#startByte + end * rowBytes;
    const frame = this.#byteViews[this.#view]!;
    return this.#bytes.compare(frame, first, last, row * rowBytes, end * rowBytes) === 0;
  }

  /** Compares row by row. Returns the number of changed rows. */
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

  #lookAt(frame: FramePixels): void {
    for (let i = 0; i < this.#frames.length; i++)
      if (this.#frames[i] === frame) {
        this.#view = i;
        return;
      }
    const at = this.#frames.length < MAX_VIEWS ? this.#frames.length : 0;
    this.#frames[at] = frame;
    this.#byteViews[at] = Buffer.from(frame.buffer as ArrayBuffer, frame.byteOffset, frame.byteLength);
    this.#wordViews[at] = new Int32Array(frame.buffer, frame.byteOffset, frame.byteLength >> 2);
    this.#view = at;
  }
}
