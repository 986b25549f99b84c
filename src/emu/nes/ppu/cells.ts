import { CELL_DOTS, CellPixels, SCREEN_HEIGHT, SCREEN_WIDTH } from "./cell-pixels.ts";
import { REVERSED } from "./sprites.ts";
import { CTRL_BACKGROUND_TABLE, CTRL_SPRITE_8X16, CTRL_SPRITE_TABLE, MASK_RENDERING } from "./state.ts";

/** The last dot of the last cell; five more dots lead to the first cell of the next line. */
export const CELLS_END = 336;
export const TAIL_DOTS = 5;

export const FIRST_SPRITE_CELL = 256;
export const FIRST_PREFETCH_CELL = 320;
const FIRST_SEARCH_CELL = 64;
const VERTICAL_COPY_FIRST = 280;
const VERTICAL_COPY_LAST = 304;

/**
 * Runs the eight dots between two multiples of eight at once, while rendering goes on and the CPU does
 * not access the PPU. The dot path is the definition: every field must end with the value that it would
 * give.
 */
export abstract class Cells extends CellPixels {
  protected abstract noteA12(level: number, units: number): void;

  /** Returns true if rendering is on and nothing is pending that needs the dot path. */
  protected isUndisturbed(): boolean {
    return (
      this.busy === 0 &&
      this.halfway === 0 &&
      (this.mask & MASK_RENDERING) !== 0 &&
      this.renderingDelayed === 1 &&
      this.renderingDots >= 1 &&
      (this.corruptionPending |
        this.corruptionSeen |
        this.corruptionSeenNow |
        this.sprite0HitPending |
        this.fetchKind |
        this.secondaryResetDots |
        this.skippedDot) ===
        0
    );
  }

  /** Returns true if the PPU is just before a cell of a visible or pre-render line that can be batched. */
  protected canRunCell(): boolean {
    const { dot } = this;
    if ((dot & (CELL_DOTS - 1)) !== 0 || dot >= CELLS_END) return false;
    if (this.line >= SCREEN_HEIGHT && (this.line !== this.preRenderLine || dot === 0)) return false;
    if (!this.isUndisturbed()) return false;
    if (dot < FIRST_SPRITE_CELL || dot >= FIRST_PREFETCH_CELL) return true;
    return this.secondaryAddress === (dot - FIRST_SPRITE_CELL) >> 1 && this.secondaryFull === 0;
  }

  /** The eight dots of the cell. */
  protected runCell(): void {
    const { dot } = this;
    if (dot < FIRST_SPRITE_CELL) this.pictureCell(dot);
    else if (dot < FIRST_PREFETCH_CELL) this.spriteCell(dot);
    else this.prefetchCell();
    this.dot = dot + CELL_DOTS;
  }

  /** Updates the state that every kind of cell changes. `startUnits` is when the cell began. */
  private endCell(startUnits: number): void {
    this.timeUnits = startUnits + CELL_DOTS * this.dotUnits;
    this.renderingDots = 5;
    this.readEnable = 1;
    this.addressLatchEnable = 0;
  }

  private pictureCell(first: number): void {
    const startUnits = this.timeUnits;
    if (this.line < SCREEN_HEIGHT) this.drawCell(first);
    else this.settleColours();
    this.clockUnitsForCell();
    if (first < FIRST_SEARCH_CELL) this.clearForCell(first);
    else this.searchForCell(first);
    this.fetchTile(startUnits);
    this.endCell(startUnits);
  }

  /** A tile for the start of the next line. */
  protected prefetchCell(): void {
    const startUnits = this.timeUnits;
    this.oamBufferNext = this.secondaryOam[this.secondaryAddress];
    this.oamBuffer = this.oamBufferNext;
    this.oamLatch = this.oamBufferNext;
    this.overflowDelayed = this.overflow;
    this.fetchTile(startUnits);
    this.endCell(startUnits);
  }

  /** A byte that the cell's `dot`th dot, from 1, fetches. */
  private cellByte(address: number, startUnits: number, dot: number): number {
    const value = this.videoByte(address);
    if (!this.watchesFetches) return value;
    this.timeUnits = startUnits + (dot - 1) * this.dotUnits + (this.dotUnits >> 1);
    return this.board.ppuFetch(address, value, this.cpuCycle());
  }

