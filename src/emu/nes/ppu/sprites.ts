import { Background } from "./background.ts";
import {
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  MASK_RENDERING,
  SECONDARY_OAM_BYTES,
  SPRITES_PER_LINE,
} from "./state.ts";

const OAM_ROW_BYTES = 8;
const SCREEN_LINES = 240;
/** Units without a sprite fetch tile $FF, which is in table 1. */
const EMPTY_UNITS = 0xff;
/** `corruptionPending` after rendering was turned off: the row is lost when it is turned on again. */
export const CORRUPTION_DUE = 2;

/**
 * Sprite evaluation into secondary OAM, the fetches for the next line, and the corruption of OAM that
 * follows when rendering is turned off while secondary OAM is in use.
 * https://www.nesdev.org/wiki/PPU_sprite_evaluation; corruption as AccuracyCoin's "OAM Corruption" measures it.
 */
export abstract class Sprites extends Background {
  /** Number of sprites in range on each line. Valid while `countedHeight` is the sprites' height. */
  private readonly spritesOnLine = new Uint8Array(SCREEN_LINES);
  /** With sprites of 8×16, the pattern table of each of a line's eight sprites, a bit a unit. */
  private readonly tablesOnLine = new Uint8Array(SCREEN_LINES);
  /** Height that the counts are for; 0 after OAM has changed. */
  protected countedHeight = 0;

  /** Number of sprites in range on a visible line; it can exceed eight. */
  protected spriteCount(line: number): number {
    const height = this.spriteHeight();
    if (this.countedHeight !== height) this.countSprites(height);
    return this.spritesOnLine[line];
  }

  /**
   * Dots that the search under way needs at least to find a ninth sprite, `never` when it will find none. It need
   * not have begun where lines begin, but a byte of secondary OAM takes it two dots, wherever it is.
   */
  protected dotsToNinthSprite(never: number): number {
    if (this.oamWrapped === 1) return never;
    if (this.secondaryFull === 1) return 0;
    const dots = Math.max(0, 2 * (SECONDARY_OAM_BYTES - this.secondaryAddress) - 2);
    if ((this.oamAddress & 3) !== this.evaluationByte) return dots;
    const found = (this.secondaryAddress + 3) >> 2;
    if (found + this.spriteCount(this.line) < SPRITES_PER_LINE) return never;
    let left = 0;
    for (let at = (this.oamAddress + 3) & ~3; at < this.oam.length; at += 4) {
      if (this.inRange(this.oam[at])) left++;
    }
    return found + left < SPRITES_PER_LINE ? never : dots;
  }

  /** Pattern tables of the sprites that a visible line fetches, as a mask by unit. */
  protected tablesOf(line: number): number {
    if ((this.control & CTRL_SPRITE_8X16) === 0) return (this.control & CTRL_SPRITE_TABLE) === 0 ? 0 : 0xff;
    return this.spriteCount(line) === 0 ? EMPTY_UNITS : this.tablesOnLine[line];
  }

  private countSprites(height: number): void {
    const { oam, spritesOnLine, tablesOnLine } = this;
    this.countedHeight = height;
    spritesOnLine.fill(0);
    tablesOnLine.fill(EMPTY_UNITS);
    for (let at = 0; at < oam.length; at += 4) {
      const end = oam[at] + height < SCREEN_LINES ? oam[at] + height : SCREEN_LINES;
      const isInTable0 = (oam[at + 1] & 1) ^ 1;
      for (let line = oam[at]; line < end; line++) {
        const unit = spritesOnLine[line];
        spritesOnLine[line] = unit + 1;
        if (unit < SPRITES_PER_LINE) tablesOnLine[line] &= ~(isInTable0 << unit);
      }
    }
  }

  /** A byte of OAM, from outside. */
  pokeOam(address: number, value: number): void {
    this.oam[address & 0xff] = value;
    this.countedHeight = 0;
  }

