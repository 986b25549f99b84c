/**
 * When the CPU must let the PPU catch up: for vertical blank, and for the reads and rises of A12 with which a
 * board asserts IRQ. Bounds may be too early but never too late, because a caller that is early asks again.
 */
import { NEVER } from "../../interrupts.ts";
import { DOTS_PER_LINE } from "../../region.ts";
import { A12_FILTER_CYCLES } from "../definition/address-bus.ts";
import {
  CTRL_BACKGROUND_TABLE,
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  MASK_RENDERING,
  type PpuState,
  SCREEN_HEIGHT,
  SPRITES_PER_LINE,
} from "../state.ts";
import type { FastPath } from "./fast-path.ts";
import { tablesInSecondaryOam } from "./pre-render-line.ts";
import { tablesOf } from "./sprite-counts.ts";

/** Dots at which A12 first rises for a background tile, for sprites, and for the next line's background. */
const FIRST_TILE_RISE = 5;
const FIRST_SPRITE_RISE = 261;
const FIRST_PREFETCH_RISE = 325;
const SPRITE_FETCHES = 257;
/** Bit 12 of an address. */
const A12 = 0x1000;
/** The search for a rise begins some dots early, because a write may come in between. */
const RISE_MARGIN_DOTS = 2;
/**
 * Sprites of 8×16 choose their table one by one. The filter passes a rise after two fetches without A12,
 * so every other sprite makes one at the most, and the background one more.
 */
const MAX_RISES_8X16 = 5;
/** Number of lines ahead for which the sprites' tables are examined. */
const LINES_AHEAD = 8;

/** The next CPU cycle by whose end the PPU must have run. */
export function findNextEventCycle(fast: FastPath): number {
  const { ppu } = fast;
  const frameDots = DOTS_PER_LINE * ppu.region.linesPerFrame;
  const position = ppu.line * DOTS_PER_LINE + ppu.dot;
  const start = ppu.region.vblankLine * DOTS_PER_LINE;
  const target = position === start ? start + 1 : start;
  let dots = target - position;
  if (dots <= 0) dots += frameDots;
  // One dot fewer than counted may pass, because odd frames skip one.
  dots = dots < 2 ? 1 : dots - 1;
  fast.preciseFromUnits = ppu.timeUnits + (dots - 1) * ppu.dotUnits;
  let eventUnits = fast.preciseFromUnits;
  if (ppu.watchesA12) {
    const riseUnits = ppu.timeUnits + dotsToRise(fast) * ppu.dotUnits;
    if (riseUnits < eventUnits) eventUnits = riseUnits;
  }
  if (ppu.watchesFetches) {
    const readUnits = ppu.timeUnits + dotsToRead(ppu) * ppu.dotUnits;
    if (readUnits < eventUnits) eventUnits = readUnits;
  }
  return Math.floor(eventUnits / ppu.cpuUnits) | 0;
}

/**
 * A lower bound of the dots until a read can make the board assert IRQ. There is a read in every second dot.
 */
function dotsToRead(ppu: PpuState): number {
  const renders = ppu.line < SCREEN_HEIGHT || ppu.line >= ppu.preRenderLine;
  const reads = ppu.board.readsUntilIrq(renders ? ppu.dot >> 1 : 0);
  if (reads === NEVER) return NEVER;
  if (ppu.busy === 1) return 0;
  if ((ppu.mask & MASK_RENDERING) === 0) return NEVER;
  const dots = Math.max(0, 2 * reads - 2);
  if (renders) return dots;
  return dots + (ppu.preRenderLine - ppu.line) * DOTS_PER_LINE - ppu.dot;
}

