import type { FramePixels } from "../../../emu/machine.ts";
import type { Encoder } from "../encoder.ts";
import type { Palette } from "./palette.ts";

/** Colours of RGB 5:6:5. The last value means "unknown" to the cell encoders, so white has the one before. */
const COLORS = 65_536;
const WHITE = 0xfffe;
/** With this many low bits of each component left out, there are at most 128 colours. */
const MAX_DROPPED_BITS = 3;

let palette: Palette | undefined;

/** The colours that reduced pictures have: 0xRRGGBB by RGB 5:6:5. */
export function reducedPalette(): Palette {
  palette ??= Uint32Array.from({ length: COLORS }, (_, id) => {
    const value = id >= WHITE ? COLORS - 1 : id;
    const red = Math.round(((value >> 11) * 255) / 31);
    const green = Math.round((((value >> 5) & 63) * 255) / 63);
    const blue = Math.round(((value & 31) * 255) / 31);
    return (red << 16) | (green << 8) | blue;
  });
  return palette;
}

/**
 * Shows RGB pictures with an encoder for palette indices: their colours are reduced to 5:6:5 bits, and
 * further if there are more than `maxColors` different ones.
 */
export class ReducedEncoder implements Encoder {
  readonly #inner: Encoder;
  readonly #width: number;
  readonly #height: number;
  readonly #stride: number;
  readonly #maxColors: number;
  readonly #reduced: Uint16Array;
  readonly #isUsed = new Uint8Array(COLORS);
  readonly #coarse: readonly Uint16Array[];

  /** `inner` takes frames with rows of `reducedStride(width)` palette indices. */
  constructor(inner: Encoder, width: number, height: number, maxColors: number) {
    this.#inner = inner;
    this.#width = width;
    this.#height = height;
    this.#stride = reducedStride(width);
    this.#maxColors = maxColors;
    this.#reduced = new Uint16Array(this.#stride * height);
    const drops = maxColors < COLORS ? MAX_DROPPED_BITS : 0;
    this.#coarse = Array.from({ length: drops }, (_, index) => coarseTable(index + 1));
  }

  get name(): string {
    return this.#inner.name;
  }

  get maxFrameBytes(): number {
    return this.#inner.maxFrameBytes;
  }

  get exactShare(): number {
    return this.#inner.exactShare ?? 1;
  }

  get limitBytes(): number {
    return this.#inner.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  set limitBytes(bytes: number) {
    if (this.#inner.limitBytes !== undefined) this.#inner.limitBytes = bytes;
  }

  encode(frame: FramePixels, out: Uint8Array): number {
    this.#reduce(frame);
    return this.#inner.encode(this.#reduced, out);
  }

  invalidate(): void {
    this.#inner.invalidate();
  }

  close(): void {
    this.#inner.close?.();
  }

  #reduce(frame: FramePixels): void {
    const reduced = this.#reduced;
    const width = this.#width;
    for (let y = 0, from = 0; y < this.#height; y++) {
      const row = y * this.#stride;
      for (let x = 0; x < width; x++) {
        const color = frame[from++]!;
        const id = ((color >> 8) & 0xf800) | ((color >> 5) & 0x07e0) | ((color >> 3) & 0x1f);
        reduced[row + x] = id > WHITE ? WHITE : id;
      }
    }
    for (const table of this.#coarse) {
      if (this.#countColors() <= this.#maxColors) return;
      for (let at = 0; at < reduced.length; at++) reduced[at] = table[reduced[at]!]!;
    }
  }

  #countColors(): number {
    const isUsed = this.#isUsed;
    const reduced = this.#reduced;
    isUsed.fill(0);
    let count = 0;
    for (let at = 0; at < reduced.length; at++) {
      const id = reduced[at]!;
      count += 1 - isUsed[id]!;
      isUsed[id] = 1;
    }
    return count;
  }
}

/** Pixels per row of a reduced picture: an even number, as the encoders compare two pixels at a time. */
export function reducedStride(width: number): number {
  return width + (width & 1);
}

/** By colour: the one with `bits` low bits of each component replaced by its high ones. */
function coarseTable(bits: number): Uint16Array {
  const coarse = (value: number, size: number): number => {
    const high = value >> bits;
    const left = size - bits;
    return ((high << bits) | (left >= bits ? high >> (left - bits) : high)) & ((1 << size) - 1);
  };
  return Uint16Array.from({ length: COLORS }, (_, id) => {
    const color = (coarse(id >> 11, 5) << 11) | (coarse((id >> 5) & 63, 6) << 5) | coarse(id & 31, 5);
    return Math.min(WHITE, color);
  });
}
