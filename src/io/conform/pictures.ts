import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { encodePng, encodeRgbPng } from "../capture/png.ts";
import type { ScreenPixels } from "./types.ts";

export const SCREEN_PIXELS = SCREEN_WIDTH * SCREEN_HEIGHT;
const GEOMETRY = { width: SCREEN_WIDTH, height: SCREEN_HEIGHT };

/** Red, green and blue of every pixel. */
export function screenRgb(screen: ScreenPixels): Uint8Array {
  if (screen.kind === "rgb") return screen.rgb;
  const rgb = new Uint8Array(3 * SCREEN_PIXELS);
  const { pixels, palette } = screen;
  for (let i = 0; i < SCREEN_PIXELS; i++) {
    const color = palette[pixels[i]! & 0x1ff]!;
    rgb[3 * i] = color >> 16;
    rgb[3 * i + 1] = (color >> 8) & 0xff;
    rgb[3 * i + 2] = color & 0xff;
  }
  return rgb;
}

/** The screen as a PNG file. */
export function screenPng(screen: ScreenPixels): Uint8Array {
  return screen.kind === "indices" ? encodePng(screen.pixels, GEOMETRY, screen.palette) : rgbPng(screen.rgb);
}

/** 256 × 240 pixels of red, green and blue as a PNG file. */
export function rgbPng(rgb: Uint8Array): Uint8Array {
  return encodeRgbPng({ ...GEOMETRY, rgb });
}
