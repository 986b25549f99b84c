/** The scroll registers v and t, fine X and the write toggle w. https://www.nesdev.org/wiki/PPU_scrolling */
import type { PpuState } from "../state.ts";

const COARSE_X = 0x001f;
const COARSE_Y = 0x03e0;
const NAMETABLE_X = 0x0400;
const NAMETABLE_Y = 0x0800;
const FINE_Y = 0x7000;
const HORIZONTAL = COARSE_X | NAMETABLE_X;
const VERTICAL = FINE_Y | NAMETABLE_Y | COARSE_Y;

/** Moves v one tile to the right, after the last tile into the next nametable. */
export function incrementCoarseX(ppu: PpuState): void {
  if ((ppu.v & COARSE_X) === COARSE_X) ppu.v ^= COARSE_X | NAMETABLE_X;
  else ppu.v++;
}

/** Moves v one line down. Row 29 leads to the next nametable; rows 30 and 31 stay in theirs. */
export function incrementY(ppu: PpuState): void {
  if ((ppu.v & FINE_Y) !== FINE_Y) {
    ppu.v += 0x1000;
    return;
  }
  ppu.v &= ~FINE_Y;
  const row = (ppu.v & COARSE_Y) >> 5;
  if (row === 29) ppu.v = (ppu.v & ~COARSE_Y) ^ NAMETABLE_Y;
  else if (row === 31) ppu.v &= ~COARSE_Y;
  else ppu.v += 0x20;
}

/** Copies coarse X and the horizontal nametable bit from t to v. */
export function copyHorizontal(ppu: PpuState): void {
  ppu.v = (ppu.v & ~HORIZONTAL) | (ppu.t & HORIZONTAL);
}

/** Copies fine Y, coarse Y and the vertical nametable bit from t to v. */
export function copyVertical(ppu: PpuState): void {
  ppu.v = (ppu.v & ~VERTICAL) | (ppu.t & VERTICAL);
}

/** Moves v at the end of dots 256, 257 and, on the pre-render line, 280–304. */
export function endOfLineScroll(ppu: PpuState): void {
  if (ppu.renderingDots < 1) return;
  if (ppu.dot === 256) incrementY(ppu);
  else if (ppu.dot === 257) copyHorizontal(ppu);
  else if (ppu.dot >= 280 && ppu.dot <= 304 && ppu.line === ppu.preRenderLine) copyVertical(ppu);
}

/** Applies a write of $2005; the toggle says if it is the first or the second. */
export function setScroll(ppu: PpuState, value: number): void {
  if (ppu.toggle === 0) {
    ppu.fineX = value & 7;
    ppu.t = (ppu.t & 0x7fe0) | (value >> 3);
  } else {
    ppu.t = (ppu.t & 0x0c1f) | ((value & 0xf8) << 2) | ((value & 7) << 12);
  }
}
