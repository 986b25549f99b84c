/**
 * Runs of undisturbed lines. A line leaves its pixels, and what the next line shows: two tiles and the
 * sprites. Two lines later nothing else is left of it except in the scroll registers, the flags of $2002 and
 * a board that watches A12. All of these stay exact, and the last line of a run sets every register.
 */
import { DOTS_PER_LINE } from "../../region.ts";
import { copyHorizontal, incrementCoarseX, incrementY } from "../definition/scroll.ts";
import { CTRL_BACKGROUND_TABLE, SCREEN_HEIGHT, SPRITES_PER_LINE } from "../state.ts";
import { type FastPath, LINES_PER_ROW, TILES_PER_LINE } from "./fast-path.ts";
import {
  drawKeptRow,
  isRowKept,
  keepRow,
  loadFirstTiles,
  showBackground,
  updateColours,
} from "./line-background.ts";
import { mayHitSprite0, showSprites } from "./line-sprite-pixels.ts";
import { clearUnits, evaluateLine, fetchLineSprites, noteLineA12 } from "./line-sprites.ts";
import { batchLine, noteLineEndA12 } from "./lines.ts";
import { spriteCount, tablesOf } from "./sprite-counts.ts";
import { countQuietLines } from "./steady-flags.ts";
import { FIRST_PREFETCH_CELL } from "./timing.ts";

/** Fine Y of the last line of a row, in v. */
const LAST_FINE_Y = 0x7000;

/**
 * Runs one or more lines that end within `dots` dots. The PPU is at dot 0 of a line that can be run at once.
 */
export function runLines(fast: FastPath, dots: number): void {
  const { ppu } = fast;
  const inTime = (dots / DOTS_PER_LINE) | 0;
  const onScreen = SCREEN_HEIGHT - 1 - ppu.line;
  const quiet = quietLinesFromHere(fast, inTime < onScreen ? inTime : onScreen);
  if (fast.draws) {
    updateColours(fast);
    if (quiet > 1) drawLines(fast, quiet - 1);
  } else if (quiet > 1) leap(fast, quiet - 1);
  batchLine(fast);
}

/** Number of lines from this one, at most `most`, that can neither hit sprite 0 nor find a ninth sprite. */
function quietLinesFromHere(fast: FastPath, most: number): number {
  const { ppu } = fast;
  if (most === 0 || mayHitSprite0(ppu)) return 0;
  if (ppu.overflow === 0 && spriteCount(fast, ppu.line) >= SPRITES_PER_LINE) return 0;
  return 1 + countQuietLines(fast, ppu.line + 1, most - 1, ppu.canHitSprite0);
}

/** Draws `count` lines, and loads the sprites and the first tiles of the line after them. */
function drawLines(fast: FastPath, count: number): void {
  const { ppu } = fast;
  const lineUnits = DOTS_PER_LINE * ppu.dotUnits;
  let hasSprites = true;
  // Number of lines from the first of a row that have been shown one after the other.
  let ofRow = 0;
  for (let left = count; left > 0; ) {
    if (left >= LINES_PER_ROW && isRowKept(fast)) {
      const firstAt = drawKeptRow(fast);
      for (let line = 0; line < LINES_PER_ROW; line++) {
        fast.lineAt = firstAt + line * TILES_PER_LINE;
        if (hasSprites) showSprites(fast);
        hasSprites = loadSprites(fast, hasSprites, lineUnits);
      }
      ppu.v |= LAST_FINE_Y;
      left -= LINES_PER_ROW;
    } else {
      const fineY = ppu.v >> 12;
      showBackground(fast);
      if (hasSprites) showSprites(fast);
      hasSprites = loadSprites(fast, hasSprites, lineUnits);
      ofRow = fineY === 0 ? 1 : fineY === ofRow ? ofRow + 1 : 0;
      if (ofRow === LINES_PER_ROW) keepRow(fast);
      left--;
    }
    incrementY(ppu);
    loadTiles(fast);
  }
}

/**
 * Loads the sprites of the next line, and moves on to it. Unless the present line `hasSprites`, the units are
 * empty already. Returns true if there are any.
 */
function loadSprites(fast: FastPath, hasSprites: boolean, lineUnits: number): boolean {
  const { ppu } = fast;
  if (ppu.watchesA12) noteA12OfLines(fast, 1, lineUnits);
  const nextHasSprites = spriteCount(fast, ppu.line) !== 0;
  if (nextHasSprites) fetchLineSprites(fast, evaluateLine(fast));
  else if (hasSprites) {
    clearUnits(fast);
    ppu.sprite0OnLine = 0;
  }
  ppu.timeUnits += lineUnits;
  ppu.line++;
  return nextHasSprites;
}

/** Loads the first two tiles of the next line. Fine Y is that of the next line already. */
function loadTiles(fast: FastPath): void {
  const { ppu } = fast;
  copyHorizontal(ppu);
  incrementCoarseX(ppu);
  incrementCoarseX(ppu);
  loadFirstTiles(fast);
}

/** Runs `count` lines, and loads the sprites and the first tiles of the line after them. */
function leap(fast: FastPath, count: number): void {
  const { ppu } = fast;
  const lineUnits = DOTS_PER_LINE * ppu.dotUnits;
  const before = count - 1;
  if (ppu.watchesA12) noteA12OfLines(fast, before, lineUnits);
  ppu.timeUnits += before * lineUnits;
  ppu.line += before;
  loadSprites(fast, true, lineUnits);
  for (let line = 0; line < count; line++) incrementY(ppu);
  loadTiles(fast);
}

function noteA12OfLines(fast: FastPath, count: number, lineUnits: number): void {
  const { ppu } = fast;
  const table = (ppu.control & CTRL_BACKGROUND_TABLE) << 8;
  for (let line = 0, units = ppu.timeUnits; line < count; line++, units += lineUnits) {
    noteLineA12(ppu, units, tablesOf(fast, ppu.line + line));
    noteLineEndA12(ppu, units + FIRST_PREFETCH_CELL * ppu.dotUnits, table);
  }
}
