import { DOTS_PER_LINE } from "../region.ts";
import { BEHIND_BACKGROUND, SCREEN_HEIGHT, SCREEN_WIDTH, spriteFlags } from "./cell-pixels.ts";
import { CELLS_END, FIRST_PREFETCH_CELL, FIRST_SPRITE_CELL } from "./cells.ts";
import { LineSprites } from "./line-sprites.ts";
import {
  CTRL_BACKGROUND_TABLE,
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  PALETTE_BYTES,
  SPRITES_PER_LINE,
} from "./state.ts";

/** Dots 1–340 of a line: all except dot 0. */
export const LINE_DOTS = 340;
/** Copying eight sprites takes eight dots each, so the ninth is found at dot 130 at the earliest. */
const FIRST_OVERFLOW_DOT = 128;
/** Sprite 0 is hit in the second dot of a line at the earliest. */
const FIRST_HIT_DOT = 2;
/** Secondary OAM is cleared before evaluation begins. */
const CLEARING_DOTS = 64;
/** More dots than a frame has. */
const NOT_ON_THIS_LINE = 1_000_000;
const TILES_PER_LINE = 32;
const PIXEL_BITS = 4;
const PALETTE_WORDS = PALETTE_BYTES / 4;
/** Dots from the sprites to the end of the line. */
const LINE_DOTS_LEFT = LINE_DOTS - FIRST_PREFETCH_CELL;
/** Pattern tables and nametables, in pages of 1 KiB. */
const VIDEO_PAGES = 12;
const SPRITE_INDEX = 0x1f;

/**
 * Runs a visible line at once, if the CPU does not access the PPU during it. The dot path is
 * the definition: every field must end with the value that it would give.
 */
export abstract class LineBatch extends LineSprites {
  /** Background of the line: eight 4-bit pixels a word, the first highest, each attribute and pattern bits. */
  private readonly lineWords = new Int32Array(TILES_PER_LINE);
  /** Pattern address and palette of each tile of the row that `rowKey` and `rowVersion` identify. */
  private readonly rowPatterns = new Int32Array(TILES_PER_LINE);
  private readonly rowPalettes = new Int32Array(TILES_PER_LINE);
  private rowKey = -1;
  private rowVersion = -1;
  /** 1 where a sprite of the line has an opaque pixel already. */
  private readonly taken = new Uint8Array(SCREEN_WIDTH + 8);
  /** Output colours of the palette's 32 entries. */
  private readonly colours = new Uint16Array(PALETTE_BYTES);
  /** Colours of two background pixels side by side, the left one in the lower half. */
  private readonly pairs = new Int32Array(256);
  /** The palette and PPUMASK that the colours were computed from. */
  private readonly colourSource = new Int32Array(PALETTE_WORDS + 1).fill(-1);
  private readonly paletteWords = new Int32Array(this.palette.buffer, this.palette.byteOffset, PALETTE_WORDS);

  /** Returns true if the batch may run the rest of this line after its dot 0. */
  protected canBatchLine(): boolean {
    return (
      this.dot === 0 &&
      this.line < SCREEN_HEIGHT &&
      this.isUndisturbed() &&
      (this.oamAddress | this.secondaryFull) === 0 &&
      !this.watchesFetches &&
      this.isPaletteOfOneTile() &&
      this.isAllMapped()
    );
  }

  /** Rendering that begins at a line's last dots leaves the attribute shifters with bits of two tiles. */
  private isPaletteOfOneTile(): boolean {
    return (((this.attributeLow + 1) | (this.attributeHigh + 1)) & 0xfe) === 0;
  }

  /** Fields were set from outside: derived values are computed again. */
  stateLoaded(): void {
    this.steadyUntilUnits = 0;
    this.rowKey = -1;
    this.countedHeight = 0;
  }

  private isAllMapped(): boolean {
    for (let page = 0; page < VIDEO_PAGES; page++) if (this.readPages[page] < 0) return false;
    return true;
  }

