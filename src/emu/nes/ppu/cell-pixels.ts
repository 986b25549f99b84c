import { PpuRegisters } from "./registers.ts";
import {
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  SPRITES_PER_LINE,
} from "./state.ts";

export const SCREEN_WIDTH = 256;
export const SCREEN_HEIGHT = 240;

/** A tile, or a sprite, is fetched in eight dots. */
export const CELL_DOTS = 8;
/** Bits of a sprite's pixel above its palette index. */
export const BEHIND_BACKGROUND = 0x20;
const SPRITE_OPAQUE = 0x40;
const SPRITE_FIRST = 0x80;
const SPRITE_INDEX = 0x1f;

/**
 * The pixels of eight dots at once, and what the sprite units and the pipeline of colours are like
 * afterwards; and the picture that they go to.
 */
export abstract class CellPixels extends PpuRegisters {
  /** The picture that dots go to: 256 × 240 elements. */
  protected pixels: Uint16Array = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  /** True if somebody looks at the picture. What the program can notice does not depend on it. */
  protected draws = true;
  /** The same memory, two pixels a word. */
  protected words: Int32Array = wordsOf(this.pixels);
  /** Callers pass the same few pictures repeatedly. Views are cached, as one per frame would allocate. */
  private readonly wordsByPixels = new WeakMap<Uint16Array, Int32Array>();
  /** Sprites of the cell: palette index and the bits above. */
  private readonly cellSprites = new Uint8Array(CELL_DOTS);
  /** Colours of the cell as they leave the palette. */
  private readonly cellColours = new Uint8Array(CELL_DOTS);

  /**
   * From now on dots go to `pixels`: 256 × 240 elements, at a multiple of four bytes. Unless it is `isSeen`,
   * whatever is faster may leave its pixels out.
   */
  protected setPixels(pixels: Uint16Array, isSeen: boolean): void {
    this.draws = isSeen;
    let words = this.wordsByPixels.get(pixels);
    if (words === undefined) {
      words = wordsOf(pixels);
      this.wordsByPixels.set(pixels, words);
    }
    this.pixels = pixels;
    this.words = words;
  }

  /** Colours come out three dots after they were chosen. If none was chosen, the last one is repeated. */
  protected settleColours(): void {
    this.colour1 = this.colour;
    this.colour2 = this.colour;
    this.colour3 = this.colour;
  }

  protected drawCell(first: number): void {
    const { cellColours, cellSprites, palette, pixels } = this;
    const hasSprites = this.placeCellSprites(first);
    const showsBackground =
      (this.mask & MASK_BACKGROUND) !== 0 && (first !== 0 || (this.mask & MASK_BACKGROUND_LEFT) !== 0);
    const low = this.backgroundLow << this.fineX;
    const high = this.backgroundHigh << this.fineX;
    const latched = this.attributeLatch;
    const attributeLow = ((this.attributeLow << 8) | ((latched & 1) === 0 ? 0 : 0xff)) << this.fineX;
    const attributeHigh = ((this.attributeHigh << 8) | ((latched & 2) === 0 ? 0 : 0xff)) << this.fineX;
    // Four colours have not reached the output when the cell ends; a sprite 0 hit may come before that.
    const firstPixel = this.draws || (hasSprites && this.canHitSprite0 === 1) ? 0 : CELL_DOTS - 4;
    for (let pixel = firstPixel; pixel < CELL_DOTS; pixel++) {
      const bit = 15 - pixel;
      let shown = 0;
      if (showsBackground) {
        shown = ((low >> bit) & 1) | (((high >> bit) & 1) << 1);
        if (shown !== 0) {
          shown |= (((attributeLow >> bit) & 1) << 2) | (((attributeHigh >> bit) & 1) << 3);
        }
      }
      if (hasSprites) {
        const sprite = cellSprites[pixel];
        if (sprite !== 0) {
          if (sprite >= SPRITE_FIRST && shown !== 0) this.hitInCell(first, pixel);
          if (shown === 0 || (sprite & BEHIND_BACKGROUND) === 0) shown = sprite & SPRITE_INDEX;
        }
      }
      cellColours[pixel] = palette[shown] & 0x3f;
    }
    if (this.draws) {
      const at = this.line * SCREEN_WIDTH + first;
      if (first !== 0) this.showDelayedColours(at);
      for (let pixel = 0; pixel < CELL_DOTS - 3; pixel++) {
        pixels[at + pixel] = this.outputColour(cellColours[pixel]);
      }
    }
    this.colour3 = cellColours[4];
    this.colour2 = cellColours[5];
    this.colour1 = cellColours[6];
    this.colour = cellColours[7];
  }

  /** The three colours that were chosen before `pixels` element `at` and have not come out yet. */
  protected showDelayedColours(at: number): void {
    const { pixels } = this;
    pixels[at - 3] = this.outputColour(this.colour2);
    pixels[at - 2] = this.outputColour(this.colour1);
    pixels[at - 1] = this.outputColour(this.colour);
  }

  /** Draws the units' pixels in the cell, the first unit on top. Returns true if there are any. */
  private placeCellSprites(first: number): boolean {
    if ((this.mask & MASK_SPRITES) === 0) return false;
    if (first === 0 && (this.mask & MASK_SPRITES_LEFT) === 0) return false;
    const { cellSprites } = this;
    let any = false;
    for (let unit = SPRITES_PER_LINE - 1; unit >= 0; unit--) {
      const counter = this.spriteCounter[unit];
      const low = this.spriteLow[unit];
      const high = this.spriteHigh[unit];
      if (counter >= CELL_DOTS || (low | high) === 0) continue;
      if (!any) cellSprites.fill(0);
      any = true;
      const flags = spriteFlags(unit, this.spriteAttributes[unit]);
      for (let pixel = counter, shift = 7; pixel < CELL_DOTS; pixel++, shift--) {
        const value = ((low >> shift) & 1) | (((high >> shift) & 1) << 1);
        if (value !== 0) cellSprites[pixel] = flags | value;
      }
    }
    return any;
  }

  /** The flag is set one dot after a hit, so a hit in the cell's last dot is still pending. */
  private hitInCell(first: number, pixel: number): void {
    if (this.canHitSprite0 === 0 || this.sprite0OnLine === 0 || first + pixel >= SCREEN_WIDTH - 1) return;
    this.canHitSprite0 = 0;
    if (pixel === 7) {
      this.sprite0HitPending = 1;
      return;
    }
    this.sprite0Hit = 1;
  }

  protected clockUnitsForCell(): void {
    const { spriteCounter, spriteLow, spriteHigh } = this;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const counter = spriteCounter[unit];
      if (counter >= CELL_DOTS) {
        spriteCounter[unit] = counter - CELL_DOTS;
        continue;
      }
      spriteCounter[unit] = 0;
      spriteLow[unit] <<= CELL_DOTS - counter;
      spriteHigh[unit] <<= CELL_DOTS - counter;
    }
  }
}

function wordsOf(pixels: Uint16Array): Int32Array {
  return new Int32Array(pixels.buffer, pixels.byteOffset, (SCREEN_WIDTH * SCREEN_HEIGHT) / 2);
}

/** The attribute bits that each pixel of a sprite unit carries with its value. */
export function spriteFlags(unit: number, attributes: number): number {
  const flags = 0x10 | ((attributes & 3) << 2) | (attributes & BEHIND_BACKGROUND) | SPRITE_OPAQUE;
  return unit === 0 ? flags | SPRITE_FIRST : flags;
}
