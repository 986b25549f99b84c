import { DOTS_PER_LINE } from "../region.ts";
import { SCREEN_HEIGHT } from "./cell-pixels.ts";
import { FIRST_PREFETCH_CELL } from "./cells.ts";
import { LineBatch } from "./line-batch.ts";
import { CTRL_BACKGROUND_TABLE, SPRITES_PER_LINE } from "./state.ts";

/** The line before the last loads the sprites of the last, and the last leaves its traces in every register. */
const LINES_AT_END = 2;

/**
 * Undisturbed lines of a frame that nobody looks at. Of a line no trace is left once two more have passed, but
 * in the scroll registers, the flags of $2002 and a board that watches A12: all of these are as exact as ever.
 */
export abstract class UnseenLines extends LineBatch {
  /** Runs one or more lines that end within `dots` dots. The PPU is at dot 0 of a line that may be batched. */
  protected passLines(dots: number): void {
    const inTime = (dots / DOTS_PER_LINE) | 0;
    const onScreen = SCREEN_HEIGHT - 1 - this.line;
    const quiet = this.quietLinesFromHere(inTime < onScreen ? inTime : onScreen);
    if (quiet > LINES_AT_END) {
      this.leap(quiet - LINES_AT_END);
      this.finishLine();
    }
    this.batchLine();
  }

  /** Number of lines from this one, at most `most`, that can neither hit sprite 0 nor find a ninth sprite. */
  private quietLinesFromHere(most: number): number {
    const mayHit = this.canHitSprite0 === 1 && this.sprite0OnLine === 1;
    if (most === 0 || (mayHit && (this.spriteLow[0] | this.spriteHigh[0]) !== 0)) return 0;
    if (this.overflow === 0 && this.spriteCount(this.line) >= SPRITES_PER_LINE) return 0;
    return 1 + this.countQuietLines(this.line + 1, most - 1);
  }

  /** Runs `count` lines, to dot 0 of the line after them, without loading their sprites and tiles. */
  private leap(count: number): void {
    const lineUnits = DOTS_PER_LINE * this.dotUnits;
    if (this.watchesA12) this.noteA12OfLines(count, lineUnits);
    for (let line = 0; line < count; line++) this.incrementY();
    this.copyHorizontal();
    this.incrementCoarseX();
    this.incrementCoarseX();
    this.timeUnits += count * lineUnits;
    this.line += count;
  }

  private noteA12OfLines(count: number, lineUnits: number): void {
    const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
    for (let line = 0, units = this.timeUnits; line < count; line++, units += lineUnits) {
      this.noteLineA12(units, this.tablesOf(this.line + line));
      this.noteLineEndA12(units + FIRST_PREFETCH_CELL * this.dotUnits, table);
    }
  }
}
