/** Runs the PPU: by a shortcut where one applies, and otherwise dot by dot. */
import { DOTS_PER_LINE } from "../../region.ts";
import { beginDot, endDot } from "../definition/dots.ts";
import { MASK_RENDERING, SCREEN_HEIGHT } from "../state.ts";
import { canRunCell, runCells } from "./cells.ts";
import { DATA_WRITE_DOTS, runDataWrite } from "./data-write.ts";
import type { FastPath } from "./fast-path.ts";
import { runIdleDots, skipIdleDots } from "./idle-dots.ts";
import { runLines } from "./line-runs.ts";
import { canBatchLine } from "./lines.ts";
import { canRunPreRenderLine, runPreRenderLine } from "./pre-render-line.ts";
import { canSkipDot, DOTS_BEFORE_SKIP, runToLine0 } from "./skipped-dot.ts";
import { canRunTail, runTail } from "./tails.ts";
import { CELL_DOTS, CELLS_END, TAIL_DOTS } from "./timing.ts";

/** Runs all halves of dots that begin before `limitUnits`. */
export function runUntil(fast: FastPath, limitUnits: number): void {
  const { ppu } = fast;
  const isBlank = ppu.line >= SCREEN_HEIGHT && ppu.line < ppu.preRenderLine && ppu.busy === 0;
  if (isBlank && skipIdleDots(ppu, limitUnits) && ppu.timeUnits >= limitUnits) return;
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
  // Lines, cells and tails begin at multiples of eight, the pre-render line after its events.
  const mayBegin = (ppu.dot & (CELL_DOTS - 1)) === 0 || (ppu.dot === 2 && ppu.line >= SCREEN_HEIGHT);
  if (renders && !mayBegin) return false;
  const dots = ((limitUnits - ppu.timeUnits) / ppu.dotUnits) | 0;
  if (dots < 2) return false;
  if (ppu.busy === 1) return dots >= DATA_WRITE_DOTS && runDataWrite(ppu);
  if (!canRender) return skipIdleDots(ppu, limitUnits);
  if (!renders) return runIdleDots(fast, dots);
  if (dots < TAIL_DOTS) return false;
  if (ppu.dot === 0 && dots >= DOTS_PER_LINE && canBatchLine(fast)) {
    runLines(fast, dots);
  } else if (ppu.line >= SCREEN_HEIGHT && dots >= CELLS_END - ppu.dot && canRunPreRenderLine(ppu)) {
    runPreRenderLine(fast);
  } else if (dots >= CELL_DOTS && canRunCell(ppu)) runCells(fast, dots);
  else if (canRunTail(ppu)) runTail(ppu);
  else if (dots >= DOTS_BEFORE_SKIP + DOTS_PER_LINE && canSkipDot(fast)) runToLine0(fast, dots);
  else return false;
  return true;
}
