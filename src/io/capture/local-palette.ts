import { applyPalette, quantize } from "gifenc";
import type { FramePixels } from "../../emu/machine.ts";
import type { Palette } from "../render/colors/palette.ts";

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
export function toIndexed(pixels: FramePixels, palette: Palette): IndexedPicture {
  if (pixels instanceof Uint32Array) return toIndexedRgb(pixels);
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

/** The same for pictures in RGB. More than 256 colours are reduced to those that fit the picture best. */
function toIndexedRgb(pixels: Uint32Array): IndexedPicture {
  const indices = new Uint8Array(pixels.length);
  const slots = new Map<number, number>();
  for (let i = 0; i < pixels.length; i++) {
    const color = pixels[i]!;
    let slot = slots.get(color);
    if (slot === undefined) {
      if (slots.size === MAX_COLORS) return reduce(pixels);
      slot = slots.size;
      slots.set(color, slot);
    }
    indices[i] = slot;
  }
  return { indices, colors: [...slots.keys()].map(rgb), exact: true };
}

function reduce(pixels: Uint32Array): IndexedPicture {
  const rgba = new Uint8Array(4 * pixels.length);
  for (let i = 0; i < pixels.length; i++) rgba.set([...rgb(pixels[i]!), 255], 4 * i);
  const colors = quantize(rgba, MAX_COLORS);
  return { indices: applyPalette(rgba, colors), colors, exact: false };
}

/** The colour of a pixel, 0xRRGGBB. */
export function colorOf(pixels: FramePixels, at: number, palette: Palette): number {
  return pixels instanceof Uint32Array ? pixels[at]! : palette[pixels[at]!]!;
}

/** Red, green and blue of a colour. */
export function rgb(color: number): Rgb {
  return [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
}