  /** Loads the tile at v into the shifters, after the pixels that they hold. */
  private fetchTile(startUnits: number): void {
    const nametable = this.cellByte(this.nametableAddress(), startUnits, 2);
    const attributes = this.cellByte(this.attributeAddress(), startUnits, 4);
    const row = ((this.control & CTRL_BACKGROUND_TABLE) << 8) | (nametable << 4) | (this.v >> 12);
    if (this.watchesA12) {
      this.noteA12(0, startUnits);
      this.noteA12(row >> 12, startUnits + 4 * this.dotUnits);
    }
    const low = this.cellByte(row, startUnits, 6);
    const high = this.cellByte(row | 8, startUnits, 8);
    const latched = this.attributeLatch;
    this.attributeLow = (latched & 1) === 0 ? 0 : 0xff;
    this.attributeHigh = (latched & 2) === 0 ? 0 : 0xff;
    this.backgroundLow = ((this.backgroundLow & 0xff) << 8) | low;
    this.backgroundHigh = ((this.backgroundHigh & 0xff) << 8) | high;
    this.attribute = this.paletteOf(attributes);
    this.attributeLatch = this.attribute;
    this.planeLow = low;
    this.planeHigh = high;
    this.fetched = high;
    this.patternAddress = row | 8;
    this.octalLatch = this.patternAddress & 0xff;
    this.addressBus = (row & 0xff00) | high;
    this.incrementCoarseX();
  }

  /** Dots 1–64: secondary OAM is cleared; the pre-render line only reads it. */
  private clearForCell(first: number): void {
    const reads = this.line === this.preRenderLine;
    this.overflowDelayed = this.overflow;
    if (first === 0) {
      this.secondaryAddress = 0;
      this.evaluationByte = 0;
      this.oamWrapped = 0;
    }
    for (let pair = 0; pair < CELL_DOTS; pair += 2) {
      if (reads) this.oamBufferNext = this.secondaryOam[this.secondaryAddress];
      else this.secondaryOam[this.secondaryAddress] = 0xff;
      this.incrementSecondaryAddress();
    }
    if (!reads) this.oamBufferNext = 0xff;
    this.oamBuffer = this.oamBufferNext;
    this.oamLatch = this.oamBufferNext;
    if (first === FIRST_SEARCH_CELL - CELL_DOTS) this.resetSecondaryAddress();
  }

  /** Dots 65–256: evaluation examines four bytes of OAM. */
  private searchForCell(first: number): void {
    const frozen = this.line === this.preRenderLine;
    if (first === FIRST_SEARCH_CELL) {
      this.ninthSpriteFound = 0;
      this.oddDotCorrupted = 0;
      this.oamWrapped = 0;
    }
    for (let pair = 2; pair <= CELL_DOTS; pair += 2) {
      this.dot = first + pair;
      this.overflowDelayed = this.overflow;
      this.searchTwoDots(frozen);
    }
    this.oamLatch = this.oamBuffer;
    this.oamBuffer = this.oamBufferNext;
    if (first === FIRST_SPRITE_CELL - CELL_DOTS) this.resetSecondaryAddress();
  }

  /** Dots 257–320: a sprite of the next line, from secondary OAM. */
  private spriteCell(first: number): void {
    const startUnits = this.timeUnits;
    const unit = (first - FIRST_SPRITE_CELL) >> 3;
    if (first === FIRST_SPRITE_CELL) {
      if (this.line < SCREEN_HEIGHT) this.showDelayedColours((this.line + 1) * SCREEN_WIDTH);
      this.settleColours();
      this.incrementY();
      this.shiftBackground();
    }
    // The low address byte of the first read is latched before t is copied to v.
    const latched = this.v & 0xff;
    if (first === FIRST_SPRITE_CELL) this.copyHorizontal();
    if (first >= VERTICAL_COPY_FIRST && first <= VERTICAL_COPY_LAST && this.line === this.preRenderLine) {
      this.copyVertical();
    }
    const garbage = 0x2000 | (this.v & 0x0f00) | (first === FIRST_SPRITE_CELL ? latched : this.v & 0xff);
    this.cellByte(garbage, startUnits, 2);
    this.fetched = this.cellByte(this.nametableAddress(), startUnits, 4);
    this.fetchSprite(unit, startUnits);
    this.sprite0OnLine = this.sprite0OnNextLine;
    this.oamAddress = 0;
    this.secondaryAddress = unit * 4 + 3;
    this.oamBufferNext = this.secondaryOam[this.secondaryAddress];
    this.oamBuffer = this.oamBufferNext;
    this.oamLatch = this.oamBufferNext;
    this.incrementSecondaryAddress();
    this.overflowDelayed = this.overflow;
    this.endCell(startUnits);
  }