  /**
   * The moment until which no flag of $2002 changes in what is left of an undisturbed line: sprite 0 is hit
   * where its unit's counter runs out at the earliest, and the overflow flag needs a ninth sprite.
   */
  protected lineSteadyUntil(): number {
    let dots = LINE_DOTS - this.dot + this.steadyDotsBehindLine();
    if (this.dot < FIRST_SPRITE_CELL) {
      if (this.overflow === 0) dots = Math.min(dots, this.dotsToOverflow());
      const hits =
        this.sprite0OnLine === 1 &&
        this.canHitSprite0 === 1 &&
        (this.spriteLow[0] | this.spriteHigh[0]) !== 0;
      if (hits && this.spriteCounter[0] < dots) dots = this.spriteCounter[0];
    }
    return this.timeUnits + dots * this.dotUnits;
  }

  /** The least number of dots until evaluation on this line can find a ninth sprite. */
  private dotsToOverflow(): number {
    const { dot } = this;
    if (dot > CLEARING_DOTS) return this.dotsToNinthSprite(NOT_ON_THIS_LINE);
    // If rendering begins after dot 1, or $2003 is written, evaluation can start in the middle of a sprite.
    const startsWithY = (this.oamAddress & 3) === 0 && (dot === 0 || this.evaluationByte === 0);
    if (!startsWithY) return CLEARING_DOTS - dot;
    if (this.spriteCount(this.line) < SPRITES_PER_LINE) return NOT_ON_THIS_LINE;
    return Math.max(0, FIRST_OVERFLOW_DOT - dot);
  }

  /** Dots after this line until one can hit sprite 0 or find a ninth sprite. Only for visible lines. */
  private steadyDotsBehindLine(): number {
    if (this.line === SCREEN_HEIGHT - 1) return FIRST_HIT_DOT;
    if (this.dot !== 0 || this.oamAddress !== 0) return FIRST_HIT_DOT;
    const next = this.line + 1;
    const lines = this.countQuietLines(next, SCREEN_HEIGHT - next);
    const isQuietAtFirst = next + lines < SCREEN_HEIGHT && !this.canHitOn(next + lines);
    return lines * DOTS_PER_LINE + (isQuietAtFirst ? CLEARING_DOTS : FIRST_HIT_DOT);
  }

  /**
   * How many lines from `first` on, at most `most`, can neither hit sprite 0 nor find a ninth sprite, as long as
   * rendering goes on undisturbed from the line before `first`.
   */
  protected countQuietLines(first: number, most: number): number {
    let line = first;
    while (line < first + most && !this.canHitOn(line) && !this.canOverflowOn(line)) line++;
    return line - first;
  }

  /** Returns true if sprite 0 is on a line and not hit yet. Evaluation finds it on the line before. */
  private canHitOn(line: number): boolean {
    if (this.canHitSprite0 === 0) return false;
    const row = line - 1 - this.oam[0];
    return row >= 0 && row < this.spriteHeight();
  }

  private canOverflowOn(line: number): boolean {
    return this.overflow === 0 && this.spriteCount(line) >= SPRITES_PER_LINE;
  }

  /** Dots 1–340 and the next line's dot 0; up to dot 336 on the last visible line. */
  protected batchLine(): void {
    this.fetchBackgroundLine();
    this.showLine();
    this.finishLine();
  }

  /** Runs everything of a line except its pixels. */
  protected finishLine(): void {
    const startUnits = this.timeUnits;
    this.incrementY();
    this.copyHorizontal();
    this.evaluateLine();
    this.fetchLineSprites();
    if (this.watchesA12) this.noteLineA12(startUnits, this.tablesOf(this.line));
    this.timeUnits = startUnits + FIRST_PREFETCH_CELL * this.dotUnits;
    if (this.line < SCREEN_HEIGHT - 1) {
      this.endLine();
      return;
    }
    this.prefetchCell();
    this.prefetchCell();
    this.dot = CELLS_END;
  }