/** A lower bound of the dots until A12 has risen so often that the board asserts IRQ. */
function dotsToRise(fast: FastPath): number {
  const { ppu } = fast;
  const rises = ppu.board.risesUntilIrq;
  if (rises === NEVER) return NEVER;
  if (ppu.busy === 1) return preciseIn(fast, 0);
  if ((ppu.mask & MASK_RENDERING) === 0) return isBusRising(ppu) ? preciseIn(fast, 0) : NEVER;
  if (ppu.line >= SCREEN_HEIGHT && ppu.line !== ppu.preRenderLine) {
    return (ppu.preRenderLine - ppu.line) * DOTS_PER_LINE - ppu.dot;
  }
  if (ppu.renderingDots < 5) return preciseIn(fast, 0);
  const background = (ppu.control & CTRL_BACKGROUND_TABLE) !== 0;
  if (background && isTileRiseNear(ppu)) return preciseIn(fast, 0);
  if (background && ppu.line === 0 && ppu.dot <= FIRST_TILE_RISE) return preciseIn(fast, 0);
  const dots = dotsToLineRise(fast, rises, background);
  const dotsToLine0 = ppu.line === ppu.preRenderLine && background ? DOTS_PER_LINE - ppu.dot : NEVER;
  return Math.min(dots, dotsToLine0);
}

/** The same by the rises that every line can have, where the next one is not near. */
function dotsToLineRise(fast: FastPath, rises: number, background: boolean): number {
  const { ppu } = fast;
  if (isOutOfStep(ppu) || isSpriteRiseNear(fast)) return preciseIn(fast, 0);
  if ((ppu.control & CTRL_SPRITE_8X16) !== 0) {
    return dotsToTallRise(fast, withoutFirstTile(ppu, rises, background), background);
  }
  const sprites = (ppu.control & CTRL_SPRITE_TABLE) !== 0;
  if (background === sprites) return DOTS_PER_LINE - ppu.dot;
  const rise = (background ? FIRST_PREFETCH_RISE : FIRST_SPRITE_RISE) - RISE_MARGIN_DOTS;
  if (rises > 1) {
    const lines = withoutFirstTile(ppu, rises, background) - 1;
    return lines === 0 ? DOTS_PER_LINE - ppu.dot : lines * DOTS_PER_LINE;
  }
  if (ppu.dot < rise) return preciseIn(fast, rise - ppu.dot);
  const isDue = ppu.dot <= rise + RISE_MARGIN_DOTS + 2;
  return preciseIn(fast, isDue ? 0 : DOTS_PER_LINE + rise - ppu.dot - 1);
}

/**
 * Line 0 alone can have a further rise, at its first tile: the dot before it leaves A12 low there, so that
 * A12 has been low for nine dots. Returns the rises that are left for the lines if that one comes.
 */
function withoutFirstTile(ppu: PpuState, rises: number, background: boolean): number {
  return background && rises > 1 && ppu.line === ppu.preRenderLine ? rises - 1 : rises;
}

/** Returns true if rendering has just ended, and v raises A12 when it takes the bus with the next dot. */
function isBusRising(ppu: PpuState): boolean {
  return ppu.a12 === 0 && (ppu.v & A12) !== 0;
}

/** Returns true if A12 has been low for so long that the background's next pattern fetch counts. */
function isTileRiseNear(ppu: PpuState): boolean {
  return !isBetweenSprites(ppu) && isLowForLong(ppu);
}

/**
 * The same for a sprite that is still to be fetched on this line: a write of $2000 may have changed the
 * height or the table since the first one.
 */
function isSpriteRiseNear(fast: FastPath): boolean {
  const { ppu } = fast;
  if (!isBetweenSprites(ppu) || !isLowForLong(ppu)) return false;
  if ((ppu.control & CTRL_SPRITE_8X16) === 0) return (ppu.control & CTRL_SPRITE_TABLE) !== 0;
  if (ppu.dot < SPRITE_FETCHES) return tablesOfThisLine(fast) !== 0;
  const unit = (ppu.dot - SPRITE_FETCHES) >> 3;
  return tablesOfThisLine(fast) >> unit !== 0;
}

/**
 * Returns true if rendering began while sprites were fetched: units get bytes of secondary OAM that were
 * meant for others, and A12 can rise at any of them.
 */
function isOutOfStep(ppu: PpuState): boolean {
  if (ppu.dot < SPRITE_FETCHES || !isBetweenSprites(ppu)) return false;
  const dots = ppu.dot - SPRITE_FETCHES + ppu.halfway;
  return ppu.secondaryAddress !== 4 * (dots >> 3) + Math.min(dots & 7, 3);
}

