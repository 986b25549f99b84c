import { BEHIND_BACKGROUND, CELLS_END, Cells, SCREEN_HEIGHT, SCREEN_WIDTH, spriteFlags } from "./cells.ts";
import { CORRUPTION_DUE, REVERSED } from "./sprites.ts";
import {
  CTRL_BACKGROUND_TABLE,
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_EMPHASIS,
  MASK_GREYSCALE,
  MASK_RENDERING,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  SPRITES_PER_LINE,
} from "./state.ts";

/** Dots 1–340 of a line, all but the one that leads into it. */
export const LINE_DOTS = 340;
/** Eight sprites take eight dots each to copy; the ninth is found at dot 130 at the earliest. */
const FIRST_OVERFLOW_DOT = 128;
/** The line's pixels lie in 33 tiles, since fine X cuts through the first and the last. */
const TILES_PER_LINE = 33;
/** Two words of four pixels each. */
const WORDS_PER_TILE = 2;
const SPRITE_DOTS_START = 256;
const SPRITE_DOTS_END = 320;
/** The dot at which the sprite units' counters are cleared while nothing renders. */
const UNITS_IDLE_DOT = 339;
const SPRITE_COUNT = 64;
const SPRITE_INDEX = 0x1f;
/** Four pixels with the lowest attribute bit set. */
const ATTRIBUTE_STEP = 0x04040404;

/**
 * A visible line at once, for lines in which nobody looks at the PPU or writes to it. The dot path is
 * the definition: every field must end as it would leave it.
 */
export abstract class LineBatch extends Cells {
  /** Background of the line before fine X: attribute and pattern bits of each pixel. */
  private readonly tileWords = new Int32Array(TILES_PER_LINE * WORDS_PER_TILE);
  private readonly tilePixels = new Uint8Array(this.tileWords.buffer);
  /** 1 where a sprite of the line has an opaque pixel already. */
  private readonly taken = new Uint8Array(SCREEN_WIDTH + 8);
  /** What the palette's 32 entries leave the chip as. */
  private readonly colours = new Uint16Array(32);

  /** Whether the line, after its dot 0, is one that the batch may take. */
  protected canBatchLine(): boolean {
    return (
      this.dot === 0 &&
      this.line < SCREEN_HEIGHT &&
      this.isUndisturbed() &&
      (this.oamAddress | this.secondaryFull) === 0 &&
      !this.watchesFetches
    );
  }

  /**
   * The moment until which no flag of $2002 changes in the line that `canBatchLine` has found undisturbed:
   * sprite 0 is hit at its X at the earliest, and the overflow flag needs a ninth sprite.
   */
  protected lineSteadyUntil(): number {
    let dots = LINE_DOTS;
    if (this.overflow === 0 && this.spritesInRange() > SPRITES_PER_LINE - 1) dots = FIRST_OVERFLOW_DOT;
    const hits =
      this.sprite0OnLine === 1 && this.canHitSprite0 === 1 && (this.spriteLow[0] | this.spriteHigh[0]) !== 0;
    if (hits && this.spriteCounter[0] < dots) dots = this.spriteCounter[0];
    return this.timeUnits + dots * this.dotUnits;
  }

  private spritesInRange(): number {
    const height = this.spriteHeight();
    let count = 0;
    for (let at = 0; at < 4 * SPRITE_COUNT; at += 4) {
      const row = this.line - this.oam[at];
      if (row >= 0 && row < height) count++;
    }
    return count;
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

  /** Dots 1–336 of the line. */
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
    this.prefetchCell();
    this.prefetchCell();
    this.dot = CELLS_END;
  }

  /** The two tiles in the shifters, then those at v that are still seen. */
  private fetchBackgroundLine(): void {
    const { tileWords } = this;
    if ((this.mask & MASK_BACKGROUND) === 0) {
      tileWords.fill(0);
      return;
    }
    const low = this.backgroundLow;
    const high = this.backgroundHigh;
    const shifted = ((this.attributeLow & 1) | (this.attributeHigh & 2)) * ATTRIBUTE_STEP;
    const latched = this.attributeLatch * ATTRIBUTE_STEP;
    tileWords[0] = LEFT_PIXELS[low >> 8] | (LEFT_PIXELS[high >> 8] << 1) | shifted;
    tileWords[1] = RIGHT_PIXELS[low >> 8] | (RIGHT_PIXELS[high >> 8] << 1) | shifted;
    tileWords[2] = LEFT_PIXELS[low & 0xff] | (LEFT_PIXELS[high & 0xff] << 1) | latched;
    tileWords[3] = RIGHT_PIXELS[low & 0xff] | (RIGHT_PIXELS[high & 0xff] << 1) | latched;
    this.fetchTiles();
  }

