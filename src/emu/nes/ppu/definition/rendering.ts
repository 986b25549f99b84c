import { MASK_RENDERING, type PpuState } from "../state.ts";

/**
 * Returns 1 if nothing renders, because rendering is off or the line is in vertical blank or line 240, and
 * else 0.
 */
export function blanking(ppu: PpuState): number {
  if ((ppu.mask & MASK_RENDERING) === 0) return 1;
  return ppu.line >= 240 && ppu.line !== ppu.preRenderLine ? 1 : 0;
}
