import { PpuRegisters } from "./registers.ts";
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
  SPRITES_PER_LINE,
} from "./state.ts";

/** Dots 1–320 of a line are done at once. */
export const BATCH_DOTS = 320;
/** Dots 1–340 of a line in which nothing renders. */
export const IDLE_DOTS = 340;
/** Eight sprites take eight dots each to copy; the ninth is found at dot 130 at the earliest. */
const FIRST_OVERFLOW_DOT = 128;
const TILES_PER_LINE = 32;
const LINE_PIXELS = 256;
const SPRITE_COUNT = 64;
const BEHIND_BACKGROUND = 0x20;
const SPRITE_OPAQUE = 0x40;
const SPRITE_FIRST = 0x80;

/**
 * Dots 1–320 of a visible line at once, for lines in which nobody looks at the PPU or writes to it. The
 * dot path is the definition: every field must end as it would leave it.
 */
export abstract class LineBatch extends PpuRegisters {
  /** Background of the line as palette indices, 0 where transparent; tiles overhang at both ends. */
  private readonly background = new Uint8Array(LINE_PIXELS + 32);
  /** Sprites of the line: palette index, BEHIND_BACKGROUND, SPRITE_OPAQUE, SPRITE_FIRST. */
  private readonly sprites = new Uint8Array(LINE_PIXELS + 8);
  /** What the palette's 32 entries leave the chip as. */
  private readonly colours = new Uint16Array(32);

  protected abstract noteA12(level: number, units: number): void;
  protected abstract readonly dotUnits: number;

  /** Whether the line, after its dot 0, is one that the batch may take. */
  protected canBatchLine(): boolean {
    return (
      this.line < 240 &&
      this.dot === 0 &&
      this.halfway === 0 &&
      this.busy === 0 &&
      (this.mask & MASK_RENDERING) !== 0 &&
      this.renderingDelayed === 1 &&
      this.renderingDots >= 1 &&
      this.oamAddress === 0 &&
      (this.corruptionPending | this.corruptionSeen | this.corruptionSeenNow | this.sprite0HitPending) ===
        0 &&
      this.fetchKind === 0 &&
      this.secondaryResetDots === 0 &&
      (this.attributeLow === 0 || this.attributeLow === 0xff) &&
      (this.attributeHigh === 0 || this.attributeHigh === 0xff) &&
      !this.watchesFetches
    );
  }

  /**
   * Whether no flag of $2002 changes in the line that `canBatchLine` has found undisturbed, until a
   * moment in it: sprite 0 is hit at its X at the earliest, the overflow flag needs eight sprites.
   */
  protected lineStatusIsSteady(untilUnits: number): boolean {
    if (this.vblank === 1) return false;
    const dots = (untilUnits - this.timeUnits) / this.dotUnits;
    const hits =
      this.sprite0OnLine === 1 && this.canHitSprite0 === 1 && (this.spriteLow[0] | this.spriteHigh[0]) !== 0;
    if (hits && dots > this.spriteCounter[0]) return false;
    if (this.overflow === 1 || dots <= FIRST_OVERFLOW_DOT) return true;
    return this.spritesInRange() < SPRITES_PER_LINE;
  }

  private spritesInRange(): number {
    const height = (this.control & CTRL_SPRITE_8X16) === 0 ? 8 : 16;
    let count = 0;
    for (let at = 0; at < 4 * SPRITE_COUNT; at += 4) {
      const row = this.line - this.oam[at];
      if (row >= 0 && row < height) count++;
    }
    return count;
  }

  /** Whether the line, after its dot 0, is one in which nothing renders and nothing changes. */
  protected canIdleLine(): boolean {
    const idleColour = this.palette[this.idlePaletteIndex()] & 0x3f;
    return (
      this.line < 240 &&
      this.dot === 0 &&
      this.halfway === 0 &&
      this.busy === 0 &&
      (this.mask & MASK_RENDERING) === 0 &&
      (this.renderingDelayed | this.corruptionSeen | this.corruptionSeenNow | this.sprite0HitPending) === 0 &&
      this.fetchKind === 0 &&
      this.secondaryResetDots === 0 &&
      this.addressBus === this.v &&
      this.idleColour === idleColour &&
      this.idleColourNext === idleColour
    );
  }

