import { NEVER } from "../interrupts.ts";
import { DOTS_PER_LINE } from "../region.ts";
import { SCREEN_HEIGHT } from "./cell-pixels.ts";
import {
  CTRL_BACKGROUND_TABLE,
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  MASK_RENDERING,
  SPRITES_PER_LINE,
} from "./state.ts";
import { UnseenLines } from "./unseen-lines.ts";

/** MMC3-like boards see A12 rise only after it was low for three falling edges of M2. */
export const A12_FILTER_CYCLES = 3;
/** Dots at which A12 first rises for a background tile, for sprites, and for the next line's background. */
const FIRST_TILE_RISE = 5;
const FIRST_SPRITE_RISE = 261;
const FIRST_PREFETCH_RISE = 325;
const SPRITE_FETCHES = 257;
/** The search for a rise begins some dots early, because a write may come in between. */
const RISE_MARGIN_DOTS = 2;
/**
 * Sprites of 8×16 choose their table one by one. The filter passes a rise after two fetches without A12,
 * so every other sprite makes one at the most, and the background one more.
 */
const MAX_RISES_8X16 = 5;
/** Number of lines ahead for which the sprites' tables are examined. */
const LINES_AHEAD = 8;

/**
 * When the CPU must let the PPU catch up: for vertical blank, and for the reads and rises of A12 with
 * which a board asserts IRQ. Bounds may be too early but never too late: a caller that is early asks again.
 */
export abstract class Schedule extends UnseenLines {
  /** The CPU cycle by whose end something happens that the CPU may notice. */
  nextEventCycle = -1;
  /** From this time on events need the PPU at the exact dot, not just at the start of a line. */
  protected preciseFromUnits = 0;

  protected abstract readonly cpuUnits: number;

  /** Finds the next cycle by whose end the PPU must have run. */
  protected override scheduleEvent(): void {
    const frameDots = DOTS_PER_LINE * this.region.linesPerFrame;
    const position = this.line * DOTS_PER_LINE + this.dot;
    const start = this.region.vblankLine * DOTS_PER_LINE;
    const target = position === start ? start + 1 : start;
    let dots = target - position;
    if (dots <= 0) dots += frameDots;
    // One dot fewer than counted may pass, because odd frames skip one.
    dots = dots < 2 ? 1 : dots - 1;
    this.preciseFromUnits = this.timeUnits + (dots - 1) * this.dotUnits;
    let eventUnits = this.preciseFromUnits;
    if (this.watchesA12) {
      const riseUnits = this.timeUnits + this.dotsToRise() * this.dotUnits;
      if (riseUnits < eventUnits) eventUnits = riseUnits;
    }
    if (this.watchesFetches) {
      const readUnits = this.timeUnits + this.dotsToRead() * this.dotUnits;
      if (readUnits < eventUnits) eventUnits = readUnits;
    }
    this.nextEventCycle = Math.floor(eventUnits / this.cpuUnits) | 0;
  }

  /** A bound on the dots until a read can make the board assert IRQ: there is one each second dot. */
  private dotsToRead(): number {
    const reads = this.board.readsUntilIrq;
    if (reads === NEVER) return NEVER;
    if (this.busy === 1) return 0;
    if ((this.mask & MASK_RENDERING) === 0) return NEVER;
    const dots = Math.max(0, 2 * reads - 2);
    if (this.line < SCREEN_HEIGHT || this.line >= this.preRenderLine) return dots;
    return dots + (this.preRenderLine - this.line) * DOTS_PER_LINE - this.dot;
  }