  private fetchTiles(): void {
    const { tileWords } = this;
    const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
    let v = this.v;
    const fineY = v >> 12;
    const attributeRow = 0x23c0 | ((v >> 4) & 0x38);
    const attributeShift = (v >> 4) & 4;
    for (let word = 4; word < TILES_PER_LINE * WORDS_PER_TILE; word += WORDS_PER_TILE) {
      const row = table | (this.videoByte(0x2000 | (v & 0x0fff)) << 4) | fineY;
      const attributes = this.videoByte(attributeRow | (v & 0x0c00) | ((v >> 2) & 7));
      const low = this.videoByte(row);
      const high = this.videoByte(row | 8);
      const palette = ((attributes >> (attributeShift | (v & 2))) & 3) * ATTRIBUTE_STEP;
      tileWords[word] = LEFT_PIXELS[low] | (LEFT_PIXELS[high] << 1) | palette;
      tileWords[word + 1] = RIGHT_PIXELS[low] | (RIGHT_PIXELS[high] << 1) | palette;
      if ((v & 0x1f) === 0x1f) v ^= 0x41f;
      else v++;
    }
  }

  private showLine(): void {
    const { tilePixels, colours, pixels, palette, fineX } = this;
    const emphasis = (this.outputMask & MASK_EMPHASIS) << 1;
    const colourBits = (this.outputMask & MASK_GREYSCALE) === 0 ? 0x3f : 0x30;
    const backdrop = (palette[0] & colourBits) | emphasis;
    for (let entry = 0; entry < 32; entry++) {
      colours[entry] = (entry & 3) === 0 ? backdrop : (palette[entry] & colourBits) | emphasis;
    }
    if ((this.mask & MASK_BACKGROUND_LEFT) === 0) tilePixels.fill(0, fineX, fineX + 8);
    const at = this.line * SCREEN_WIDTH;
    for (let x = 0; x < SCREEN_WIDTH; x++) pixels[at + x] = colours[tilePixels[x + fineX]];
    const last = tilePixels[SCREEN_WIDTH - 1 + fineX];
    const shown = this.showSprites(at, last);
    const colour = palette[(shown & 3) === 0 ? 0 : shown] & 0x3f;
    this.colour = colour;
    this.colour1 = colour;
    this.colour2 = colour;
    this.colour3 = colour;
  }

  /** Puts the units' pixels over the background, the first unit on top. Returns what the last dot shows. */
  private showSprites(at: number, lastBackground: number): number {
    let shown = lastBackground;
    if ((this.mask & MASK_SPRITES) === 0) return shown;
    const { taken, tilePixels, pixels, colours, fineX } = this;
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
        const isOpaque = (tilePixels[x + fineX] & 3) !== 0;
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
    let free = 0;
    for (let at = 0; at < 4 * SPRITE_COUNT; at += 4) {
      const row = line - oam[at];
      if (row < 0 || row >= height) continue;
      if (free === 4 * SPRITES_PER_LINE) break;
      if (at === 0) this.sprite0OnNextLine = 1;
      secondaryOam[free] = oam[at];
      secondaryOam[free + 1] = oam[at + 1];
      secondaryOam[free + 2] = oam[at + 2];
      secondaryOam[free + 3] = oam[at + 3];
      free += 4;
    }
    if (free === 4 * SPRITES_PER_LINE) {
      this.searchLine();
      return;
    }
    for (let at = free; at < 4 * SPRITES_PER_LINE; at++) secondaryOam[at] = 0xff;
    // Evaluation writes each Y that it looks at, in range or not: the last one stays in the next free slot.
    const lastRow = line - oam[4 * SPRITE_COUNT - 4];
    if (lastRow < 0 || lastRow >= height) secondaryOam[free] = oam[4 * SPRITE_COUNT - 4];
    this.oamWrapped = 1;
  }

  /** Eight sprites are on the line: the search with its bug is run as the dots do. */
  private searchLine(): void {
    this.secondaryOam.fill(0xff);
    this.resetSecondaryAddress();
    this.oamAddress = 0;
    for (this.dot = 66; this.dot <= 256; this.dot += 2) this.searchTwoDots(false);
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

/** The left four bits of a byte, the first pixel in the lowest byte of the word: all of Bun's processors are little-endian. */
const LEFT_PIXELS = Int32Array.from({ length: 256 }, (_, byte) => spread(byte >> 4));
const RIGHT_PIXELS = Int32Array.from({ length: 256 }, (_, byte) => spread(byte & 0x0f));

function spread(bits: number): number {
  return (bits >> 3) | (((bits >> 2) & 1) << 8) | (((bits >> 1) & 1) << 16) | ((bits & 1) << 24);
}