  /** The sprite part of one dot of a rendered line or of the pre-render line. */
  protected evaluateSprites(): void {
    if ((this.mask & MASK_RENDERING) !== 0 && this.corruptionPending === CORRUPTION_DUE) {
      this.corruptionPending = 0;
      if (this.corruptionAvoided === 0) this.corruptOam();
      this.corruptionAvoided = 0;
    }
    if (this.dot <= 64) this.clearSecondaryOam();
    else if (this.dot <= 256) this.searchSprites();
    else if (this.dot <= 320) this.fetchSprites();
    else this.idleAfterSprites();
    if (this.renderingDelayed === 1 && (this.dot === 63 || this.dot === 255 || this.dot === 339)) {
      this.secondaryResetDots = 2;
    }
  }

  /** Second half of a dot: the address of secondary OAM goes back to 0 at dots 64, 256 and 340. */
  protected countSecondaryReset(): void {
    if (this.secondaryResetDots === 0) return;
    this.secondaryResetDots--;
    if (this.secondaryResetDots > 0) return;
    this.resetSecondaryAddress();
  }

  protected resetSecondaryAddress(): void {
    this.secondaryAddress = 0;
    this.secondaryFull = 0;
  }

  /** Dots 0–64: $FF to all of secondary OAM, read on odd dots and written on even ones. */
  private clearSecondaryOam(): void {
    if (this.dot === 0) {
      if (this.renderingDelayed === 1) this.incrementSecondaryAddress();
      return;
    }
    if (this.renderingDelayed === 0) {
      if ((this.dot & 1) === 0 && (this.corruptionSeen | this.corruptionSeenNow) === 1) this.keepCorruption();
      return;
    }
    const reads = this.line === this.preRenderLine;
    if ((this.dot & 1) === 1) {
      this.oamBufferNext = reads ? this.secondaryOam[this.secondaryAddress] : 0xff;
      if (this.dot === 1) {
        this.secondaryAddress = 0;
        this.evaluationByte = 0;
        this.oamWrapped = 0;
      }
      if ((this.corruptionSeen | this.corruptionSeenNow) === 1) this.keepCorruption();
      return;
    }
    if (!reads) this.secondaryOam[this.secondaryAddress] = this.oamBuffer;
    if (this.corruptionSeen === 1) this.keepCorruption();
    this.incrementSecondaryAddress();
    if (this.corruptionSeenNow === 1 && this.dot === 64) {
      this.corruptionSeen = 0;
      this.corruptionSeenNow = 0;
      this.corruptionPending = 1;
    }
  }

  /** Dots 65–256: a byte of OAM is read on odd dots and examined on even ones. */
  private searchSprites(): void {
    if (this.dot === 65 && this.renderingDelayed === 1) {
      this.ninthSpriteFound = 0;
      this.oddDotCorrupted = 0;
      this.oamWrapped = 0;
    }
    if ((this.mask & MASK_RENDERING) === 0 && this.corruptionSeenNow === 0) return;
    const frozen = this.line === this.preRenderLine;
    if ((this.dot & 1) === 1) {
      this.oamBufferNext = this.oam[this.oamAddress];
      if (this.corruptionSeenNow === 1) {
        this.corruptionSeen = 0;
        if (!frozen) this.oamAddress = (this.oamAddress + 1) & 0xff;
        this.oddDotCorrupted = 1;
      }
      return;
    }
    if (this.oamWrapped === 1) this.searchPastEnd(frozen);
    else this.searchOneByte(frozen);
    if (this.corruptionSeenNow === 1) this.keepSearchCorruption(frozen);
    this.corruptionSeenNow = 0;
  }

  /** Runs an odd dot and the even one after it, while rendering goes on undisturbed. */
  protected searchTwoDots(frozen: boolean): void {
    this.oamBuffer = this.oam[this.oamAddress];
    if (this.oamWrapped === 1) this.searchPastEnd(frozen);
    else this.searchOneByte(frozen);
  }

  /** After all 64 sprites: the OAM address still steps, but nothing is written. */
  private searchPastEnd(frozen: boolean): void {
    if (this.oddDotCorrupted === 0 && !frozen) this.oamAddress = (this.oamAddress + 4) & 0xfc;
    this.oamBufferNext = this.secondaryOam[this.secondaryAddress];
  }

