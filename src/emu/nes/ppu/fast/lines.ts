/** A whole visible line, if the CPU does not access the PPU during it. */
import { noteA12 } from "../definition/address-bus.ts";
import { copyHorizontal, incrementY } from "../definition/scroll.ts";
import { type PpuState, SCREEN_HEIGHT } from "../state.ts";
import { prefetchCell } from "./cells.ts";
import type { FastPath } from "./fast-path.ts";
import { showBackground } from "./line-background.ts";
import { showSprites } from "./line-sprite-pixels.ts";
import { evaluateLine, fetchLineSprites, noteLineA12 } from "./line-sprites.ts";
import { tablesOf } from "./sprite-counts.ts";
import { runTail } from "./tails.ts";
import { CELLS_END, FIRST_PREFETCH_CELL, LINE_DOTS } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";

/** Dots from the sprites to the end of the line. */
const LINE_DOTS_LEFT = LINE_DOTS - FIRST_PREFETCH_CELL;
/** Pattern tables and nametables, in pages of 1 KiB. */
const VIDEO_PAGES = 12;
const PATTERN_PAGES = 8;

/** Returns true if the PPU is at dot 0 of a line that can be run at once. */
export function canBatchLine(fast: FastPath): boolean {
  const { ppu } = fast;
  return (
    ppu.dot === 0 &&
    ppu.line < SCREEN_HEIGHT &&
    isUndisturbed(ppu) &&
    (ppu.oamAddress | ppu.secondaryFull) === 0 &&
    !ppu.watchesFetches &&
    canBatchLineFrom(fast)
  );
}

/** Returns true if the tiles and the mapping of memory allow to run the next line at once. */
export function canBatchLineFrom(fast: FastPath): boolean {
  return isPaletteOfOneTile(fast.ppu) && isAllMapped(fast);
}

/**
 * Returns false if the attribute shifters hold bits of two tiles, as when rendering begins in the last dots
 * of a line.
 */
function isPaletteOfOneTile(ppu: PpuState): boolean {
  return (((ppu.attributeLow + 1) | (ppu.attributeHigh + 1)) & 0xfe) === 0;
}

/** Returns false if there are addresses that nothing answers: reads of those depend on the pins. */
function isAllMapped(fast: FastPath): boolean {
  const { memory, readPages } = fast.ppu;
  if (fast.mappedVersion === memory.nametableVersion) return fast.isAllMapped;
  fast.mappedVersion = memory.nametableVersion;
  fast.isAllMapped = true;
  fast.knowsPatterns = true;
  for (let page = 0; page < VIDEO_PAGES; page++) {
    if (readPages[page] < 0) fast.isAllMapped = false;
    if (page < PATTERN_PAGES && !memory.hasPatternVersion(readPages[page])) fast.knowsPatterns = false;
  }
  return fast.isAllMapped;
}

/** Runs dots 1–340 and dot 0 of the next line. */
export function batchLine(fast: FastPath): void {
  const { ppu } = fast;
  const startUnits = ppu.timeUnits;
  showBackground(fast);
  showSprites(fast);
  incrementY(ppu);
  copyHorizontal(ppu);
  fetchLineSprites(fast, evaluateLine(fast));
  if (ppu.watchesA12) noteLineA12(ppu, startUnits, tablesOf(fast, ppu.line));
  ppu.timeUnits = startUnits + FIRST_PREFETCH_CELL * ppu.dotUnits;
  prefetchCell(ppu);
  prefetchCell(ppu);
  runTail(ppu);
}

/** Changes of A12 in dots 321–340 and dot 0, for a background pattern table. */
export function noteLineEndA12(ppu: PpuState, startUnits: number, table: number): void {
  noteA12(ppu, 0, startUnits);
  if (table === 0) return;
  noteA12(ppu, 1, startUnits + 4 * ppu.dotUnits);
  noteA12(ppu, 0, startUnits + (CELLS_END - FIRST_PREFETCH_CELL) * ppu.dotUnits);
  noteA12(ppu, 1, startUnits + LINE_DOTS_LEFT * ppu.dotUnits);
}
