import { BEHIND_BACKGROUND } from "../definition/pixels.ts";
import { MASK_SPRITES, MASK_SPRITES_LEFT, type PpuState, SCREEN_WIDTH, SPRITES_PER_LINE } from "../state.ts";
import { SPRITE_INDEX, spriteFlags } from "./cell-pixels.ts";
import { type FastPath, TILES_PER_LINE } from "./fast-path.ts";
import { PIXEL_BITS } from "./line-background.ts";

/** Instead of a pixel: sprite 0 hits nothing. */
export const NO_HIT = -1;

/** Draws the sprites over the background, and leaves the delay of the output as the last dot does. */
export function showSprites(fast: FastPath): void {
  const { ppu } = fast;
  const shown = placeSprites(
    fast,
    ppu.line * SCREEN_WIDTH,
    fast.lineWords[fast.lineAt + TILES_PER_LINE - 1] & 0x0f,
  );
  const colour = ppu.palette[(shown & 3) === 0 ? 0 : shown] & 0x3f;
  ppu.colour = colour;
  ppu.colour1 = colour;
  ppu.colour2 = colour;
  ppu.colour3 = colour;
}

/** The first unit is on top. Returns the index in palette RAM of what the last dot shows. */
function placeSprites(fast: FastPath, at: number, lastBackground: number): number {
  const { ppu } = fast;
  let shown = lastBackground;
  const { lowWords, highWords } = fast;
  const areTransparent = (lowWords[0] | lowWords[1] | highWords[0] | highWords[1]) === 0;
  if (areTransparent || (ppu.mask & MASK_SPRITES) === 0) return shown;
  if (mayHitSprite0(ppu) && hitPixel(fast) !== NO_HIT) {
    ppu.canHitSprite0 = 0;
    ppu.sprite0Hit = 1;
  }
  const { pixels } = ppu;
  const { taken, lineWords, lineAt, colours } = fast;
  const firstX = firstShownX(ppu);
  let placed = 0;
  for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
    const low = ppu.spriteLow[unit];
    const high = ppu.spriteHigh[unit];
    if ((low | high) === 0) continue;
    placed |= 1 << unit;
    const flags = spriteFlags(unit, ppu.spriteAttributes[unit]);
    const behind = (flags & BEHIND_BACKGROUND) !== 0;
    const start = ppu.spriteCounter[unit];
    for (let x = start < firstX ? firstX : start; x < start + 8 && x < SCREEN_WIDTH; x++) {
      const shift = start + 7 - x;
      const value = ((low >> shift) & 1) | (((high >> shift) & 1) << 1);
      if (value === 0 || taken[x] === 1) continue;
      taken[x] = 1;
      if (behind && isOpaque(lineWords, lineAt, x)) continue;
      const index = (flags & SPRITE_INDEX) | value;
      pixels[at + x] = colours[index];
      if (x === SCREEN_WIDTH - 1) shown = index;
    }
  }
  for (let unit = 0; placed !== 0; unit++, placed >>= 1) {
    if ((placed & 1) === 1) taken.fill(0, ppu.spriteCounter[unit], ppu.spriteCounter[unit] + 8);
  }
  return shown;
}

/** Returns true if sprite 0 has not been hit yet, and unit 0 shows a row of it that is not empty. */
export function mayHitSprite0(ppu: PpuState): boolean {
  return ppu.canHitSprite0 === 1 && ppu.sprite0OnLine === 1 && (ppu.spriteLow[0] | ppu.spriteHigh[0]) !== 0;
}

/**
 * The first pixel of the line at which unit 0 is over an opaque pixel of the background in `lineWords`, or
 * NO_HIT. The last pixel of a line never hits.
 */
export function hitPixel(fast: FastPath): number {
  const { ppu, lineWords, lineAt } = fast;
  if ((ppu.mask & MASK_SPRITES) === 0) return NO_HIT;
  const row = ppu.spriteLow[0] | ppu.spriteHigh[0];
  const start = ppu.spriteCounter[0];
  const firstX = firstShownX(ppu);
  for (let x = start < firstX ? firstX : start; x < start + 8 && x < SCREEN_WIDTH - 1; x++) {
    if (((row >> (start + 7 - x)) & 1) !== 0 && isOpaque(lineWords, lineAt, x)) return x;
  }
  return NO_HIT;
}

function firstShownX(ppu: PpuState): number {
  return (ppu.mask & MASK_SPRITES_LEFT) === 0 ? 8 : 0;
}

function isOpaque(lineWords: Int32Array, lineAt: number, x: number): boolean {
  return ((lineWords[lineAt + (x >> 3)] >>> ((7 - (x & 7)) * PIXEL_BITS)) & 3) !== 0;
}