  private searchOneByte(frozen: boolean): void {
    const before = this.oamAddress;
    if (this.secondaryFull === 0 && !frozen) this.secondaryOam[this.secondaryAddress] = this.oamBuffer;
    const seen = this.secondaryOam[this.secondaryAddress];
    const moves = this.oddDotCorrupted === 0 && !frozen;
    if (this.evaluationByte === 0) this.checkSpriteY(frozen, moves);
    else this.copySpriteByte(frozen, moves);
    this.oddDotCorrupted = 0;
    if (this.oamAddress < before && this.oamAddress < 4) this.oamWrapped = 1;
    this.oamBufferNext = seen;
  }

  private checkSpriteY(frozen: boolean, moves: boolean): void {
    if (this.ninthSpriteFound === 0 && !frozen && this.inRange(this.oamBuffer)) {
      if (this.secondaryFull === 0) {
        if (moves) {
          this.oamAddress = (this.oamAddress + 1) & 0xff;
          this.incrementSecondaryAddress();
        }
        // The sprite examined on dot 66 counts as sprite 0, whatever OAMADDR was.
        if (this.dot === 66) this.sprite0OnNextLine = 1;
      } else {
        this.ninthSpriteFound = 1;
        this.oamAddress = (this.oamAddress + 1) & 0xff;
        this.overflow = 1;
      }
      this.evaluationByte++;
      return;
    }
    if (this.dot === 66) this.sprite0OnNextLine = 0;
    if (!moves) return;
    if (this.secondaryFull === 1 && this.ninthSpriteFound === 0) this.skipWithOverflowBug();
    else this.oamAddress = (this.oamAddress + 4) & 0xfc;
  }

  /** With secondary OAM full the byte index is not held at 0: it steps along with the sprite index. */
  private skipWithOverflowBug(): void {
    const step = (this.oamAddress & 3) === 3 ? 1 : 5;
    this.oamAddress = (this.oamAddress + step) & 0xff;
  }

  /** Copies tile, attributes and X. X also goes through the range check, which seldom matters. */
  private copySpriteByte(frozen: boolean, moves: boolean): void {
    if (moves) {
      if (this.evaluationByte !== 3) this.oamAddress = (this.oamAddress + 1) & 0xff;
      else if (!this.inRange(this.oamBuffer)) this.oamAddress = (this.oamAddress + 1) & 0xfc;
      else this.oamAddress = (this.oamAddress + (this.secondaryFull === 1 ? 4 : 1)) & 0xff;
    }
    this.evaluationByte = (this.evaluationByte + 1) & 3;
    if (this.secondaryFull === 0 && !frozen) this.incrementSecondaryAddress();
  }

  /** Returns true if a sprite with that Y is on the line. The line is taken as 8 bits: 261 counts as 5. */
  private inRange(y: number): boolean {
    const row = (this.line & 0xff) - y;
    return row >= 0 && row < this.spriteHeight();
  }

  protected spriteHeight(): number {
    return (this.control & CTRL_SPRITE_8X16) === 0 ? 8 : 16;
  }

  /** Dots 257–320: eight dots per sprite: two unused nametable reads, then two pattern reads. */
  private fetchSprites(): void {
    this.sprite0OnLine = this.sprite0OnNextLine;
    if (this.renderingDelayed === 1) this.oamAddress = 0;
    if (this.corruptionSeen === 1) this.keepCorruption();
    if (this.readEnable === 1) this.octalLatch = this.addressBus & 0xff;
    if (this.renderingDelayed === 0) this.oamBufferNext = this.oam[this.oamAddress];
    else this.fetchSpriteByte((this.dot - 257) >> 3);
    this.latchAddress();
  }

