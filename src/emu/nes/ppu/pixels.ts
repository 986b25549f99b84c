import { Sprites } from "./sprites.ts";
import {
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  MASK_EMPHASIS,
  MASK_GREYSCALE,
  MASK_RENDERING,
  MASK_SPRITES,
  MASK_SPRITES_LEFT,
  SPRITES_PER_LINE,
} from "./state.ts";
import { paletteIndex } from "./video-bus.ts";

const SPRITE_PALETTES = 0x10;
const BEHIND_BACKGROUND = 0x20;

/** From shift registers to a palette index: the multiplexer, sprite 0, and the sprite units. */
export abstract class Pixels extends Sprites {
  /** Chooses the colour of dots 1–256 of a visible line. */
  protected choosePixel(): void {
    const rendering = (this.mask & MASK_RENDERING) !== 0;
    this.colour = rendering ? this.palette[this.multiplexPixel()] & 0x3f : this.idleColour;
  }

  /** While nothing renders v reaches the picture later than the shifters would. */
  protected moveIdleColour(): void {
    this.idleColour = this.idleColourNext;
    this.idleColourNext = this.palette[this.idlePaletteIndex()] & 0x3f;
  }

  /** Nothing renders: the backdrop, or the entry that v points at. */
  protected idlePaletteIndex(): number {
    return (this.v & 0x3f00) === 0x3f00 ? paletteIndex(this.v) : 0;
  }

  private multiplexPixel(): number {
    const background = this.backgroundPixel();
    if ((this.mask & MASK_SPRITES) === 0 || (this.dot <= 8 && (this.mask & MASK_SPRITES_LEFT) === 0)) {
      return background;
    }
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      if (this.spriteCounter[unit] !== 0 && this.skippedDot === 0) continue;
      const pixel = (this.spriteLow[unit] >> 7) | ((this.spriteHigh[unit] >> 6) & 2);
      if (pixel === 0) continue;
      if (unit === 0) this.testSprite0(background);
      const attributes = this.spriteAttributes[unit];
      if (background !== 0 && (attributes & BEHIND_BACKGROUND) !== 0) return background;
      return SPRITE_PALETTES | ((attributes & 3) << 2) | pixel;
    }
    return background;
  }

  /** Palette RAM index 0–15; 0 where the background is transparent. */
  private backgroundPixel(): number {
    if ((this.mask & MASK_BACKGROUND) === 0 || (this.dot <= 8 && (this.mask & MASK_BACKGROUND_LEFT) === 0))
      return 0;
    const at = 15 - this.fineX;
    const pixel = ((this.backgroundLow >> at) & 1) | (((this.backgroundHigh >> at) & 1) << 1);
    if (pixel === 0) return 0;
    const attributeAt = 7 - this.fineX;
    const palette =
      ((this.attributeLow >> attributeAt) & 1) | (((this.attributeHigh >> attributeAt) & 1) << 1);
    return (palette << 2) | pixel;
  }

  private testSprite0(background: number): void {
    if (this.canHitSprite0 === 0 || this.sprite0OnLine === 0 || background === 0 || this.dot >= 256) return;
    if ((this.mask & MASK_BACKGROUND) === 0) return;
    this.canHitSprite0 = 0;
    this.sprite0HitPending = 2;
  }

  /** X counters run on every line even with rendering off; shifters only move while rendering. */
  protected clockSpriteUnits(): void {
    const rendering = (this.mask & MASK_RENDERING) !== 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const counter = this.spriteCounter[unit];
      if (counter > 0 && this.skippedDot === 0) {
        this.spriteCounter[unit] = counter - 1;
      } else if (rendering) {
        this.spriteLow[unit] <<= 1;
        this.spriteHigh[unit] <<= 1;
      }
    }
  }

  /**
   * Second half of a dot: a hit reaches the flag in that of the dot after its pixel. In AccuracyCoin's
   * "$2002 Flag Timing" two of the four alignments see it there before overflow, which comes half a dot later.
   */
  protected clockSprite0Hit(): void {
    if (this.sprite0HitPending === 0) return;
    this.sprite0HitPending--;
    if (this.sprite0HitPending === 0) this.sprite0Hit = 1;
  }

  /** The colour as it leaves the chip: greyscale and emphasis act last. Bits 0–5 index, 6–8 emphasis. */
  protected outputColour(colour: number): number {
    const index = (this.outputMask & MASK_GREYSCALE) === 0 ? colour : colour & 0x30;
    return index | ((this.outputMask & MASK_EMPHASIS) << 1);
  }
}
