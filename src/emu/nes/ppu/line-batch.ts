import { DOTS_PER_LINE } from "../region.ts";
import { BEHIND_BACKGROUND, CELLS_END, Cells, SCREEN_HEIGHT, SCREEN_WIDTH, spriteFlags } from "./cells.ts";
import { CORRUPTION_DUE, REVERSED } from "./sprites.ts";
import {
  CTRL_BACKGROUND_TABLE,
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_RENDERING,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  PALETTE_BYTES,
  SPRITES_PER_LINE,
} from "./state.ts";

/** Dots 1–340 of a line, all but the one that leads into it. */
export const LINE_DOTS = 340;
/** Eight sprites take eight dots each to copy; the ninth is found at dot 130 at the earliest. */
const FIRST_OVERFLOW_DOT = 128;
const TILES_PER_LINE = 32;
const PIXEL_BITS = 4;
const PALETTE_WORDS = PALETTE_BYTES / 4;
/** The first dot that looks at a sprite. */
const FIRST_SEARCH_DOT = 66;
const SPRITE_DOTS_START = 256;
const SPRITE_DOTS_END = 320;
/** Dots from the sprites to the end of the line. */
const LINE_DOTS_LEFT = LINE_DOTS - SPRITE_DOTS_END;
/** The dot at which the sprite units' counters are cleared while nothing renders. */
const UNITS_IDLE_DOT = 339;
const SPRITE_COUNT = 64;
/** Pattern tables and nametables, in pages of 1 KiB. */
const VIDEO_PAGES = 12;
const SPRITE_INDEX = 0x1f;

/**
 * A visible line at once, for lines in which nobody looks at the PPU or writes to it. The dot path is
 * the definition: every field must end as it would leave it.
 */
export abstract class LineBatch extends Cells {
  /** Background of the line as shown: eight pixels a word, the first one highest, each two attribute and two pattern bits. */
  private readonly lineWords = new Int32Array(TILES_PER_LINE);
  /** For the row of tiles that `rowKey` and `rowVersion` tell: where each one's pattern is, and its palette. */
  private readonly rowPatterns = new Int32Array(TILES_PER_LINE);
  private readonly rowPalettes = new Int32Array(TILES_PER_LINE);
  private rowKey = -1;
  private rowVersion = -1;
  /** 1 where a sprite of the line has an opaque pixel already. */
  private readonly taken = new Uint8Array(SCREEN_WIDTH + 8);
  /** What the palette's 32 entries leave the chip as. */
  private readonly colours = new Uint16Array(PALETTE_BYTES);
  /** Colours of two background pixels side by side, the left one in the lower half. */
  private readonly pairs = new Int32Array(256);
  /** The palette and PPUMASK that the colours are made from. */
  private readonly colourSource = new Int32Array(PALETTE_WORDS + 1).fill(-1);
  private readonly paletteWords = new Int32Array(this.palette.buffer, this.palette.byteOffset, PALETTE_WORDS);

  /** Whether the line, after its dot 0, is one that the batch may take. */
  protected canBatchLine(): boolean {
    return (
      this.dot === 0 &&
      this.line < SCREEN_HEIGHT &&
      this.isUndisturbed() &&
      (this.oamAddress | this.secondaryFull) === 0 &&
      !this.watchesFetches &&
      this.isAllMapped()
    );
  }