  /** Dots 1–340 of such a line: one colour into `pixels` from element `at` on. */
  protected idleLine(pixels: Uint16Array, at: number): void {
    if (this.watchesA12) this.noteA12((this.addressBus >> 12) & 1, this.timeUnits);
    this.timeUnits += IDLE_DOTS * this.dotUnits;
    this.dot = IDLE_DOTS;
    pixels.fill(this.outputColour(this.idleColour), at, at + LINE_PIXELS);
    this.colour = this.idleColour;
    this.colour1 = this.idleColour;
    this.colour2 = this.idleColour;
    this.colour3 = this.idleColour;
    this.spriteCounter.fill(0);
    this.sprite0OnLine = this.sprite0OnNextLine;
    this.oamBufferNext = this.oam[this.oamAddress];
    this.oamLatch = this.oamBuffer;
    this.overflowDelayed = this.overflow;
    this.readEnable = 0;
    this.addressLatchEnable = 0;
    if (this.corruptionPending !== 0) this.corruptionPending = CORRUPTION_DUE;
  }

  /** Runs dots 1–320 into `pixels`, whose element `at` is the line's first pixel. */
  protected batchLine(pixels: Uint16Array, at: number): void {
    const startUnits = this.timeUnits;
    this.timeUnits = startUnits + BATCH_DOTS * this.dotUnits;
    this.drawBackground();
    const hasSprites = this.placeSprites();
    this.mix(pixels, at, hasSprites);
    this.incrementY();
    this.copyHorizontal();
    this.evaluateLine();
    this.fetchLineSprites();
    if (this.watchesA12) this.noteLineA12(startUnits);
    this.dot = BATCH_DOTS;
    this.renderingDots = 5;
    this.readEnable = 1;
    this.addressLatchEnable = 0;
    this.overflowDelayed = this.overflow;
  }

  /** The two tiles in the shifters, then 32 fetched ones; leaves the shifters as after dot 257. */
  private drawBackground(): void {
    const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
    const at = 8 - this.fineX;
    const latched = this.attributeLatch;
    const first = (this.attributeLow & 1) | (this.attributeHigh & 2);
    this.drawTile(at, this.backgroundLow >> 8, this.backgroundHigh >> 8, first);
    let low = this.backgroundLow & 0xff;
    let high = this.backgroundHigh & 0xff;
    let attribute = latched;
    this.drawTile(at + 8, low, high, attribute);
    let previousLow = low;
    let previousHigh = high;
    let previousAttribute = attribute;
    for (let tile = 0; tile < TILES_PER_LINE; tile++) {
      const v = this.v;
      const row = table | (this.videoByte(0x2000 | (v & 0x0fff)) << 4) | (v >> 12);
      const attributes = this.videoByte(0x23c0 | (v & 0x0c00) | ((v >> 4) & 0x38) | ((v >> 2) & 7));
      previousLow = low;
      previousHigh = high;
      previousAttribute = attribute;
      low = this.videoByte(row);
      high = this.videoByte(row | 8);
      attribute = (attributes >> (((v >> 4) & 4) | (v & 2))) & 3;
      if (tile < TILES_PER_LINE - 1) this.drawTile(at + 16 + tile * 8, low, high, attribute);
      this.incrementCoarseX();
    }
    this.planeLow = low;
    this.planeHigh = high;
    this.attribute = attribute;
    this.attributeLatch = attribute;
    this.backgroundLow = (((previousLow << 8) | low) << 1) & 0xffff;
    this.backgroundHigh = ((((previousHigh << 8) | high) << 1) & 0xffff) | 1;
    this.attributeLow = (((previousAttribute & 1 ? 0xff : 0) << 1) & 0xff) | (attribute & 1);
    this.attributeHigh = (((previousAttribute & 2 ? 0xff : 0) << 1) & 0xff) | (attribute >> 1);
  }

