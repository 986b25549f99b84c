/** OAM DMA: many bytes at once. */
import { DOTS_PER_LINE } from "../../region.ts";
import { driveBusLatch } from "../definition/bus-latch.ts";
import { firstRefreshLine, OAM_ATTRIBUTE_BITS } from "../definition/oam.ts";
import type { FastPath } from "./fast-path.ts";

/**
 * Does `count` writes of $2004, the last one in `lastCycle`, with the bytes at `from`. Returns false, and
 * does nothing, unless all of them fall into vertical blank and nothing else is under way.
 */
export function fillOam(
  fast: FastPath,
  bytes: Uint8Array,
  from: number,
  count: number,
  lastCycle: number,
): boolean {
  const { ppu } = fast;
  const endLine = Math.min(ppu.preRenderLine, firstRefreshLine(ppu));
  if (ppu.busy === 1 || ppu.line < ppu.region.vblankLine || ppu.line >= endLine) return false;
  const blankDots = (endLine - ppu.line) * DOTS_PER_LINE - ppu.dot;
  if (ppu.timeUnits + blankDots * ppu.dotUnits <= (lastCycle + 1) * ppu.cpuUnits) return false;
  fast.countedHeight = 0;
  for (let at = 0; at < count; at++) {
    const address = (ppu.oamAddress + at) & 0xff;
    const value = bytes[from + at];
    ppu.oam[address] = (address & 3) === 2 ? value & OAM_ATTRIBUTE_BITS : value;
  }
  ppu.oamAddress = (ppu.oamAddress + count) & 0xff;
  driveBusLatch(ppu, bytes[from + count - 1], lastCycle);
  return true;
}
