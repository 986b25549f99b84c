import { MASK_RENDERING, type PpuState, SPRITES_PER_LINE } from "../state.ts";
import { CORRUPTION_DUE, endCorruption, keepCorruption } from "./oam-corruption.ts";
import { clearSecondaryOam, searchSprites } from "./sprite-evaluation.ts";
import { fetchSprites } from "./sprite-fetches.ts";

/** The sprites' part of one dot of a visible line or the pre-render line. */
export function runSprites(ppu: PpuState): void {
  if ((ppu.mask & MASK_RENDERING) !== 0 && ppu.corruptionPending === CORRUPTION_DUE) endCorruption(ppu);
  if (ppu.dot <= 64) clearSecondaryOam(ppu);
  else if (ppu.dot <= 256) searchSprites(ppu);
  else if (ppu.dot <= 320) fetchSprites(ppu);
  else idleAfterSprites(ppu);
  if (ppu.renderingDelayed === 1 && (ppu.dot === 63 || ppu.dot === 255 || ppu.dot === 339)) {
    ppu.secondaryResetDots = 2;
  }
}

/** Dots 321–340: reads secondary OAM. The byte is not used. */
function idleAfterSprites(ppu: PpuState): void {
  if ((ppu.corruptionSeen | ppu.corruptionSeenNow) === 1) keepCorruption(ppu);
  const rendering = (ppu.mask & MASK_RENDERING) !== 0;
  ppu.oamBufferNext = rendering ? ppu.secondaryOam[ppu.secondaryAddress] : ppu.oam[ppu.oamAddress];
  if (ppu.dot === 339 && !rendering) {
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) ppu.spriteCounter[unit] = 0;
  }
}