  private drawTile(at: number, low: number, high: number, attribute: number): void {
    const line = this.background;
    const palette = attribute << 2;
    for (let pixel = 0; pixel < 8; pixel++) {
      const shift = 7 - pixel;
      const value = ((low >> shift) & 1) | (((high >> shift) & 1) << 1);
      line[at + pixel] = value === 0 ? 0 : palette | value;
    }
  }

  /** Puts the units' pixels side by side, the first unit on top. Returns whether there is any. */
  private placeSprites(): boolean {
    if ((this.mask & MASK_SPRITES) === 0) return false;
    let any = false;
    const line = this.sprites;
    for (let unit = SPRITES_PER_LINE - 1; unit >= 0; unit--) {
      const low = this.spriteLow[unit];
      const high = this.spriteHigh[unit];
      if ((low | high) === 0) continue;
      if (!any) line.fill(0);
      any = true;
      const attributes = this.spriteAttributes[unit];
      const base = 0x10 | ((attributes & 3) << 2) | (attributes & BEHIND_BACKGROUND) | SPRITE_OPAQUE;
      const flags = unit === 0 ? base | SPRITE_FIRST : base;
      const x = this.spriteCounter[unit];
      for (let pixel = 0; pixel < 8; pixel++) {
        const shift = 7 - pixel;
        const value = ((low >> shift) & 1) | (((high >> shift) & 1) << 1);
        if (value !== 0) line[x + pixel] = flags | value;
      }
    }
    return any;
  }

  private mix(pixels: Uint16Array, at: number, hasSprites: boolean): void {
    const { background, sprites, colours } = this;
    for (let entry = 0; entry < 32; entry++) {
      const index = (entry & 3) === 0 ? 0 : entry;
      colours[entry] = this.outputColour(this.palette[index] & 0x3f);
    }
    if ((this.mask & MASK_BACKGROUND) === 0) background.fill(0);
    else if ((this.mask & MASK_BACKGROUND_LEFT) === 0) background.fill(0, 8, 16);
    if (hasSprites && (this.mask & MASK_SPRITES_LEFT) === 0) sprites.fill(0, 0, 8);
    let shown = 0;
    if (!hasSprites) {
      for (let x = 0; x < LINE_PIXELS; x++) pixels[at + x] = colours[background[8 + x]];
      shown = background[8 + LINE_PIXELS - 1];
    } else {
      for (let x = 0; x < LINE_PIXELS; x++) {
        shown = background[8 + x];
        const sprite = sprites[x];
        if (sprite !== 0) {
          if (sprite >= SPRITE_FIRST && shown !== 0 && x < 255) this.hitSprite0();
          if (shown === 0 || (sprite & BEHIND_BACKGROUND) === 0) shown = sprite & 0x1f;
        }
        pixels[at + x] = colours[shown];
      }
    }
    const colour = this.palette[(shown & 3) === 0 ? 0 : shown] & 0x3f;
    this.colour = colour;
    this.colour1 = colour;
    this.colour2 = colour;
    this.colour3 = colour;
  }

  private hitSprite0(): void {
    if (this.canHitSprite0 === 0 || this.sprite0OnLine === 0) return;
    this.canHitSprite0 = 0;
    this.sprite0Hit = 1;
  }

  /** Dots 1–256 of sprite evaluation. */
  private evaluateLine(): void {
    this.secondaryOam.fill(0xff);
    this.secondaryAddress = 0;
    this.secondaryFull = 0;
    this.evaluationByte = 0;
    this.oamWrapped = 0;
    this.ninthSpriteFound = 0;
    this.oddDotCorrupted = 0;
    const height = (this.control & CTRL_SPRITE_8X16) === 0 ? 8 : 16;
    const { oam, secondaryOam, line } = this;
    let found = 0;
    this.sprite0OnNextLine = 0;
    for (let sprite = 0; sprite < SPRITE_COUNT; sprite++) {
      const row = line - oam[sprite * 4];
      if (row < 0 || row >= height) continue;
      if (found === SPRITES_PER_LINE) {
        this.searchRest();
        return;
      }
      if (sprite === 0) this.sprite0OnNextLine = 1;
      secondaryOam[found * 4] = oam[sprite * 4];
      secondaryOam[found * 4 + 1] = oam[sprite * 4 + 1];
      secondaryOam[found * 4 + 2] = oam[sprite * 4 + 2];
      secondaryOam[found * 4 + 3] = oam[sprite * 4 + 3];
      found++;
    }
    if (found === SPRITES_PER_LINE) {
      this.searchRest();
      return;
    }
    // Evaluation writes each Y that it looks at, in range or not: the last one stays in the next free slot.
    const lastRow = line - oam[4 * SPRITE_COUNT - 4];
    if (lastRow < 0 || lastRow >= height) secondaryOam[found * 4] = oam[4 * SPRITE_COUNT - 4];
    this.oamWrapped = 1;
  }

