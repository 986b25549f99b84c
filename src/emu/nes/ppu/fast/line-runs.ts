/**
 * Runs of undisturbed lines. A line leaves its pixels, and what the next line shows: two tiles and the
 * sprites. Two lines later nothing else is left of it except in the scroll registers, the flags of $2002 and
 * a board that watches A12. All of these stay exact, and the last line of a run sets every register.
 */
import { DOTS_PER_LINE } from "../../region.ts";
import { copyHorizontal, incrementCoarseX, incrementY } from "../definition/scroll.ts";
import { CTRL_BACKGROUND_TABLE, SCREEN_HEIGHT, SPRITES_PER_LINE } from "../state.ts";
import type { FastPath } from "./fast-path.ts";
import { loadFirstTiles, showBackground, updateColours } from "./line-background.ts";
import { showSprites } from "./line-sprite-pixels.ts";
import { clearUnits, evaluateLine, fetchLineSprites, noteLineA12 } from "./line-sprites.ts";
import { batchLine, finishLine, noteLineEndA12 } from "./lines.ts";
import { spriteCount, tablesOf } from "./sprite-counts.ts";
import { countQuietLines } from "./steady-flags.ts";
import { FIRST_PREFETCH_CELL } from "./timing.ts";

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
  } else if (quiet > 2) {
    leap(fast, quiet - 2);
    finishLine(fast); // loads the sprites and tiles of the last line
  }
  batchLine(fast);
}

/** Number of lines from this one, at most `most`, that can neither hit sprite 0 nor find a ninth sprite. */
function quietLinesFromHere(fast: FastPath, most: number): number {
  const { ppu } = fast;
  const mayHit = ppu.canHitSprite0 === 1 && ppu.sprite0OnLine === 1;
  if (most === 0 || (mayHit && (ppu.spriteLow[0] | ppu.spriteHigh[0]) !== 0)) return 0;
  if (ppu.overflow === 0 && spriteCount(fast, ppu.line) >= SPRITES_PER_LINE) return 0;
  return 1 + countQuietLines(fast, ppu.line + 1, most - 1);
}

/** Draws `count` lines, and loads the sprites and the first tiles of the line after them. */
function drawLines(fast: FastPath, count: number): void {
  const { ppu } = fast;
  const lineUnits = DOTS_PER_LINE * ppu.dotUnits;
  let hasSprites = true;
  for (let line = 0; line < count; line++) {
    showBackground(fast);
    if (hasSprites) showSprites(fast);
    if (ppu.watchesA12) noteA12OfLines(fast, 1, lineUnits);
    if (spriteCount(fast, ppu.line) !== 0) {
      fetchLineSprites(fast, evaluateLine(fast));
      hasSprites = true;
    } else if (hasSprites) {
      clearUnits(fast);
      ppu.sprite0OnLine = 0;
      hasSprites = false;
    }
    incrementY(ppu);
    nextLine(fast, 1, lineUnits);
    loadFirstTiles(fast);
  }
}

/** Runs `count` lines, to dot 0 of the line after them, without loading their sprites and tiles. */
function leap(fast: FastPath, count: number): void {
  const { ppu } = fast;
  const lineUnits = DOTS_PER_LINE * ppu.dotUnits;
  if (ppu.watchesA12) noteA12OfLines(fast, count, lineUnits);
  for (let line = 0; line < count; line++) incrementY(ppu);
  nextLine(fast, count, lineUnits);
}

/** Moves on by `count` lines. The first two tiles of the line have passed v. */
function nextLine(fast: FastPath, count: number, lineUnits: number): void {
  const { ppu } = fast;
  copyHorizontal(ppu);
  incrementCoarseX(ppu);
  incrementCoarseX(ppu);
  ppu.timeUnits += count * lineUnits;
  ppu.line += count;
}

function noteA12OfLines(fast: FastPath, count: number, lineUnits: number): void {
  const { ppu } = fast;
  const table = (ppu.control & CTRL_BACKGROUND_TABLE) << 8;
  for (let line = 0, units = ppu.timeUnits; line < count; line++, units += lineUnits) {
    noteLineA12(ppu, units, tablesOf(fast, ppu.line + line));
    noteLineEndA12(ppu, units + FIRST_PREFETCH_CELL * ppu.dotUnits, table);
  }
}
