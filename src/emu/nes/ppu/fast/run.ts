/** Runs the PPU: by a shortcut where one applies, and otherwise dot by dot. */
import { DOTS_PER_LINE } from "../../region.ts";
import { beginDot, endDot } from "../definition/dots.ts";
import { MASK_RENDERING, SCREEN_HEIGHT } from "../state.ts";
import { canRunCell, canRunTail, runCells, runTail } from "./cells.ts";
import { DATA_WRITE_DOTS, runDataWrite } from "./data-write.ts";
import type { FastPath } from "./fast-path.ts";
import { runIdleDots, skipIdleDots } from "./idle-dots.ts";
import { runLines } from "./line-runs.ts";
import { canBatchLine } from "./lines.ts";
import { CELL_DOTS, TAIL_DOTS } from "./timing.ts";

/** Runs all halves of dots that begin before `limitUnits`. */
export function runUntil(fast: FastPath, limitUnits: number): void {
  const { ppu } = fast;
  if (ppu.halfway === 1) endDot(ppu);
  const halfUnits = ppu.dotUnits >> 1;
  while (ppu.timeUnits + halfUnits < limitUnits) {
    if (runBatch(fast, limitUnits)) continue;
    if (ppu.corruptionPending !== 0) fast.countedHeight = 0;
    beginDot(ppu);
    endDot(ppu);
  }
  if (ppu.timeUnits >= limitUnits) return;
  if (ppu.corruptionPending !== 0) fast.countedHeight = 0;
  beginDot(ppu);
}

/** Runs dots until a pending write or read has ended, but not past `limitUnits`. */
export function settle(fast: FastPath, limitUnits: number): void {
  const { ppu } = fast;
  const halfUnits = ppu.dotUnits >> 1;
  if (ppu.halfway === 1 && ppu.timeUnits < limitUnits) endDot(ppu);
  while (ppu.busy === 1 && ppu.timeUnits + halfUnits < limitUnits) {
    if (ppu.corruptionPending !== 0) fast.countedHeight = 0;
    beginDot(ppu);
    endDot(ppu);
  }
}

/**
 * Runs as many dots at once as it can before `limit`, a moment in units. Returns false if it can run none.
 */
function runBatch(fast: FastPath, limitUnits: number): boolean {
  const { ppu } = fast;
  // Of the writes that are under way, only one of $2007 can run at once.
  if (ppu.busy === 1 && ppu.writeRequest === 0) return false;
  const canRender = ppu.line < SCREEN_HEIGHT || ppu.line === ppu.preRenderLine;
  const renders = canRender && (ppu.mask & MASK_RENDERING) !== 0;
  // Lines, cells and tails begin at multiples of eight.
  if (renders && (ppu.dot & (CELL_DOTS - 1)) !== 0) return false;
  const dots = ((limitUnits - ppu.timeUnits) / ppu.dotUnits) | 0;
  if (dots < 2) return false;
  if (ppu.busy === 1) return dots >= DATA_WRITE_DOTS && runDataWrite(ppu);
  if (!canRender) return skipIdleDots(ppu, dots);
  if (!renders) return runIdleDots(fast, dots);
  if (dots < TAIL_DOTS) return false;
  if (ppu.dot === 0 && dots >= DOTS_PER_LINE && canBatchLine(fast)) {
    runLines(fast, dots);
  } else if (dots >= CELL_DOTS && canRunCell(ppu)) runCells(fast, dots);
  else if (canRunTail(ppu)) runTail(ppu);
  else return false;
  return true;
}