  /** Fields have been set from outside: what was derived from them is found anew. */
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
    let dots = LINE_DOTS - this.dot;
    if (this.dot < SPRITE_DOTS_START) {
      if (this.overflow === 0 && this.spriteCount(this.line) > SPRITES_PER_LINE - 1) {
        dots = Math.max(0, FIRST_OVERFLOW_DOT - this.dot);
      }
      const hits =
        this.sprite0OnLine === 1 &&
        this.canHitSprite0 === 1 &&
        (this.spriteLow[0] | this.spriteHigh[0]) !== 0;
      if (hits && this.spriteCounter[0] < dots) dots = this.spriteCounter[0];
    }
    return this.timeUnits + dots * this.dotUnits;
  }

  /** Whether nothing renders, on a line that could, and nothing changes from dot to dot. */
  protected isIdle(): boolean {
    const idleColour = this.palette[this.idlePaletteIndex()] & 0x3f;
    return (
      this.busy === 0 &&
      this.halfway === 0 &&
      (this.mask & MASK_RENDERING) === 0 &&
      (this.renderingDelayed |
        this.corruptionSeen |
        this.corruptionSeenNow |
        this.sprite0HitPending |
        this.fetchKind |
        this.secondaryResetDots |
        this.skippedDot |
        this.renderingDots |
        this.readEnable |
        this.addressLatchEnable) ===
        0 &&
      this.addressBus === this.v &&
      this.idleColour === idleColour &&
      this.idleColourNext === idleColour
    );
  }

  /** Dots of such a line up to `last`, at most 340. Boards see A12 as it was. */
  protected idleDots(last: number): void {
    const first = this.dot;
    this.timeUnits += (last - first) * this.dotUnits;
    this.dot = last;
    this.moveIdleColours(first, last);
    if (first < SCREEN_WIDTH) {
      const clocked = (last < SCREEN_WIDTH ? last : SCREEN_WIDTH) - first;
      for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
        const counter = this.spriteCounter[unit];
        this.spriteCounter[unit] = counter < clocked ? 0 : counter - clocked;
      }
    }
    if (last > SPRITE_DOTS_START && first < SPRITE_DOTS_END) this.sprite0OnLine = this.sprite0OnNextLine;
    if (last > SPRITE_DOTS_START) this.oamBufferNext = this.oam[this.oamAddress];
    if (last >= UNITS_IDLE_DOT && first < UNITS_IDLE_DOT) this.spriteCounter.fill(0);
    this.oamLatch = this.oamBuffer;
    this.overflowDelayed = this.overflow;
    if (this.corruptionPending !== 0) this.corruptionPending = CORRUPTION_DUE;
  }

  private moveIdleColours(first: number, last: number): void {
    const { idleColour, pixels } = this;
    const shows = this.line < SCREEN_HEIGHT;
    const at = this.line * SCREEN_WIDTH - 4;
    for (let dot = first + 1; dot <= last && dot <= SCREEN_WIDTH + 3; dot++) {
      this.colour3 = this.colour2;
      this.colour2 = this.colour1;
      this.colour1 = this.colour;
      if (!shows) continue;
      if (dot >= 4) pixels[at + dot] = this.outputColour(this.colour3);
      if (dot > SCREEN_WIDTH) continue;
      this.colour = idleColour;
      if (this.colour3 !== idleColour || this.colour2 !== idleColour || this.colour1 !== idleColour) continue;
      const end = last < SCREEN_WIDTH ? last : SCREEN_WIDTH;
      if (end > dot) pixels.fill(this.outputColour(idleColour), at + Math.max(4, dot + 1), at + end + 1);
      dot = Math.max(dot, end);
    }
    if (last > SCREEN_WIDTH + 3) {
      this.colour1 = this.colour;
      this.colour2 = this.colour;
      this.colour3 = this.colour;
    }
  }

  /** Dots 1–340 and the next line's dot 0; up to dot 336 on the last visible line. */
  protected batchLine(): void {
    const startUnits = this.timeUnits;
    this.fetchBackgroundLine();
    this.showLine();
    this.incrementY();
    this.copyHorizontal();
    this.evaluateLine();
    this.fetchLineSprites();
    if (this.watchesA12) this.noteLineA12(startUnits);
    this.timeUnits = startUnits + SPRITE_DOTS_END * this.dotUnits;
    if (this.line < SCREEN_HEIGHT - 1) {
      this.endLine();
      return;
    }
    this.prefetchCell();
    this.prefetchCell();
    this.dot = CELLS_END;
  }

  /** Dots 321–340 and dot 0: two tiles for the next line, and the reads for nothing. */
  private endLine(): void {
    const startUnits = this.timeUnits;
    const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
    const row = table | (this.v >> 12);
    const first = row | (this.videoByte(0x2000 | (this.v & 0x0fff)) << 4);
    const firstPalette = this.paletteAt(this.v);
    this.incrementCoarseX();
    const second = row | (this.videoByte(0x2000 | (this.v & 0x0fff)) << 4);
    this.attribute = this.paletteAt(this.v);
    this.incrementCoarseX();
    this.planeLow = this.videoByte(second);
    this.planeHigh = this.videoByte(second | 8);
    this.backgroundLow = (this.videoByte(first) << 8) | this.planeLow;
    this.backgroundHigh = (this.videoByte(first | 8) << 8) | this.planeHigh;
    this.attributeLow = (firstPalette & 1) === 0 ? 0 : 0xff;
    this.attributeHigh = (firstPalette & 2) === 0 ? 0 : 0xff;
    this.attributeLatch = this.attribute;
    this.fetched = this.videoByte(0x2000 | (this.v & 0x0fff));
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
    this.timeUnits = startUnits + (DOTS_PER_LINE - SPRITE_DOTS_END) * this.dotUnits;
    this.line++;
    this.dot = 0;
  }

  /** The palette of the tile at `v`. */
  private paletteAt(v: number): number {
    const attributes = this.videoByte(0x23c0 | (v & 0x0c00) | ((v >> 4) & 0x38) | ((v >> 2) & 7));
    return (attributes >> (((v >> 4) & 4) | (v & 2))) & 3;
  }

  private noteLineEndA12(startUnits: number, table: number): void {
    this.noteA12(0, startUnits);
    if (table === 0) return;
    this.noteA12(1, startUnits + 4 * this.dotUnits);
    this.noteA12(0, startUnits + (CELLS_END - SPRITE_DOTS_END) * this.dotUnits);
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

  /** Tiles and palettes at v: the same for the eight lines of a row, unless something is written. */
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
    const shown = this.showSprites(this.line * SCREEN_WIDTH, lineWords[TILES_PER_LINE - 1] & 0x0f);
    const colour = this.palette[(shown & 3) === 0 ? 0 : shown] & 0x3f;
    this.colour = colour;
    this.colour1 = colour;
    this.colour2 = colour;
    this.colour3 = colour;
  }

  /** Colours follow the palette and PPUMASK: most lines find them as they were. */
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

  /** Dots 1–256 of sprite evaluation. */
  private evaluateLine(): void {
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
    // Evaluation writes each Y that it looks at, in range or not: the last one stays in the next free slot.
    const lastRow = line - oam[4 * SPRITE_COUNT - 4];
    if (lastRow < 0 || lastRow >= height) secondaryOam[free] = oam[4 * SPRITE_COUNT - 4];
    this.oamWrapped = 1;
  }

  /** The sprite at `eighth` has filled secondary OAM: the search with its bug goes on as the dots do. */
  private searchOn(eighth: number): void {
    const pairsDone = eighth / 4 + 1 + 3 * SPRITES_PER_LINE;
    this.secondaryAddress = 0;
    this.secondaryFull = 1;
    this.oamAddress = (eighth + 4) & 0xff;
    if (this.oamAddress === 0) this.oamWrapped = 1;
    for (this.dot = FIRST_SEARCH_DOT + 2 * pairsDone; this.dot <= SPRITE_DOTS_START; this.dot += 2) {
      this.searchTwoDots(false);
    }
  }

  /** Dots 257–320 of sprite fetches. */
  private fetchLineSprites(): void {
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

  /** Rises and falls of A12 in dots 1–320 that are long enough for a board's filter to matter. */
  private noteLineA12(startUnits: number): void {
    const dotUnits = this.dotUnits;
    this.noteA12(0, startUnits);
    if ((this.control & CTRL_BACKGROUND_TABLE) !== 0) {
      this.noteA12(1, startUnits + 4 * dotUnits);
      this.noteA12(0, startUnits + SPRITE_DOTS_START * dotUnits);
    }
    const tall = (this.control & CTRL_SPRITE_8X16) !== 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const table = tall ? this.secondaryOam[unit * 4 + 1] & 1 : this.control & CTRL_SPRITE_TABLE;
      if (table === 0) continue;
      this.noteA12(1, startUnits + (260 + unit * 8) * dotUnits);
      this.noteA12(0, startUnits + (264 + unit * 8) * dotUnits);
    }
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
