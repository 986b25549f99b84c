import type { Palette } from "../render/palette.ts";

export type Rgb = [red: number, green: number, blue: number];

/** A picture with its own palette. */
export interface IndexedPicture {
  /** An index into `colors` per pixel. */
  readonly indices: Uint8Array;
  /** 1 to 256 colours, in the order in which the picture first uses them. */
  readonly colors: Rgb[];
  /** False if the picture has more than 256 colours. */
  readonly exact: boolean;
}

const MAX_COLORS = 256;

/**
 * Converts a picture to one with its own palette. A picture that changes the emphasis bits in mid-frame could
 * have more than the 256 colours that files allow. Further colours are replaced by the same colour without
 * emphasis, or else by the first colour.
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

/** Red, green and blue of a palette entry. */
export function rgb(color: number): Rgb {
  return [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
}