  /** A bound on the dots until A12 can rise so often that the board asserts IRQ. */
  private dotsToRise(): number {
    const rises = this.board.risesUntilIrq;
    if (rises === NEVER) return NEVER;
    if (this.busy === 1) return this.preciseIn(0);
    if ((this.mask & MASK_RENDERING) === 0) return NEVER;
    if (this.line >= SCREEN_HEIGHT && this.line !== this.preRenderLine) {
      return (this.preRenderLine - this.line) * DOTS_PER_LINE - this.dot;
    }
    if (this.renderingDots < 5) return this.preciseIn(0);
    const background = (this.control & CTRL_BACKGROUND_TABLE) !== 0;
    if (background && this.isTileRiseNear()) return this.preciseIn(0);
    if ((this.control & CTRL_SPRITE_8X16) !== 0) return this.dotsToTallRise(rises, background);
    const sprites = (this.control & CTRL_SPRITE_TABLE) !== 0;
    if (background === sprites) return DOTS_PER_LINE - this.dot;
    const rise = (background ? FIRST_PREFETCH_RISE : FIRST_SPRITE_RISE) - RISE_MARGIN_DOTS;
    if (rises > 1) return (rises - 1) * DOTS_PER_LINE;
    if (this.dot < rise) return this.preciseIn(rise - this.dot);
    const isDue = this.dot <= rise + RISE_MARGIN_DOTS + 2;
    return this.preciseIn(isDue ? 0 : DOTS_PER_LINE + rise - this.dot - 1);
  }

  /** Returns true if A12 has been low for so long that the background's next pattern fetch counts. */
  private isTileRiseNear(): boolean {
    if (this.dot >= SPRITE_FETCHES - 1 && this.dot < FIRST_PREFETCH_RISE - FIRST_TILE_RISE) return false;
    return this.a12 === 0 && this.timeUnits - this.a12FellUnits >= (A12_FILTER_CYCLES - 1) * this.cpuUnits;
  }

  /** Sprites of 8×16: the tables of those on the next lines say where A12 can rise. */
  private dotsToTallRise(rises: number, background: boolean): number {
    if (rises > MAX_RISES_8X16 * LINES_AHEAD) {
      return Math.floor((rises - 1) / MAX_RISES_8X16) * DOTS_PER_LINE;
    }
    let left = rises;
    for (let ahead = 0; ahead < LINES_AHEAD; ahead++) {
      const line = this.line === this.preRenderLine ? ahead - 1 : this.line + ahead;
      if (line >= SCREEN_HEIGHT) return (SCREEN_HEIGHT - this.line) * DOTS_PER_LINE - this.dot;
      const tables = ahead === 0 ? this.tablesOfThisLine() : this.tablesOf(line);
      const firstDot = ahead === 0 ? this.dot : -1;
      let before = 0;
      for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
        const table = (tables >> unit) & 1;
        const dot = FIRST_SPRITE_RISE + unit * 8;
        const rose = table === 1 && before === 0 && dot + 1 >= firstDot;
        before = table;
        if (rose && --left === 0) return this.preciseAt(ahead, dot);
      }
      const prefetchRises = background && FIRST_PREFETCH_RISE + 1 >= firstDot;
      if (prefetchRises && --left === 0) return this.preciseAt(ahead, FIRST_PREFETCH_RISE);
    }
    return LINES_AHEAD * DOTS_PER_LINE - this.dot;
  }

  private preciseAt(linesAhead: number, dot: number): number {
    const dots = linesAhead * DOTS_PER_LINE + dot - this.dot - RISE_MARGIN_DOTS - 1;
    return this.preciseIn(dots < 0 ? 0 : dots);
  }

  /** Tables of the sprites that this line fetches, as a mask by unit; 1010… if they are unknown. */
  private tablesOfThisLine(): number {
    if (this.dot >= SPRITE_FETCHES || this.line === this.preRenderLine) return this.tablesInSecondaryOam();
    return this.dot === 0 && this.oamAddress === 0 ? this.tablesOf(this.line) : 0x55;
  }

  private tablesInSecondaryOam(): number {
    let tables = 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      tables |= (this.secondaryOam[unit * 4 + 1] & 1) << unit;
    }
    return tables;
  }

  private preciseIn(dots: number): number {
    const units = this.timeUnits + dots * this.dotUnits;
    if (units < this.preciseFromUnits) this.preciseFromUnits = units;
    return dots;
  }
}
