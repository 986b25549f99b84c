import type { Palette } from "../render/palette.ts";

export type Rgb = [red: number, green: number, blue: number];

/** A picture with a palette of its own. */
export interface IndexedPicture {
  /** An index into `colors` a pixel. */
  readonly indices: Uint8Array;
  /** 1 to 256 colours, in the order in which the picture first shows them. */
  readonly colors: Rgb[];
  /** False when the picture has more colours than that. */
  readonly exact: boolean;
}

const MAX_COLORS = 256;

/**
 * The picture with a palette of the colours that it has. One that uses the emphasis bits in mid-frame
 * could have more than the 256 that files allow: those beyond take the same colour without emphasis, and
 * that failing the first.
 */
export function toIndexed(pixels: Uint16Array, palette: Palette): IndexedPicture {
  const indices = new Uint8Array(pixels.length);
  const slots = new Int16Array(palette.length).fill(-1);
  const colors: Rgb[] = [];
  let exact = true;
  for (let i = 0; i < pixels.length; i++) {
    const entry = pixels[i]!;
    let slot = slots[entry]!;
    if (slot < 0) {
      if (colors.length < MAX_COLORS) {
        slot = colors.push(rgb(palette[entry]!)) - 1;
      } else {
        exact = false;
        slot = Math.max(0, slots[entry & 0x3f]!);
      }
      slots[entry] = slot;
    }
    indices[i] = slot;
  }
  return { indices, colors, exact };
}

/** Red, green and blue of a palette's entry. */
export function rgb(color: number): Rgb {
  return [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
}
