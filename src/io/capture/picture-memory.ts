import { BLOCK_CHANGED, BLOCK_MIXED, BLOCK_ROWS, BLOCK_SAME, sideShares } from "./area-resizer.ts";
import type { PixelLayout } from "./pixel-layout.ts";

const PIXEL_BYTES = 2;
/** Larger pictures cost more to copy than the memory saves. */
const MAX_PICTURE_BYTES = 256 * 1024;

/**
 * The last picture that was made of the frames of one machine, and the pixels that it was made of. Blocks of
 * output rows whose pixels have not changed are not resized again: comparing a whole frame takes a tenth of
 * the time of resizing it, and in most games most rows stay the same from one picture to the next.
 *
 * It depends on pixels alone, so it stays valid when the machine loads a state.
 */
export class PictureMemory {
  readonly picture: Uint8Array;
  /** By block of `BLOCK_ROWS` output rows: what `AreaResizer` must do to bring `picture` up to date. */
  readonly blocks: Uint8Array;
  /** The rows of the crop, as they were when `picture` was made. */
  readonly #seen: Buffer;
  /** Offset of the first row of `#seen` in a frame. */
  readonly #cropStart: number;
  /** The bytes of a frame that each block shows, with what lies between its rows. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(layout: PixelLayout, frameWidth: number, pictureBytes: number) {
    const { crop, height } = layout;
    const rowBytes = frameWidth * PIXEL_BYTES;
    const { begun, whole, rest, from } = sideShares(crop.height, height);
    const blocks = Math.ceil(height / BLOCK_ROWS);
    this.picture = new Uint8Array(pictureBytes);
    // Nothing has been seen yet, as after a picture of two frames.
    this.blocks = new Uint8Array(blocks).fill(BLOCK_MIXED);
    this.#seen = Buffer.alloc(crop.height * rowBytes);
    this.#cropStart = crop.y * rowBytes;
    this.#starts = new Int32Array(blocks);
    this.#ends = new Int32Array(blocks);
    for (let block = 0; block < blocks; block++) {
      const first = block * BLOCK_ROWS;
      const last = Math.min(first + BLOCK_ROWS, height) - 1;
      const top = crop.y + from[first]! - Number(begun[first]! > 0);
      const bottom = crop.y + from[last]! + whole[last]! - Number(rest[last]! === 0);
      this.#starts[block] = top * rowBytes + crop.x * PIXEL_BYTES;
      this.#ends[block] = bottom * rowBytes + (crop.x + crop.width) * PIXEL_BYTES;
    }
  }

  /** Returns true if remembering pictures of this size is worth its memory. */
  static isFor(pictureBytes: number): boolean {
    return pictureBytes <= MAX_PICTURE_BYTES;
  }

  /**
   * Sets `blocks` for the next picture, of the brighter pixels of two frames, and remembers its pixels. Both
   * are the bytes of whole frames; for a picture of one frame they are the same object.
   */
  look(frame: Buffer, other: Buffer): void {
    const { blocks } = this;
    const seen = this.#seen;
    const offset = this.#cropStart;
    // Neighbouring blocks share rows: all must be compared before any is copied.
    for (let block = 0; block < blocks.length; block++) {
      const start = this.#starts[block]!;
      const end = this.#ends[block]!;
      // `seen` has the pixels of one frame only.
      const wasMixed = blocks[block] === BLOCK_MIXED;
      if (frame !== other && frame.compare(other, start, end, start, end) !== 0) blocks[block] = BLOCK_MIXED;
      else if (wasMixed || frame.compare(seen, start - offset, end - offset, start, end) !== 0)
        blocks[block] = BLOCK_CHANGED;
      else blocks[block] = BLOCK_SAME;
    }
    for (let block = 0; block < blocks.length; block++)
      if (blocks[block] !== BLOCK_SAME)
        frame.copy(seen, this.#starts[block]! - offset, this.#starts[block]!, this.#ends[block]!);
  }
}