  /** Eight sprites are on the line: the search with its bug is run as the dots do. */
  private searchRest(): void {
    this.secondaryOam.fill(0xff);
    this.oamAddress = 0;
    for (this.dot = 66; this.dot <= 256; this.dot += 2) this.searchTwoDots();
  }

  /** Dots 257–320 of sprite fetches. */
  private fetchLineSprites(): void {
    const { secondaryOam } = this;
    const tall = (this.control & CTRL_SPRITE_8X16) !== 0;
    const height = tall ? 16 : 8;
    this.sprite0OnLine = this.sprite0OnNextLine;
    this.oamAddress = 0;
    let address = 0;
    let plane = 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const row = (this.line - secondaryOam[unit * 4]) & 0xffff;
      const tile = secondaryOam[unit * 4 + 1];
      const attributes = secondaryOam[unit * 4 + 2];
      const flipped = (attributes & 0x80) !== 0 ? ~row : row;
      if (tall) address = ((tile & 1) << 12) | ((tile & 0xfe) << 4) | ((flipped & 8) << 1) | (flipped & 7);
      else address = ((this.control & CTRL_SPRITE_TABLE) << 9) | (tile << 4) | (flipped & 7);
      const low = this.videoByte(address);
      plane = this.videoByte(address | 8);
      const shows = row < height;
      const reversed = (attributes & 0x40) !== 0;
      this.spriteLow[unit] = shows ? (reversed ? REVERSED[low] : low) : 0;
      this.spriteHigh[unit] = shows ? (reversed ? REVERSED[plane] : plane) : 0;
      this.spriteAttributes[unit] = attributes;
      this.spriteCounter[unit] = secondaryOam[unit * 4 + 3];
      this.spriteRow = row;
      this.spriteTile = tile;
      this.spriteAttribute = attributes;
    }
    this.patternAddress = address | 8;
    this.octalLatch = this.patternAddress & 0xff;
    this.addressBus = (this.patternAddress & 0xff00) | plane;
    this.fetched = this.nametableGarbage();
    this.secondaryAddress = 0;
    this.secondaryFull = 1;
    this.oamBuffer = secondaryOam[31];
    this.oamBufferNext = this.oamBuffer;
    this.oamLatch = this.oamBuffer;
  }

  /** The nametable byte that the last of the sprite fetches' unused reads gave. */
  private nametableGarbage(): number {
    return this.videoByte(0x2000 | (this.v & 0x0fff));
  }

  /** Rises and falls of A12 in dots 1–320 that are long enough for a board's filter to matter. */
  private noteLineA12(startUnits: number): void {
    const dotUnits = this.dotUnits;
    this.noteA12(0, startUnits);
    if ((this.control & CTRL_BACKGROUND_TABLE) !== 0) {
      this.noteA12(1, startUnits + 4 * dotUnits);
      this.noteA12(0, startUnits + 256 * dotUnits);
    }
    const tall = (this.control & CTRL_SPRITE_8X16) !== 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const table = tall ? this.secondaryOam[unit * 4 + 1] & 1 : this.control & CTRL_SPRITE_TABLE;
      if (table === 0) continue;
      this.noteA12(1, startUnits + (260 + unit * 8) * dotUnits);
      if (unit < SPRITES_PER_LINE - 1) this.noteA12(0, startUnits + (264 + unit * 8) * dotUnits);
    }
  }
}
