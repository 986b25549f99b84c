import { MASK_RENDERING, type PpuState } from "../state.ts";

/** Returns true if rendering is on and nothing is pending that needs the dot path. */
export function isUndisturbed(ppu: PpuState): boolean {
  return (
    ppu.busy === 0 &&
    ppu.halfway === 0 &&
    (ppu.mask & MASK_RENDERING) !== 0 &&
    ppu.renderingDelayed === 1 &&
    ppu.renderingDots >= 1 &&
    (ppu.corruptionPending |
      ppu.corruptionSeen |
      ppu.corruptionSeenNow |
      ppu.sprite0HitPending |
      ppu.fetchKind |
      ppu.secondaryResetDots |
      ppu.skippedDot) ===
      0
  );
}
