import { MASK_RENDERING, type PpuState, SPRITES_PER_LINE } from "../state.ts";

/**
 * One dot of the eight sprite units. X counters run on every line, even if rendering is off; the shift
 * registers move only while rendering. https://www.nesdev.org/wiki/PPU_sprite_priority
 */
export function clockSpriteUnits(ppu: PpuState): void {
  const rendering = (ppu.mask & MASK_RENDERING) !== 0;
  for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
    const counter = ppu.spriteCounter[unit];
    if (counter > 0 && ppu.skippedDot === 0) {
      ppu.spriteCounter[unit] = counter - 1;
    } else if (rendering) {
      ppu.spriteLow[unit] <<= 1;
      ppu.spriteHigh[unit] <<= 1;
    }
  }
}
