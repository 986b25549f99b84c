/**
 * Turning rendering off while secondary OAM is in use corrupts a row of OAM once rendering is turned on
 * again, as AccuracyCoin's "OAM Corruption" measures. https://www.nesdev.org/wiki/Errata#OAM
 */
import { MASK_RENDERING, type PpuState, SECONDARY_OAM_BYTES } from "../state.ts";

const OAM_ROW_BYTES = 8;
/** Value of `corruptionPending` while rendering is off: the row is overwritten when rendering begins. */
export const CORRUPTION_DUE = 2;

/**
 * Call it when rendering is turned off: remembers the row at the secondary address, which will be
 * overwritten.
 */
export function keepCorruption(ppu: PpuState): void {
  ppu.corruptionSeen = 0;
  ppu.corruptionSeenNow = 0;
  ppu.corruptionPending = 1;
  ppu.corruptionRow = ppu.secondaryAddress;
}

/** The same during evaluation, where the secondary address moves to the next sprite first. */
export function keepSearchCorruption(ppu: PpuState, frozen: boolean): void {
  if ((ppu.secondaryAddress & 3) !== 0 && ppu.oamWrapped === 0 && !frozen) {
    ppu.secondaryAddress = (ppu.secondaryAddress & 0xfc) + 4;
    if (ppu.secondaryAddress === SECONDARY_OAM_BYTES) {
      ppu.secondaryFull = 1;
      ppu.secondaryAddress = 0;
    }
  }
  keepCorruption(ppu);
  if (ppu.dot === 256) ppu.corruptionRow = ppu.oddDotCorrupted === 1 ? 0 : 1;
}

/**
 * Rendering begins: the remembered row is overwritten, unless the write of PPUMASK came at a moment that
 * avoids it.
 */
export function endCorruption(ppu: PpuState): void {
  ppu.corruptionPending = 0;
  if (ppu.corruptionAvoided === 0) corruptOam(ppu);
  ppu.corruptionAvoided = 0;
}

/** Copies row 0 of OAM over the remembered row. The word lines of both rows were open at once. */
function corruptOam(ppu: PpuState): void {
  const row = ppu.corruptionRow;
  for (let i = 0; i < OAM_ROW_BYTES; i++) ppu.oam[row * OAM_ROW_BYTES + i] = ppu.oam[i];
  ppu.secondaryOam[row] = ppu.secondaryOam[0];
}

/**
 * A write of PPUMASK takes effect here: if it ends rendering on a line that renders, a row will be corrupted.
 */
export function noticeRenderingEnd(ppu: PpuState): void {
  if (!ppu.traits.losesOamRows) return;
  if (ppu.renderingBeforeMaskWrite === 0 || (ppu.maskWritten & MASK_RENDERING) !== 0) return;
  if (ppu.line >= 240 && ppu.line !== ppu.preRenderLine) return;
  if (ppu.corruptionPending === 0) ppu.corruptionSeen = 1;
}
