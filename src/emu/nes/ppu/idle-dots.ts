import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./cell-pixels.ts";
import { Cells, FIRST_PREFETCH_CELL, FIRST_SPRITE_CELL } from "./cells.ts";
import { CORRUPTION_DUE } from "./sprites.ts";
import { MASK_RENDERING, SPRITES_PER_LINE } from "./state.ts";

/** The dot at which the sprite units' counters are cleared while nothing renders. */
const UNITS_IDLE_DOT = 339;
/** The dot that outputs the line's first pixel. */
const FIRST_SHOWN_DOT = 4;

/** Runs any number of dots at once on visible lines and the pre-render line while rendering is off. */
export abstract class IdleDots extends Cells {
  /** Returns true if the line could render but does not, and nothing changes from dot to dot. */
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

  /** Runs such a line up to dot `last`, at most 340. A12 does not change for boards. */
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
    if (last > FIRST_SPRITE_CELL && first < FIRST_PREFETCH_CELL) this.sprite0OnLine = this.sprite0OnNextLine;
    if (last > FIRST_SPRITE_CELL) this.oamBufferNext = this.oam[this.oamAddress];
    if (last >= UNITS_IDLE_DOT && first < UNITS_IDLE_DOT) this.spriteCounter.fill(0);
    this.oamLatch = this.oamBuffer;
    this.overflowDelayed = this.overflow;
    if (this.corruptionPending !== 0) this.corruptionPending = CORRUPTION_DUE;
  }

  private moveIdleColours(first: number, last: number): void {
    const { idleColour, pixels } = this;
    const isOnScreen = this.line < SCREEN_HEIGHT;
    const at = this.line * SCREEN_WIDTH - FIRST_SHOWN_DOT;
    for (let dot = first + 1; dot <= last && dot <= SCREEN_WIDTH + 3; dot++) {
      this.colour3 = this.colour2;
      this.colour2 = this.colour1;
      this.colour1 = this.colour;
      if (!isOnScreen) continue;
      if (this.draws && dot >= FIRST_SHOWN_DOT) pixels[at + dot] = this.outputColour(this.colour3);
      if (dot > SCREEN_WIDTH) continue;
      this.colour = idleColour;
      if (this.colour3 !== idleColour || this.colour2 !== idleColour || this.colour1 !== idleColour) continue;
      const end = last < SCREEN_WIDTH ? last : SCREEN_WIDTH;
      const start = Math.max(FIRST_SHOWN_DOT, dot + 1);
      // fill() counts a negative end from the end of the picture: line 0 must not pass its dots 1-3.
      if (this.draws && end >= start) pixels.fill(this.outputColour(idleColour), at + start, at + end + 1);
      dot = Math.max(dot, end);
    }
    if (last > SCREEN_WIDTH + 3) {
      this.colour1 = this.colour;
      this.colour2 = this.colour;
      this.colour3 = this.colour;
    }
  }
}
