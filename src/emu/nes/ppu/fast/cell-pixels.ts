/** The pixels of eight dots at once, and the state of the sprite units and of the output afterwards. */
import { outputColour } from "../definition/output.ts";
import { BEHIND_BACKGROUND } from "../definition/pixels.ts";
import {
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  type PpuState,
  SCREEN_WIDTH,
  SPRITES_PER_LINE,
} from "../state.ts";
import type { FastPath } from "./fast-path.ts";
import { CELL_DOTS } from "./timing.ts";

const SPRITE_OPAQUE = 0x40;
const SPRITE_FIRST = 0x80;
export const SPRITE_INDEX = 0x1f;

/** No colour has been chosen for three dots or more: the last one fills the delay of the output. */
export function settleColours(ppu: PpuState): void {
  ppu.colour1 = ppu.colour;
  ppu.colour2 = ppu.colour;
  ppu.colour3 = ppu.colour;
}

/** Draws dots `first` + 1 to `first` + 8 of a visible line. */
export function drawCell(fast: FastPath, first: number): void {
  const { ppu } = fast;
  const { palette, pixels } = ppu;
  const { cellColours, cellSprites } = fast;
  const hasSprites = placeCellSprites(fast, first);
  const showsBackground =
    (ppu.mask & MASK_BACKGROUND) !== 0 && (first !== 0 || (ppu.mask & MASK_BACKGROUND_LEFT) !== 0);
  const low = ppu.backgroundLow << ppu.fineX;
  const high = ppu.backgroundHigh << ppu.fineX;
  const latched = ppu.attributeLatch;
  const attributeLow = ((ppu.attributeLow << 8) | ((latched & 1) === 0 ? 0 : 0xff)) << ppu.fineX;
  const attributeHigh = ((ppu.attributeHigh << 8) | ((latched & 2) === 0 ? 0 : 0xff)) << ppu.fineX;
  // Four colours have not reached the output when the cell ends; a sprite 0 hit may come before that.
  const firstPixel = fast.draws || (hasSprites && ppu.canHitSprite0 === 1) ? 0 : CELL_DOTS - 4;
  for (let pixel = firstPixel; pixel < CELL_DOTS; pixel++) {
    const bit = 15 - pixel;
    let shown = 0;
    if (showsBackground) {
      shown = ((low >> bit) & 1) | (((high >> bit) & 1) << 1);
      if (shown !== 0) {
        shown |= (((attributeLow >> bit) & 1) << 2) | (((attributeHigh >> bit) & 1) << 3);
      }
    }
    if (hasSprites) {
      const sprite = cellSprites[pixel];
      if (sprite !== 0) {
        if (sprite >= SPRITE_FIRST && shown !== 0) hitInCell(ppu, first, pixel);
        if (shown === 0 || (sprite & BEHIND_BACKGROUND) === 0) shown = sprite & SPRITE_INDEX;
      }
    }
    cellColours[pixel] = palette[shown] & 0x3f;
  }
  if (fast.draws) {
    const at = ppu.line * SCREEN_WIDTH + first;
    if (first !== 0) showDelayedColours(ppu, at);
    for (let pixel = 0; pixel < CELL_DOTS - 3; pixel++) {
      pixels[at + pixel] = outputColour(ppu, cellColours[pixel]);
    }
  }
  ppu.colour3 = cellColours[4];
  ppu.colour2 = cellColours[5];
  ppu.colour1 = cellColours[6];
  ppu.colour = cellColours[7];
}

/** Draws the three pixels before element `at`, whose colours are still in the delay of the output. */
export function showDelayedColours(ppu: PpuState, at: number): void {
  const { pixels } = ppu;
  pixels[at - 3] = outputColour(ppu, ppu.colour2);
  pixels[at - 2] = outputColour(ppu, ppu.colour1);
  pixels[at - 1] = outputColour(ppu, ppu.colour);
}

/** Draws the units' pixels in the cell, the first unit on top. Returns true if there are any. */
function placeCellSprites(fast: FastPath, first: number): boolean {
  const { ppu } = fast;
  if ((ppu.mask & MASK_SPRITES) === 0) return false;
  if (first === 0 && (ppu.mask & MASK_SPRITES_LEFT) === 0) return false;
  const { cellSprites } = fast;
  let any = false;
  for (let unit = SPRITES_PER_LINE - 1; unit >= 0; unit--) {
    const counter = ppu.spriteCounter[unit];
    const low = ppu.spriteLow[unit];
    const high = ppu.spriteHigh[unit];
    if (counter >= CELL_DOTS || (low | high) === 0) continue;
    if (!any) cellSprites.fill(0);
    any = true;
    const flags = spriteFlags(unit, ppu.spriteAttributes[unit]);
    for (let pixel = counter, shift = 7; pixel < CELL_DOTS; pixel++, shift--) {
      const value = ((low >> shift) & 1) | (((high >> shift) & 1) << 1);
      if (value !== 0) cellSprites[pixel] = flags | value;
    }
  }
  return any;
}

/** Sprite 0 is hit. The flag is set one dot later, so a hit in the last dot of the cell is still pending. */
function hitInCell(ppu: PpuState, first: number, pixel: number): void {
  if (ppu.canHitSprite0 === 0 || ppu.sprite0OnLine === 0 || first + pixel >= SCREEN_WIDTH - 1) return;
  ppu.canHitSprite0 = 0;
  if (pixel === 7) {
    ppu.sprite0HitPending = 1;
    return;
  }
  ppu.sprite0Hit = 1;
}

/** Eight dots of the sprite units. */
export function clockUnitsForCell(ppu: PpuState): void {
  const { spriteCounter, spriteLow, spriteHigh } = ppu;
  for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
    const counter = spriteCounter[unit];
    if (counter >= CELL_DOTS) {
      spriteCounter[unit] = counter - CELL_DOTS;
      continue;
    }
    spriteCounter[unit] = 0;
    spriteLow[unit] <<= CELL_DOTS - counter;
    spriteHigh[unit] <<= CELL_DOTS - counter;
  }
}

/** The attribute bits that each pixel of a sprite unit carries with its value. */
export function spriteFlags(unit: number, attributes: number): number {
  const flags = 0x10 | ((attributes & 3) << 2) | (attributes & BEHIND_BACKGROUND) | SPRITE_OPAQUE;
  return unit === 0 ? flags | SPRITE_FIRST : flags;
}
