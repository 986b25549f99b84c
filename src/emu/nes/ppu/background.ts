import { DataPort } from "./data-port.ts";
import { CTRL_BACKGROUND_TABLE, CTRL_SPRITE_8X16, CTRL_SPRITE_TABLE } from "./state.ts";

/** The purpose of the fetch in the first half of a dot. The second half uses the byte. */
const FETCH_NONE = 0;
const FETCH_NAMETABLE = 1;
const FETCH_ATTRIBUTE = 2;
const FETCH_PLANE_LOW = 3;
const FETCH_PLANE_HIGH = 4;

const NAMETABLES = 0x2000;
const PATTERN_ROW = 0x0007;
const PATTERN_HIGH_PLANE = 0x0008;
const PATTERN_TILE = 0x0ff0;
const PATTERN_TABLE = 0x1000;

/**
 * Background fetches: two dots each, address then read, eight dots a tile, and the shift registers that
 * they fill. https://www.nesdev.org/wiki/PPU_rendering
 */
export abstract class Background extends DataPort {
  /** Dots 1–256 and 321–336. */
  protected fetchBackground(): void {
    if ((this.addressLatchEnable & this.readEnable) === 1) this.octalLatch = this.addressBus & 0xff;
    switch ((this.dot - 1) & 7) {
      case 0:
        this.addressBus = this.nametableAddress();
        break;
      case 1:
        this.readNametable();
        break;
      case 2:
        this.addressBus = this.attributeAddress();
        break;
      case 3:
        this.addressBus = (this.attributeAddress() & 0xff00) | this.octalLatch;
        this.fetched = this.fetchVideo();
        this.fetchKind = FETCH_ATTRIBUTE;
        break;
      case 4:
        this.selectPatternRow();
        this.patternAddress &= ~PATTERN_HIGH_PLANE;
        this.addressBus = this.patternAddress;
        break;
      case 5:
        this.readPattern(FETCH_PLANE_LOW);
        break;
      case 6:
        this.selectPatternRow();
        this.patternAddress |= PATTERN_HIGH_PLANE;
        this.addressBus = this.patternAddress;
        break;
      default:
        this.readPattern(FETCH_PLANE_HIGH);
        break;
    }
    this.latchAddress();
  }

  /** Dots 337–340 and 0: two fetches of the same nametable byte, and an address that is not read. */
  protected fetchUnused(): void {
    if (this.readEnable === 1) this.octalLatch = this.addressBus & 0xff;
    if (this.dot === 0) {
      this.selectPatternRow();
      this.patternAddress &= ~PATTERN_HIGH_PLANE;
      if (this.line !== this.preRenderLine) this.addressBus = this.patternAddress;
    } else {
      if (this.dot !== 340) this.addressBus = this.nametableAddress();
      if (this.dot === 338) {
        this.fetched = this.fetchVideo();
        this.fetchKind = FETCH_NAMETABLE;
      } else if (this.dot === 340) {
        this.fetched = this.fetchVideo();
      }
    }
    this.latchAddress();
  }

  protected nametableAddress(): number {
    return NAMETABLES | (this.v & 0x0fff);
  }

  protected attributeAddress(): number {
    return 0x23c0 | (this.v & 0x0c00) | ((this.v >> 4) & 0x38) | ((this.v >> 2) & 7);
  }

  /** The palette that an attribute byte gives the tile at v. */
  protected paletteOf(attributes: number): number {
    return (attributes >> (((this.v >> 4) & 4) | (this.v & 2))) & 3;
  }

  /** The high address comes from the current v, the low one from the latch: they can belong to two tiles. */
  protected readNametable(): void {
    this.addressBus = (this.nametableAddress() & 0xff00) | this.octalLatch;
    this.fetched = this.fetchVideo();
    this.fetchKind = FETCH_NAMETABLE;
  }

  private readPattern(kind: number): void {
    this.addressBus = (this.patternAddress & 0xff00) | this.octalLatch;
    this.fetched = this.fetchVideo();
    this.fetchKind = kind;
  }

  protected latchAddress(): void {
    if (this.addressLatchEnable === 1 && this.readEnable === 0) this.octalLatch = this.addressBus & 0xff;
  }

  /** Table and row of the pattern address follow v and PPUCTRL, or the sprite being fetched, at once. */
  protected selectPatternRow(): void {
    if (this.dot < 256 || this.dot > 320) {
      const table = (this.control & CTRL_BACKGROUND_TABLE) << 8;
      this.patternAddress =
        (this.patternAddress & (PATTERN_TILE | PATTERN_HIGH_PLANE)) | table | (this.v >> 12);
      return;
    }
    const flipped = (this.spriteAttribute & 0x80) !== 0;
    const row = (flipped ? ~this.spriteRow : this.spriteRow) & PATTERN_ROW;
    const kept = this.patternAddress & (PATTERN_TILE | PATTERN_HIGH_PLANE);
    if ((this.control & CTRL_SPRITE_8X16) === 0) {
      this.patternAddress = kept | ((this.control & CTRL_SPRITE_TABLE) << 9) | row;
    } else {
      const half = (flipped ? ~this.spriteRow : this.spriteRow) & 8;
      const table = (this.spriteTile & 1) === 0 ? 0 : PATTERN_TABLE;
      this.patternAddress = (kept & ~0x10) | table | row | (half << 1);
    }
  }

  /** Second half of a dot: registers load the byte that the first half fetched. */
  protected commitFetch(): void {
    switch (this.fetchKind) {
      case FETCH_NAMETABLE: {
        const tile = this.dot < 256 || this.dot > 320 ? this.addressBus & 0xff : this.spriteTile;
        this.patternAddress = (this.patternAddress & 0x100f) | (tile << 4);
        break;
      }
      case FETCH_ATTRIBUTE:
        this.attribute = this.paletteOf(this.fetched);
        break;
      case FETCH_PLANE_LOW:
        this.planeLow = this.fetched;
        break;
      default:
        this.planeHigh = this.fetched;
        this.backgroundLow = (this.backgroundLow & 0xff00) | this.planeLow;
        this.backgroundHigh = (this.backgroundHigh & 0xff00) | this.planeHigh;
        this.attributeLatch = this.attribute;
        this.incrementCoarseX();
        break;
    }
    this.fetchKind = FETCH_NONE;
  }

  /** Shifts 0s into the low plane and 1s into the high one. Visible when fetches stop but shifting goes on. */
  protected shiftBackground(): void {
    this.backgroundLow = (this.backgroundLow << 1) & 0xffff;
    this.backgroundHigh = ((this.backgroundHigh << 1) & 0xffff) | 1;
    this.attributeLow = ((this.attributeLow << 1) & 0xff) | (this.attributeLatch & 1);
    this.attributeHigh = ((this.attributeHigh << 1) & 0xff) | (this.attributeLatch >> 1);
  }
}
