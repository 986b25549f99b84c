/**
 * Writes of $2001, $2005 and $2006 take effect some dots after the CPU's cycle, as AccuracyCoin's author
 * measured.
 */
import type { PpuState } from "../state.ts";
import { noticeRenderingEnd } from "./oam-corruption.ts";
import { moveIdleColour, outputBits } from "./output.ts";
import { setScroll } from "./scroll.ts";

/** At the start of a dot: a write of $2005 takes effect. */
export function landScroll(ppu: PpuState): void {
  if (ppu.scrollDelayDots === 0 || --ppu.scrollDelayDots > 0) return;
  setScroll(ppu, ppu.scrollWritten);
  ppu.toggle ^= 1;
}

/** Before sprite evaluation: after the second write of $2006, t is copied to v. */
export function landAddress(ppu: PpuState): void {
  if (ppu.addressDelayDots === 0 || --ppu.addressDelayDots > 0) return;
  ppu.v = ppu.t;
  ppu.addressBus = ppu.v;
}

/** Between sprite evaluation and the pixel: a write of PPUMASK takes effect. */
export function landMask(ppu: PpuState): void {
  if (ppu.maskDelayDots > 0 && --ppu.maskDelayDots === 0) {
    ppu.mask = ppu.maskWritten;
    moveIdleColour(ppu);
    moveIdleColour(ppu);
  }
  if (ppu.corruptionDelayDots > 0 && --ppu.corruptionDelayDots === 0) noticeRenderingEnd(ppu);
  if (ppu.outputMaskDelayDots > 0 && --ppu.outputMaskDelayDots === 0) {
    ppu.outputMask = outputBits(ppu, ppu.maskWritten);
  }
}