  /** Dots 321–340 and dot 0: two tiles for the next line, and the unused reads. */
  private endLine(): void {
    const startUnits = this.timeUnits;
    const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
    const row = table | (this.v >> 12);
    const first = row | (this.videoByte(this.nametableAddress()) << 4);
    const firstPalette = this.paletteOf(this.videoByte(this.attributeAddress()));
    this.incrementCoarseX();
    const second = row | (this.videoByte(this.nametableAddress()) << 4);
    this.attribute = this.paletteOf(this.videoByte(this.attributeAddress()));
    this.incrementCoarseX();
    this.planeLow = this.videoByte(second);
    this.planeHigh = this.videoByte(second | 8);
    this.backgroundLow = (this.videoByte(first) << 8) | this.planeLow;
    this.backgroundHigh = (this.videoByte(first | 8) << 8) | this.planeHigh;
    this.attributeLow = (firstPalette & 1) === 0 ? 0 : 0xff;
    this.attributeHigh = (firstPalette & 2) === 0 ? 0 : 0xff;
    this.attributeLatch = this.attribute;
    this.fetched = this.videoByte(this.nametableAddress());
    this.patternAddress = row | (this.fetched << 4);
    this.octalLatch = this.fetched;
    this.addressBus = this.patternAddress;
    if (this.watchesA12) this.noteLineEndA12(startUnits, table);
    this.oamBuffer = this.secondaryOam[0];
    this.oamBufferNext = this.oamBuffer;
    this.oamLatch = this.oamBuffer;
    this.secondaryAddress = 1;
    this.secondaryFull = 0;
    this.overflowDelayed = this.overflow;
    this.renderingDots = 5;
    this.readEnable = 1;
    this.addressLatchEnable = 0;
    this.timeUnits = startUnits + (DOTS_PER_LINE - FIRST_PREFETCH_CELL) * this.dotUnits;
    this.line++;
    this.dot = 0;
  }

  protected noteLineEndA12(startUnits: number, table: number): void {
    this.noteA12(0, startUnits);
    if (table === 0) return;
    this.noteA12(1, startUnits + 4 * this.dotUnits);
    this.noteA12(0, startUnits + (CELLS_END - FIRST_PREFETCH_CELL) * this.dotUnits);
    this.noteA12(1, startUnits + LINE_DOTS_LEFT * this.dotUnits);
  }

  /** The line's pixels as they are shown: two tiles from the shifters, the others from v on. */
  private fetchBackgroundLine(): void {
    const { lineWords } = this;
    if ((this.mask & MASK_BACKGROUND) === 0) {
      lineWords.fill(0);
      return;
    }
    this.findRow();
    const { bytes, rowPatterns, rowPalettes } = this;
    const low = this.backgroundLow;
    const high = this.backgroundHigh;
    const shifted = (this.attributeLow & 1) | (this.attributeHigh & 2);
    const left = this.fineX * PIXEL_BITS;
    const right = 31 - left;
    const fineY = this.v >> 12;
    let word = PLANE[low >> 8] | (PLANE[high >> 8] << 1) | PALETTES[shifted];
    let next = PLANE[low & 0xff] | (PLANE[high & 0xff] << 1) | PALETTES[this.attributeLatch];
    lineWords[0] = (word << left) | ((next >>> 1) >>> right);
    for (let tile = 1; tile < TILES_PER_LINE; tile++) {
      const pattern = rowPatterns[tile] + fineY;
      word = next;
      next = PLANE[bytes[pattern]] | (PLANE[bytes[pattern + 8]] << 1) | rowPalettes[tile];
      lineWords[tile] = (word << left) | ((next >>> 1) >>> right);
    }
    if ((this.mask & MASK_BACKGROUND_LEFT) === 0) lineWords[0] = 0;
  }

  /** Finds tiles and palettes at v. They stay the same for the eight lines of a row until a write. */
  private findRow(): void {
    const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
    const key = (this.v & 0x0fff) | table;
    const version = this.memory.nametableVersion;
    if (key === this.rowKey && version === this.rowVersion) return;
    this.rowKey = key;
    this.rowVersion = version;
    const { bytes, readPages, rowPatterns, rowPalettes } = this;
    let v = this.v & 0x0fff;
    const attributeRow = 0x3c0 | ((v >> 4) & 0x38);
    const attributeShift = (v >> 4) & 4;
    let nametable = readPages[8 | (v >> 10)];
    for (let tile = 1; tile < TILES_PER_LINE; tile++) {
      const row = table | (bytes[nametable + (v & 0x3ff)] << 4);
      const attributes = bytes[nametable + (attributeRow | ((v >> 2) & 7))];
      rowPatterns[tile] = readPages[row >> 10] + (row & 0x3ff);
      rowPalettes[tile] = PALETTES[(attributes >> (attributeShift | (v & 2))) & 3];
      if ((v & 0x1f) === 0x1f) {
        v ^= 0x41f;
        nametable = readPages[8 | (v >> 10)];
      } else v++;
    }
  }

