import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { CTRL_BACKGROUND_TABLE, CTRL_SPRITE_8X16, CTRL_SPRITE_TABLE } from "../../emu/nes/ppu/state.ts";
import type { PictureArea } from "../capture/pixel-layout.ts";
import { encodeRgbPng } from "../capture/png.ts";
import { type Palette, paletteFor } from "../render/colors/palette.ts";

/** A picture in red, green and blue, row by row. */
export interface PpuPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const TILE = 8;
const NAMETABLE_WIDTH = 256;
const NAMETABLE_HEIGHT = 240;
const PALETTE_CELL = 16;
const BACKDROP = 0x3f00;
const MAX_SIDE = 2048;

function blank(width: number, height: number): PpuPicture {
  return { width, height, rgb: new Uint8Array(3 * width * height) };
}

function setPixel({ width, rgb }: PpuPicture, x: number, y: number, color: number): void {
  const at = 3 * (y * width + x);
  rgb[at] = color >> 16;
  rgb[at + 1] = (color >> 8) & 0xff;
  rgb[at + 2] = color & 0xff;
}

/** The colour of entry `index` (0–31) of palette RAM. */
function paletteColor(nes: Nes, index: number): number {
  return paletteFor(nes.geometry)[nes.peek("ppu", BACKDROP + index) & 0x3f]!;
}

/** The two bits of a tile's pixel. https://www.nesdev.org/wiki/PPU_pattern_tables */
function tileBits(nes: Nes, address: number, x: number, y: number): number {
  const low = nes.peek("ppu", address + y);
  const high = nes.peek("ppu", address + y + TILE);
  return ((low >> (7 - x)) & 1) | (((high >> (7 - x)) & 1) << 1);
}

/** All four nametables, 2 × 2, as they are in memory now. https://www.nesdev.org/wiki/PPU_nametables */
export function nametablePicture(nes: Nes): PpuPicture {
  const picture = blank(2 * NAMETABLE_WIDTH, 2 * NAMETABLE_HEIGHT);
  const table = (nes.ppu.state.control & CTRL_BACKGROUND_TABLE) << 8;
  for (let nametable = 0; nametable < 4; nametable++) {
    const base = 0x2000 + 0x400 * nametable;
    for (let row = 0; row < 30; row++)
      for (let column = 0; column < 32; column++) {
        const tile = nes.peek("ppu", base + 32 * row + column);
        const attributes = nes.peek("ppu", base + 0x3c0 + 8 * (row >> 2) + (column >> 2));
        const palette = (attributes >> (((row & 2) << 1) | (column & 2))) & 3;
        const left = NAMETABLE_WIDTH * (nametable & 1) + TILE * column;
        const top = NAMETABLE_HEIGHT * (nametable >> 1) + TILE * row;
        drawTile(nes, picture, { address: table + 16 * tile, left, top, palette });
      }
  }
  return picture;
}

interface PlacedTile {
  readonly address: number;
  readonly left: number;
  readonly top: number;
  /** 0–3 of the background, 4–7 of sprites. */
  readonly palette: number;
  readonly flippedX?: boolean;
  readonly flippedY?: boolean;
  /** True to leave pixels of colour 0 unchanged. */
  readonly isTransparent?: boolean;
}

function drawTile(nes: Nes, picture: PpuPicture, tile: PlacedTile): void {
  for (let y = 0; y < TILE; y++)
    for (let x = 0; x < TILE; x++) {
      const [across, down] = [tile.left + x, tile.top + y];
      if (across >= picture.width || down >= picture.height) continue;
      const bits = tileBits(nes, tile.address, tile.flippedX ? 7 - x : x, tile.flippedY ? 7 - y : y);
      if (bits === 0 && tile.isTransparent) continue;
      setPixel(picture, across, down, paletteColor(nes, bits === 0 ? 0 : 4 * tile.palette + bits));
    }
}