/** Returns true while sprites are fetched. */
function isBetweenSprites(ppu: PpuState): boolean {
  return ppu.dot >= SPRITE_FETCHES - 1 && ppu.dot < FIRST_PREFETCH_RISE - FIRST_TILE_RISE;
}

function isLowForLong(ppu: PpuState): boolean {
  return ppu.a12 === 0 && ppu.timeUnits - ppu.a12FellUnits >= (A12_FILTER_CYCLES - 1) * ppu.cpuUnits;
}

/** The same for sprites of 8×16: A12 rises where a sprite on one of the next lines is in table 1. */
function dotsToTallRise(fast: FastPath, rises: number, background: boolean): number {
  const { ppu } = fast;
  if (rises > MAX_RISES_8X16 * LINES_AHEAD) {
    return Math.floor((rises - 1) / MAX_RISES_8X16) * DOTS_PER_LINE;
  }
  let left = rises;
  for (let ahead = 0; ahead < LINES_AHEAD; ahead++) {
    const line = ppu.line === ppu.preRenderLine ? ahead - 1 : ppu.line + ahead;
    if (line >= SCREEN_HEIGHT) return (SCREEN_HEIGHT - ppu.line) * DOTS_PER_LINE - ppu.dot;
    const tables = ahead === 0 ? tablesOfThisLine(fast) : tablesOf(fast, line);
    const firstDot = ahead === 0 ? ppu.dot : -1;
    let before = 0;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const table = (tables >> unit) & 1;
      const dot = FIRST_SPRITE_RISE + unit * 8;
      const rose = table === 1 && before === 0 && dot + 1 >= firstDot;
      before = table;
      if (rose && --left === 0) return preciseAt(fast, ahead, dot);
    }
    const prefetchRises = background && FIRST_PREFETCH_RISE + 1 >= firstDot;
    if (prefetchRises && --left === 0) return preciseAt(fast, ahead, FIRST_PREFETCH_RISE);
  }
  return LINES_AHEAD * DOTS_PER_LINE - ppu.dot;
}

/** `preciseIn`, for a dot of this line or of a later one. */
function preciseAt(fast: FastPath, linesAhead: number, dot: number): number {
  const { ppu } = fast;
  const dots = linesAhead * DOTS_PER_LINE + dot - ppu.dot - RISE_MARGIN_DOTS - 1;
  return preciseIn(fast, dots < 0 ? 0 : dots);
}

/**
 * Tables of the sprites that this line fetches, one bit per unit; alternating, the worst case, if they are
 * unknown.
 */
function tablesOfThisLine(fast: FastPath): number {
  const { ppu } = fast;
  if (ppu.dot >= SPRITE_FETCHES || ppu.line === ppu.preRenderLine) return tablesInSecondaryOam(ppu);
  return ppu.dot === 0 && ppu.oamAddress === 0 ? tablesOf(fast, ppu.line) : 0x55;
}

/** Something happens in `dots` dots that needs the PPU at the exact dot. Returns `dots`. */
function preciseIn(fast: FastPath, dots: number): number {
  const { ppu } = fast;
  const units = ppu.timeUnits + dots * ppu.dotUnits;
  if (units < fast.preciseFromUnits) fast.preciseFromUnits = units;
  return dots;
}

/** Time of the last dot 0 of a line up to `limit`, or the present time if there is none. */
export function lineStartBefore(ppu: PpuState, limit: number): number {
  const lineUnits = DOTS_PER_LINE * ppu.dotUnits;
  const halfUnits = ppu.halfway === 1 ? ppu.dotUnits >> 1 : 0;
  const dotsLeft = ppu.dot === 0 ? 0 : DOTS_PER_LINE - ppu.dot;
  const nextUnits = ppu.timeUnits + halfUnits + dotsLeft * ppu.dotUnits;
  if (nextUnits > limit) return ppu.timeUnits;
  return nextUnits + Math.floor((limit - nextUnits) / lineUnits) * lineUnits;
}