  private showLine(): void {
    const { lineWords } = this;
    if (this.draws) this.showBackground();
    const shown = this.showSprites(this.line * SCREEN_WIDTH, lineWords[TILES_PER_LINE - 1] & 0x0f);
    const colour = this.palette[(shown & 3) === 0 ? 0 : shown] & 0x3f;
    this.colour = colour;
    this.colour1 = colour;
    this.colour2 = colour;
    this.colour3 = colour;
  }

  private showBackground(): void {
    this.updateColours();
    const { lineWords, pairs, words } = this;
    let at = (this.line * SCREEN_WIDTH) >> 1;
    for (let tile = 0; tile < TILES_PER_LINE; tile++) {
      const word = lineWords[tile];
      words[at] = pairs[word >>> 24];
      words[at + 1] = pairs[(word >>> 16) & 0xff];
      words[at + 2] = pairs[(word >>> 8) & 0xff];
      words[at + 3] = pairs[word & 0xff];
      at += 4;
    }
  }

  /** Computes colours again if the palette or PPUMASK has changed; on most lines neither has. */
  private updateColours(): void {
    const { paletteWords, colourSource } = this;
    let changed = this.outputMask ^ colourSource[PALETTE_WORDS];
    for (let word = 0; word < PALETTE_WORDS; word++) changed |= paletteWords[word] ^ colourSource[word];
    if (changed === 0) return;
    for (let word = 0; word < PALETTE_WORDS; word++) colourSource[word] = paletteWords[word];
    colourSource[PALETTE_WORDS] = this.outputMask;
    const { colours, palette, pairs } = this;
    for (let entry = 0; entry < PALETTE_BYTES; entry++) {
      colours[entry] = this.outputColour(palette[(entry & 3) === 0 ? 0 : entry] & 0x3f);
    }
    for (let pair = 0; pair < pairs.length; pair++) {
      pairs[pair] = colours[pair >> 4] | (colours[pair & 0x0f] << 16);
    }
  }

  /** Puts the units' pixels over the background, the first unit on top. Returns what the last dot shows. */
  private showSprites(at: number, lastBackground: number): number {
    let shown = lastBackground;
    if ((this.mask & MASK_SPRITES) === 0) return shown;
    const { taken, lineWords, pixels, colours } = this;
    const firstX = (this.mask & MASK_SPRITES_LEFT) === 0 ? 8 : 0;
    let placed = 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const low = this.spriteLow[unit];
      const high = this.spriteHigh[unit];
      if ((low | high) === 0) continue;
      placed |= 1 << unit;
      const flags = spriteFlags(unit, this.spriteAttributes[unit]);
      const behind = (flags & BEHIND_BACKGROUND) !== 0;
      const start = this.spriteCounter[unit];
      for (let x = start < firstX ? firstX : start; x < start + 8 && x < SCREEN_WIDTH; x++) {
        const shift = start + 7 - x;
        const value = ((low >> shift) & 1) | (((high >> shift) & 1) << 1);
        if (value === 0 || taken[x] === 1) continue;
        taken[x] = 1;
        const isOpaque = ((lineWords[x >> 3] >>> ((7 - (x & 7)) * PIXEL_BITS)) & 3) !== 0;
        if (unit === 0 && isOpaque && x < SCREEN_WIDTH - 1) this.hitSprite0();
        if (isOpaque && behind) continue;
        const index = (flags & SPRITE_INDEX) | value;
        pixels[at + x] = colours[index];
        if (x === SCREEN_WIDTH - 1) shown = index;
      }
    }
    for (let unit = 0; placed !== 0; unit++, placed >>= 1) {
      if ((placed & 1) === 1) taken.fill(0, this.spriteCounter[unit], this.spriteCounter[unit] + 8);
    }
    return shown;
  }

  private hitSprite0(): void {
    if (this.canHitSprite0 === 0 || this.sprite0OnLine === 0) return;
    this.canHitSprite0 = 0;
    this.sprite0Hit = 1;
  }
}

/** A byte of a pattern plane as the lowest bit of eight pixels, the first pixel in the highest bits. */
const PLANE = Int32Array.from({ length: 256 }, (_, byte) => {
  let word = 0;
  for (let bit = 0; bit < 8; bit++) word |= ((byte >> bit) & 1) << (bit * PIXEL_BITS);
  return word;
});
/** The attribute bits of eight pixels, by palette. */
const PALETTES = Int32Array.from({ length: 4 }, (_, palette) => palette * 0x44444444);
