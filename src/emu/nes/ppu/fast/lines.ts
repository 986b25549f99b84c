/** A whole visible line, if the CPU does not access the PPU during it. */
import { DOTS_PER_LINE } from "../../region.ts";
import { noteA12 } from "../definition/address-bus.ts";
import { attributeAddress, attributePalette, nametableAddress } from "../definition/fetches.ts";
import { copyHorizontal, incrementCoarseX, incrementY } from "../definition/scroll.ts";
import { CTRL_BACKGROUND_TABLE, type PpuState, SCREEN_HEIGHT } from "../state.ts";
import { prefetchCell } from "./cells.ts";
import type { FastPath } from "./fast-path.ts";
import { showBackground } from "./line-background.ts";
import { showSprites } from "./line-sprite-pixels.ts";
import { evaluateLine, fetchLineSprites, noteLineA12 } from "./line-sprites.ts";
import { tablesOf } from "./sprite-counts.ts";
import { CELLS_END, FIRST_PREFETCH_CELL, LINE_DOTS } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";
import { videoByte } from "./video-byte.ts";

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

/** Runs dots 1–340 and dot 0 of the next line; on the last visible line, dots 1–336. */
export function batchLine(fast: FastPath): void {
  showBackground(fast);
  showSprites(fast);
  finishLine(fast);
}

/** Runs everything of a line except its pixels. */
export function finishLine(fast: FastPath): void {
  const { ppu } = fast;
  const startUnits = ppu.timeUnits;
  incrementY(ppu);
  copyHorizontal(ppu);
  fetchLineSprites(fast, evaluateLine(fast));
  if (ppu.watchesA12) noteLineA12(ppu, startUnits, tablesOf(fast, ppu.line));
  ppu.timeUnits = startUnits + FIRST_PREFETCH_CELL * ppu.dotUnits;
  if (ppu.line < SCREEN_HEIGHT - 1) {
    endLine(ppu);
    return;
  }
  prefetchCell(ppu);
  prefetchCell(ppu);
  ppu.dot = CELLS_END;
}

/** Dots 321–340 and dot 0: two tiles for the next line, and the reads that are not used. */
function endLine(ppu: PpuState): void {
  const startUnits = ppu.timeUnits;
  const table = (ppu.control & CTRL_BACKGROUND_TABLE) << 8;
  const row = table | (ppu.v >> 12);
  const first = row | (videoByte(ppu, nametableAddress(ppu)) << 4);
  const firstPalette = attributePalette(ppu, videoByte(ppu, attributeAddress(ppu)));
  incrementCoarseX(ppu);
  const second = row | (videoByte(ppu, nametableAddress(ppu)) << 4);
  ppu.attribute = attributePalette(ppu, videoByte(ppu, attributeAddress(ppu)));
  incrementCoarseX(ppu);
  ppu.planeLow = videoByte(ppu, second);
  ppu.planeHigh = videoByte(ppu, second | 8);
  ppu.backgroundLow = (videoByte(ppu, first) << 8) | ppu.planeLow;
  ppu.backgroundHigh = (videoByte(ppu, first | 8) << 8) | ppu.planeHigh;
  ppu.attributeLow = (firstPalette & 1) === 0 ? 0 : 0xff;
  ppu.attributeHigh = (firstPalette & 2) === 0 ? 0 : 0xff;
  ppu.attributeLatch = ppu.attribute;
  ppu.fetched = videoByte(ppu, nametableAddress(ppu));
  ppu.patternAddress = row | (ppu.fetched << 4);
  ppu.octalLatch = ppu.fetched;
  ppu.addressBus = ppu.patternAddress;
  if (ppu.watchesA12) noteLineEndA12(ppu, startUnits, table);
  ppu.oamBuffer = ppu.secondaryOam[0];
  ppu.oamBufferNext = ppu.oamBuffer;
  ppu.oamLatch = ppu.oamBuffer;
  ppu.secondaryAddress = 1;
  ppu.secondaryFull = 0;
  ppu.overflowDelayed = ppu.overflow;
  ppu.renderingDots = 5;
  ppu.readEnable = 1;
  ppu.addressLatchEnable = 0;
  ppu.timeUnits = startUnits + (DOTS_PER_LINE - FIRST_PREFETCH_CELL) * ppu.dotUnits;
  ppu.line++;
  ppu.dot = 0;
}

/** Changes of A12 in dots 321–340 and dot 0, for a background pattern table. */
export function noteLineEndA12(ppu: PpuState, startUnits: number, table: number): void {
  noteA12(ppu, 0, startUnits);
  if (table === 0) return;
  noteA12(ppu, 1, startUnits + 4 * ppu.dotUnits);
  noteA12(ppu, 0, startUnits + (CELLS_END - FIRST_PREFETCH_CELL) * ppu.dotUnits);
  noteA12(ppu, 1, startUnits + LINE_DOTS_LEFT * ppu.dotUnits);
}