  /** Both planes of the sprite in a slot of secondary OAM, into its unit. */
  private fetchSprite(unit: number, startUnits: number): void {
    const slot = unit * 4;
    const row = ((this.line & 0xff) - this.secondaryOam[slot]) & 0xffff;
    const tile = this.secondaryOam[slot + 1];
    const attributes = this.secondaryOam[slot + 2];
    const address = this.spritePattern(row, tile, attributes);
    if (this.watchesA12) {
      this.noteA12(0, startUnits);
      this.noteA12(address >> 12, startUnits + 4 * this.dotUnits);
    }
    const low = this.cellByte(address, startUnits, 6);
    const high = this.cellByte(address | 8, startUnits, 8);
    const shows = row < this.spriteHeight();
    const reversed = (attributes & 0x40) !== 0;
    this.spriteLow[unit] = shows ? (reversed ? REVERSED[low] : low) : 0;
    this.spriteHigh[unit] = shows ? (reversed ? REVERSED[high] : high) : 0;
    this.spriteAttributes[unit] = attributes;
    this.spriteCounter[unit] = this.secondaryOam[slot + 3];
    this.spriteRow = row;
    this.spriteTile = tile;
    this.spriteAttribute = attributes;
    this.patternAddress = address | 8;
    this.octalLatch = this.patternAddress & 0xff;
    this.addressBus = (address & 0xff00) | high;
  }

  /** Address of the low plane of a sprite's row. */
  protected spritePattern(row: number, tile: number, attributes: number): number {
    const flipped = (attributes & 0x80) !== 0 ? ~row : row;
    if ((this.control & CTRL_SPRITE_8X16) === 0) {
      return ((this.control & CTRL_SPRITE_TABLE) << 9) | (tile << 4) | (flipped & 7);
    }
    return ((tile & 1) << 12) | ((tile & 0xfe) << 4) | ((flipped & 8) << 1) | (flipped & 7);
  }

  /** Returns true if the PPU is just before dots 337–340 of a visible line and dot 0 of another one. */
  protected canRunTail(): boolean {
    return this.dot === CELLS_END && this.line < SCREEN_HEIGHT - 1 && this.isUndisturbed();
  }

  /** Dots 337–340 and dot 0 of the next line: two reads of the same nametable byte, and an address. */
  protected runTail(): void {
    const startUnits = this.timeUnits;
    const address = this.nametableAddress();
    const tile = this.cellByte(address, startUnits, 2);
    this.fetched = this.cellByte(address, startUnits, 4);
    this.patternAddress = ((this.control & CTRL_BACKGROUND_TABLE) << 8) | (tile << 4) | (this.v >> 12);
    this.octalLatch = this.fetched;
    this.addressBus = this.patternAddress;
    if (this.watchesA12) {
      this.noteA12(0, startUnits);
      this.noteA12(this.patternAddress >> 12, startUnits + 4 * this.dotUnits);
    }
    this.oamBufferNext = this.secondaryOam[this.secondaryAddress];
    this.oamBuffer = this.oamBufferNext;
    this.oamLatch = this.oamBufferNext;
    this.resetSecondaryAddress();
    this.incrementSecondaryAddress();
    this.overflowDelayed = this.overflow;
    this.timeUnits = startUnits + TAIL_DOTS * this.dotUnits;
    this.line++;
    this.dot = 0;
    this.renderingDots = 5;
    this.readEnable = 1;
    this.addressLatchEnable = 0;
  }
}
