/**
 * The multiplexer: chooses between background and sprites, and detects sprite 0 hits.
 * https://www.nesdev.org/wiki/PPU_rendering#Preface
 */
import {
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_RENDERING,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  type PpuState,
  SPRITES_PER_LINE,
} from "../state.ts";

/** Attribute bit of sprites: background pixels are in front. */
export const BEHIND_BACKGROUND = 0x20;
const SPRITE_PALETTES = 0x10;

/** Chooses the colour for one of the dots 1–256 of a visible line. */
export function choosePixel(ppu: PpuState): void {
  const rendering = (ppu.mask & MASK_RENDERING) !== 0;
  ppu.colour = rendering ? ppu.palette[multiplexPixel(ppu)] & 0x3f : ppu.idleColour;
}

/** Index in palette RAM of what the dot shows. */
function multiplexPixel(ppu: PpuState): number {
  const background = backgroundPixel(ppu);
  if ((ppu.mask & MASK_SPRITES) === 0 || (ppu.dot <= 8 && (ppu.mask & MASK_SPRITES_LEFT) === 0)) {
    return background;
  }
  for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
    if (ppu.spriteCounter[unit] !== 0 && ppu.skippedDot === 0) continue;
    const pixel = (ppu.spriteLow[unit] >> 7) | ((ppu.spriteHigh[unit] >> 6) & 2);
    if (pixel === 0) continue;
    if (unit === 0) testSprite0(ppu, background);
    const attributes = ppu.spriteAttributes[unit];
    if (background !== 0 && (attributes & BEHIND_BACKGROUND) !== 0) return background;
    return SPRITE_PALETTES | ((attributes & 3) << 2) | pixel;
  }
  return background;
}

/** Index in palette RAM, 0–15, of the background; 0 where it is transparent. */
function backgroundPixel(ppu: PpuState): number {
  if ((ppu.mask & MASK_BACKGROUND) === 0 || (ppu.dot <= 8 && (ppu.mask & MASK_BACKGROUND_LEFT) === 0))
    return 0;
  const at = 15 - ppu.fineX;
  const pixel = ((ppu.backgroundLow >> at) & 1) | (((ppu.backgroundHigh >> at) & 1) << 1);
  if (pixel === 0) return 0;
  const attributeAt = 7 - ppu.fineX;
  const palette = ((ppu.attributeLow >> attributeAt) & 1) | (((ppu.attributeHigh >> attributeAt) & 1) << 1);
  return (palette << 2) | pixel;
}

/** The first sprite unit shows an opaque pixel. https://www.nesdev.org/wiki/PPU_OAM#Sprite_0_hits */
function testSprite0(ppu: PpuState, background: number): void {
  if (ppu.canHitSprite0 === 0 || ppu.sprite0OnLine === 0 || background === 0 || ppu.dot >= 256) return;
  if ((ppu.mask & MASK_BACKGROUND) === 0) return;
  ppu.canHitSprite0 = 0;
  ppu.sprite0HitPending = 2;
}

/**
 * Second half of a dot: a hit reaches its flag in the second half of the dot after its pixel. In
 * AccuracyCoin's "$2002 Flag Timing", two of the four alignments see it before overflow, whose flag comes
 * half a dot later.
 */
export function clockSprite0Hit(ppu: PpuState): void {
  if (ppu.sprite0HitPending === 0) return;
  ppu.sprite0HitPending--;
  if (ppu.sprite0HitPending === 0) ppu.sprite0Hit = 1;
}