  private fetchSpriteByte(unit: number): void {
    this.oamBufferNext = this.secondaryOam[this.secondaryAddress];
    switch ((this.dot - 1) & 7) {
      case 0:
        this.addressBus = this.nametableAddress();
        this.incrementSecondaryAddress();
        break;
      case 1:
        this.spriteRow = ((this.line & 0xff) - this.oamBuffer) & 0xffff;
        this.readNametable();
        this.incrementSecondaryAddress();
        break;
      case 2:
        this.spriteTile = this.oamBuffer;
        this.addressBus = this.nametableAddress();
        this.incrementSecondaryAddress();
        break;
      case 3:
        this.spriteAttribute = this.oamBuffer;
        this.spriteAttributes[unit] = this.oamBuffer;
        this.readNametable();
        break;
      case 4:
        this.spriteCounter[unit] = this.oamBuffer;
        this.selectPatternRow();
        this.patternAddress &= ~8;
        this.addressBus = this.patternAddress;
        break;
      case 5:
        this.selectPatternRow();
        this.patternAddress &= ~8;
        this.spriteLow[unit] = this.fetchSpritePlane();
        break;
      case 6:
        this.selectPatternRow();
        this.patternAddress |= 8;
        this.addressBus = this.patternAddress;
        break;
      default:
        this.selectPatternRow();
        this.patternAddress |= 8;
        this.spriteHigh[unit] = this.fetchSpritePlane();
        this.incrementSecondaryAddress();
        break;
    }
  }

  /** A sprite that is not in range now shows nothing. Unused slots never are in range. */
  private fetchSpritePlane(): number {
    this.addressBus = (this.patternAddress & 0xff00) | this.octalLatch;
    const plane = this.fetchVideo();
    if (this.spriteRow >= this.spriteHeight()) return 0;
    return (this.spriteAttribute & 0x40) === 0 ? plane : REVERSED[plane];
  }

  /** Dots 321–340: secondary OAM is read, and the byte is not used. */
  private idleAfterSprites(): void {
    if ((this.corruptionSeen | this.corruptionSeenNow) === 1) this.keepCorruption();
    const rendering = (this.mask & MASK_RENDERING) !== 0;
    this.oamBufferNext = rendering ? this.secondaryOam[this.secondaryAddress] : this.oam[this.oamAddress];
    if (this.dot === 339 && !rendering) {
      for (let unit = 0; unit < SPRITES_PER_LINE; unit++) this.spriteCounter[unit] = 0;
    }
  }

  protected incrementSecondaryAddress(): void {
    if (this.secondaryFull === 1) return;
    this.secondaryAddress++;
    if (this.secondaryAddress < SECONDARY_OAM_BYTES) return;
    this.secondaryFull = 1;
    this.secondaryAddress = 0;
  }

  /** Rendering has been turned off: the row under the secondary address is lost when it is turned on again. */
  private keepCorruption(): void {
    this.corruptionSeen = 0;
    this.corruptionSeenNow = 0;
    this.corruptionPending = 1;
    this.corruptionRow = this.secondaryAddress;
  }

  private keepSearchCorruption(frozen: boolean): void {
    if ((this.secondaryAddress & 3) !== 0 && this.oamWrapped === 0 && !frozen) {
      this.secondaryAddress = (this.secondaryAddress & 0xfc) + 4;
      if (this.secondaryAddress === SECONDARY_OAM_BYTES) {
        this.secondaryFull = 1;
        this.secondaryAddress = 0;
      }
    }
    this.keepCorruption();
    if (this.dot === 256) this.corruptionRow = this.oddDotCorrupted === 1 ? 0 : 1;
  }

  /** Row 0 of OAM is copied over the lost row: both rows' word lines were open at once. */
  private corruptOam(): void {
    const row = this.corruptionRow;
    for (let i = 0; i < OAM_ROW_BYTES; i++) this.oam[row * OAM_ROW_BYTES + i] = this.oam[i];
    this.countedHeight = 0;
    this.secondaryOam[row] = this.secondaryOam[0];
  }
}

/** Bytes with their bits in reverse, for sprites that are flipped. */
export const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) reversed |= 0x80 >> bit;
  return reversed;
});