/** Both pattern tables side by side, in the colours of one palette (0–7). */
export function patternPicture(nes: Nes, palette: number): PpuPicture {
  const picture = blank(256, 128);
  for (let table = 0; table < 2; table++)
    for (let tile = 0; tile < 256; tile++) {
      const left = 128 * table + TILE * (tile & 15);
      drawTile(nes, picture, { address: 0x1000 * table + 16 * tile, left, top: TILE * (tile >> 4), palette });
    }
  return picture;
}

/** Only the sprites of OAM, at their places on the screen. https://www.nesdev.org/wiki/PPU_OAM */
export function spritePicture(nes: Nes): PpuPicture {
  const picture = blank(NAMETABLE_WIDTH, NAMETABLE_HEIGHT);
  const { control } = nes.ppu.state;
  const isTall = (control & CTRL_SPRITE_8X16) !== 0;
  // Sprite 0 is in front, so it is drawn last.
  for (let sprite = 63; sprite >= 0; sprite--) {
    const [y = 0, tile = 0, attributes = 0, x = 0] = [0, 1, 2, 3].map((i) => nes.peek("oam", 4 * sprite + i));
    const flippedY = (attributes & 0x80) !== 0;
    const common = { left: x, palette: 4 + (attributes & 3), flippedX: (attributes & 0x40) !== 0, flippedY };
    const table = isTall ? (tile & 1) << 12 : (control & CTRL_SPRITE_TABLE) << 9;
    const first = table + 16 * (isTall ? tile & 0xfe : tile);
    for (let half = 0; half < (isTall ? 2 : 1); half++) {
      const address = first + 16 * (isTall && flippedY ? 1 - half : half);
      drawTile(nes, picture, { ...common, address, top: y + 1 + TILE * half, isTransparent: true });
    }
  }
  return picture;
}

/** The 32 colours of palette RAM: background above, sprites below. */
export function palettePicture(nes: Nes): PpuPicture {
  const picture = blank(16 * PALETTE_CELL, 2 * PALETTE_CELL);
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const index = 16 * Math.floor(y / PALETTE_CELL) + Math.floor(x / PALETTE_CELL);
      setPixel(picture, x, y, paletteColor(nes, index));
    }
  return picture;
}

/** The screen, with pixels that differ from an earlier picture unchanged and all others dark. */
export function changesPicture(
  now: Uint16Array,
  before: Uint16Array,
  palette: Palette,
): PpuPicture & { readonly box?: PictureArea } {
  const picture = blank(NAMETABLE_WIDTH, NAMETABLE_HEIGHT);
  let [left, top, right, bottom] = [NAMETABLE_WIDTH, NAMETABLE_HEIGHT, -1, -1];
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const at = y * picture.width + x;
      const color = palette[now[at]!]!;
      const differs = now[at] !== before[at];
      setPixel(picture, x, y, differs ? color : (color >> 3) & 0x1f1f1f);
      if (!differs) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  if (right < 0) return picture;
  return { ...picture, box: { x: left, y: top, width: right - left + 1, height: bottom - top + 1 } };
}

/**
 * A part of a picture, enlarged, as a PNG file. Throws `InputError` ("usage") if the region is not inside of
 * the picture, or the result too large.
 */
export function picturePng(picture: PpuPicture, scale: number, region?: PictureArea): Uint8Array {
  const area = region ?? { x: 0, y: 0, width: picture.width, height: picture.height };
  if (area.x + area.width > picture.width || area.y + area.height > picture.height)
    throw new InputError(
      "usage",
      `the region is not inside of the picture, which has ${picture.width} × ${picture.height} pixels`,
      "region",
    );
  const [width, height] = [area.width * scale, area.height * scale];
  if (Math.max(width, height) > MAX_SIDE)
    throw new InputError(
      "usage",
      `the picture would have ${width} × ${height} pixels`,
      "scale",
      `at most ${MAX_SIDE}`,
    );
  const scaled = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = 3 * ((area.y + Math.floor(y / scale)) * picture.width + area.x + Math.floor(x / scale));
      const to = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) scaled[to + channel] = picture.rgb[from + channel]!;
    }
  return encodeRgbPng({ width, height, rgb: scaled });
}
