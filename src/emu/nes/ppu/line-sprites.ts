import { FIRST_PREFETCH_CELL, FIRST_SPRITE_CELL } from "./cells.ts";
import { IdleDots } from "./idle-dots.ts";
import { REVERSED } from "./sprites.ts";
import { CTRL_BACKGROUND_TABLE, SPRITES_PER_LINE } from "./state.ts";

/** The first dot in which evaluation examines a sprite. */
const FIRST_SEARCH_DOT = 66;
const SPRITE_COUNT = 64;

/** Sprite work of a whole line: evaluation for the next line, and the fetches. */
export abstract class LineSprites extends IdleDots {
  /** Dots 1–256 of sprite evaluation. */
  protected evaluateLine(): void {
    const { oam, secondaryOam, line } = this;
    const height = this.spriteHeight();
    this.evaluationByte = 0;
    this.oamWrapped = 0;
    this.ninthSpriteFound = 0;
    this.oddDotCorrupted = 0;
    this.sprite0OnNextLine = 0;
    const count = this.spriteCount(line);
    const end = 4 * (count < SPRITES_PER_LINE ? count : SPRITES_PER_LINE);
    let free = 0;
    for (let at = 0; free < end; at += 4) {
      const row = line - oam[at];
      if (row < 0 || row >= height) continue;
      if (at === 0) this.sprite0OnNextLine = 1;
      secondaryOam[free] = oam[at];
      secondaryOam[free + 1] = oam[at + 1];
      secondaryOam[free + 2] = oam[at + 2];
      secondaryOam[free + 3] = oam[at + 3];
      free += 4;
      if (free === 4 * SPRITES_PER_LINE) {
        this.searchOn(at);
        return;
      }
    }
    for (let at = free; at < 4 * SPRITES_PER_LINE; at++) secondaryOam[at] = 0xff;
    // Evaluation writes each Y that it examines, in range or not, so the last one stays in the next free slot.
    const lastRow = line - oam[4 * SPRITE_COUNT - 4];
    if (lastRow < 0 || lastRow >= height) secondaryOam[free] = oam[4 * SPRITE_COUNT - 4];
    this.oamWrapped = 1;
  }

  /** The sprite at `eighth` has filled secondary OAM: the buggy overflow search goes on dot by dot. */
  private searchOn(eighth: number): void {
    const pairsDone = eighth / 4 + 1 + 3 * SPRITES_PER_LINE;
    this.secondaryAddress = 0;
    this.secondaryFull = 1;
    this.oamAddress = (eighth + 4) & 0xff;
    if (this.oamAddress === 0) this.oamWrapped = 1;
    for (this.dot = FIRST_SEARCH_DOT + 2 * pairsDone; this.dot <= FIRST_SPRITE_CELL; this.dot += 2) {
      this.searchTwoDots(false);
    }
  }

  /** Dots 257–320 of sprite fetches. */
  protected fetchLineSprites(): void {
    const { secondaryOam } = this;
    const height = this.spriteHeight();
    this.sprite0OnLine = this.sprite0OnNextLine;
    this.oamAddress = 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const slot = unit * 4;
      const attributes = secondaryOam[slot + 2];
      const row = (this.line - secondaryOam[slot]) & 0xffff;
      this.spriteAttributes[unit] = attributes;
      this.spriteCounter[unit] = secondaryOam[slot + 3];
      if (row >= height) {
        this.spriteLow[unit] = 0;
        this.spriteHigh[unit] = 0;
        continue;
      }
      const address = this.spritePattern(row, secondaryOam[slot + 1], attributes);
      const low = this.videoByte(address);
      const high = this.videoByte(address | 8);
      const reversed = (attributes & 0x40) !== 0;
      this.spriteLow[unit] = reversed ? REVERSED[low] : low;
      this.spriteHigh[unit] = reversed ? REVERSED[high] : high;
    }
    const last = 4 * SPRITES_PER_LINE - 4;
    this.spriteRow = (this.line - secondaryOam[last]) & 0xffff;
    this.spriteTile = secondaryOam[last + 1];
    this.spriteAttribute = secondaryOam[last + 2];
    this.secondaryAddress = 0;
    this.secondaryFull = 1;
  }

  /**
   * Rises and falls of A12 in dots 1–320 that are long enough for a board's filter to matter; between two
   * sprites side by side in table 1 it falls too shortly. `tables` are those of the line's sprites.
   */
  protected noteLineA12(startUnits: number, tables: number): void {
    const dotUnits = this.dotUnits;
    this.noteA12(0, startUnits);
    if ((this.control & CTRL_BACKGROUND_TABLE) !== 0) {
      this.noteA12(1, startUnits + 4 * dotUnits);
      this.noteA12(0, startUnits + FIRST_SPRITE_CELL * dotUnits);
    }
    let before = 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const table = (tables >> unit) & 1;
      if (table !== before) this.noteA12(table, startUnits + (260 + unit * 8 - 4 * before) * dotUnits);
      before = table;
    }
    if (before === 1) this.noteA12(0, startUnits + FIRST_PREFETCH_CELL * dotUnits);
  }
}
