/** How long the flags of $2002 stay the same, so that reads of it need not run the PPU. */
import { DOTS_PER_LINE } from "../../region.ts";
import { BUS_LOW_BITS, driveStatusBits } from "../definition/bus-latch.ts";
import { END_OF_READ_UNITS, signed } from "../definition/registers.ts";
import { spriteHeight } from "../definition/sprite-evaluation.ts";
import {
  MASK_RENDERING,
  type PpuState,
  SCREEN_HEIGHT,
  SPRITES_PER_LINE,
  STATUS_OVERFLOW,
  STATUS_SPRITE_0,
} from "../state.ts";
import type { FastPath } from "./fast-path.ts";
import { dotsTo } from "./idle-dots.ts";
import { showBackground } from "./line-background.ts";
import { hitPixel, mayHitSprite0, NO_HIT } from "./line-sprite-pixels.ts";
import { canBatchLine } from "./lines.ts";
import { lineStartBefore } from "./schedule.ts";
import { crowdedLine, dotsToNinthSprite, spriteCount } from "./sprite-counts.ts";
import { skipsDot } from "./tails.ts";
import { FIRST_SPRITE_CELL, LINE_DOTS } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";

/** Copying eight sprites takes eight dots each, so the ninth is found at dot 130 at the earliest. */
const FIRST_OVERFLOW_DOT = 128;
/** The flags are cleared in dot 1 of the pre-render line. */
const FLAGS_CLEARED_DOT = 2;
/** Evaluation looks at the sprite that counts as sprite 0 in the next dot. */
const LAST_SEARCHING_DOT = 65;
/** Sprite 0 is hit in the second dot of a line at the earliest. */
const FIRST_HIT_DOT = 2;
/** Secondary OAM is cleared before evaluation begins. */
const CLEARING_DOTS = 64;
/** More dots than a frame has. */
const NOT_ON_THIS_LINE = 1_000_000;

/** The moment until which no flag of $2002 changes; 0 if it is unknown. */
export function findSteadyUntil(fast: FastPath): number {
  const { ppu } = fast;
  if (ppu.vblank === 1 || ppu.overflowDelayed !== ppu.overflow) return 0;
  if (ppu.busy === 1 || ppu.halfway === 1 || ppu.sprite0HitPending !== 0) return 0;
  if ((ppu.mask & MASK_RENDERING) !== 0) {
    if (ppu.line < SCREEN_HEIGHT) return isUndisturbed(ppu) ? lineSteadyUntil(fast) : 0;
    if (ppu.line === ppu.preRenderLine) {
      return ppu.dot < FLAGS_CLEARED_DOT ? 0 : preRenderLineSteadyUntil(fast);
    }
  }
  const inVblank = ppu.line >= ppu.region.vblankLine && ppu.line < ppu.preRenderLine;
  if (ppu.line === ppu.preRenderLine && ppu.dot < FLAGS_CLEARED_DOT) return 0;
  return (
    ppu.timeUnits + (dotsTo(ppu, inVblank ? ppu.preRenderLine : ppu.region.vblankLine) - 1) * ppu.dotUnits
  );
}

/**
 * The same on the pre-render line while rendering is on. Sprites are neither shown nor searched on it, but
 * its fetches load those of line 0.
 */
function preRenderLineSteadyUntil(fast: FastPath): number {
  const { ppu } = fast;
  let dots = LINE_DOTS - ppu.dot;
  if (isUndisturbed(ppu) && ppu.dot <= LAST_SEARCHING_DOT && ppu.evaluationByte === 0) {
    // Evaluation will find that the sprite at dot 66 is not on the line, and the fetches will reset OAMADDR.
    dots += steadyDotsFromLine(fast, 0, ppu.canHitSprite0) - (skipsDot(ppu) ? 1 : 0);
  }
  return ppu.timeUnits + dots * ppu.dotUnits;
}

/**
 * The same within an undisturbed visible line. Sprite 0 is not hit before the counter of its unit runs out,
 * and overflow needs a ninth sprite.
 */
function lineSteadyUntil(fast: FastPath): number {
  const { ppu } = fast;
  let dots = LINE_DOTS - ppu.dot + steadyDotsBehindLine(fast);
  if (ppu.dot < FIRST_SPRITE_CELL) {
    if (ppu.overflow === 0) dots = Math.min(dots, dotsToOverflow(fast));
    if (mayHitSprite0(ppu) && ppu.spriteCounter[0] < dots) dots = ppu.spriteCounter[0];
  }
  return ppu.timeUnits + dots * ppu.dotUnits;
}

/**
 * The moment until which reads of $2002 find the same flags as a read that ends at `endUnits`; 0 if it is
 * unknown. The PPU is at the start of a line with sprite 0. If sprite 0 is hit before `endUnits`,
 * `foreseenStatus` becomes its flag, which the PPU sets in its state when it runs the line.
 */
export function foreseeHit(fast: FastPath, endUnits: number): number {
  const { ppu } = fast;
  if (!mayHitSprite0(ppu) || !canBatchLine(fast)) return 0;
  const { draws } = fast;
  fast.draws = false;
  showBackground(fast);
  fast.draws = draws;
  const pixel = hitPixel(fast);
  let dots = LINE_DOTS;
  if (ppu.line === SCREEN_HEIGHT - 1) dots += FIRST_HIT_DOT;
  else dots += steadyDotsFromLine(fast, ppu.line + 1, pixel === NO_HIT ? 1 : 0);
  if (ppu.overflow === 0) dots = Math.min(dots, dotsToOverflow(fast));
  const untilUnits = ppu.timeUnits + dots * ppu.dotUnits;
  if (pixel === NO_HIT) return untilUnits;
  // The second half of the dot after the pixel sets the flag.
  const hitUnits = ppu.timeUnits + (pixel + 1) * ppu.dotUnits + (ppu.dotUnits >> 1);
  if (endUnits <= hitUnits) return Math.min(hitUnits, untilUnits);
  fast.foreseenStatus = STATUS_SPRITE_0;
  return untilUnits;
}

/** The least number of dots until evaluation on this line can find a ninth sprite. */
function dotsToOverflow(fast: FastPath): number {
  const { ppu } = fast;
  const { dot } = ppu;
  if (dot > CLEARING_DOTS) return dotsToNinthSprite(fast, NOT_ON_THIS_LINE);
  // If rendering begins after dot 1, or $2003 is written, evaluation can start in the middle of a sprite.
  const startsWithY = (ppu.oamAddress & 3) === 0 && (dot === 0 || ppu.evaluationByte === 0);
  if (!startsWithY) return CLEARING_DOTS - dot;
  if (spriteCount(fast, ppu.line) < SPRITES_PER_LINE) return NOT_ON_THIS_LINE;
  return Math.max(0, FIRST_OVERFLOW_DOT - dot);
}

/** Number of dots after this visible line until sprite 0 can be hit or a ninth sprite be found. */
function steadyDotsBehindLine(fast: FastPath): number {
  const { ppu } = fast;
  if (ppu.line === SCREEN_HEIGHT - 1) return FIRST_HIT_DOT;
  if (ppu.dot !== 0 || ppu.oamAddress !== 0) return FIRST_HIT_DOT;
  return steadyDotsFromLine(fast, ppu.line + 1, ppu.canHitSprite0);
}

/**
 * Number of dots from the start of line `next` until sprite 0 can be hit, if it `canHit`, or a ninth sprite
 * be found.
 */
function steadyDotsFromLine(fast: FastPath, next: number, canHit: number): number {
  const lines = countQuietLines(fast, next, SCREEN_HEIGHT - next, canHit);
  const isQuietAtFirst =
    next + lines < SCREEN_HEIGHT && (canHit === 0 || !isSprite0On(fast.ppu, next + lines));
  return lines * DOTS_PER_LINE + (isQuietAtFirst ? CLEARING_DOTS : FIRST_HIT_DOT);
}

/**
 * Number of lines from `first` on, at most `most`, that can neither hit sprite 0, if it `canHit`, nor find a
 * ninth sprite, if rendering goes on undisturbed from the line before `first`.
 */
export function countQuietLines(fast: FastPath, first: number, most: number, canHit: number): number {
  const { ppu } = fast;
  let end = first + most;
  if (ppu.overflow === 0) {
    const crowded = crowdedLine(fast, first);
    if (crowded < end) end = crowded;
  }
  if (canHit === 1) {
    const firstHit = ppu.oam[0] + 1;
    const isAhead = firstHit < end && first < firstHit + spriteHeight(ppu);
    if (isAhead) end = firstHit < first ? first : firstHit;
  }
  return end - first;
}

/** Returns true if sprite 0 is on a line. Evaluation finds it on the line before. */
function isSprite0On(ppu: PpuState, line: number): boolean {
  const row = line - 1 - ppu.oam[0];
  return row >= 0 && row < spriteHeight(ppu);
}

/**
 * A read of $2002 while its flags do not change, outside vertical blank. Programs wait in loops of such
 * reads.
 */
export function readSteadyStatus(fast: FastPath, cycle: number): number {
  const { ppu } = fast;
  let status = fast.foreseenStatus;
  if (ppu.sprite0Hit === 1) status |= STATUS_SPRITE_0;
  if (ppu.overflow === 1) status |= STATUS_OVERFLOW;
  ppu.toggle = 0;
  return signed(ppu, driveStatusBits(ppu, status, cycle));
}

/**
 * The last moment up to `limitUnits` from which the flags may stay the same for long: the start of a line, or
 * on the pre-render line the dot that clears them. Not later than the present time if there is none. No dot
 * is half done, unless its end is past the limit.
 */
export function steadyStartBefore(ppu: PpuState, limitUnits: number): number {
  if (ppu.line >= SCREEN_HEIGHT && (ppu.line !== ppu.preRenderLine || ppu.dot < FLAGS_CLEARED_DOT)) {
    const dots = (ppu.preRenderLine - ppu.line) * DOTS_PER_LINE + FLAGS_CLEARED_DOT - ppu.dot;
    const clearedUnits = ppu.timeUnits + dots * ppu.dotUnits;
    return clearedUnits <= limitUnits ? clearedUnits : 0;
  }
  const skippedUnits = (ppu.mask & MASK_RENDERING) !== 0 && skipsDot(ppu) ? ppu.dotUnits : 0;
  return lineStartBefore(ppu, limitUnits + skippedUnits) - skippedUnits;
}

/**
 * The last CPU cycle in which a read of $2002 returns the same value as the last read, open-bus bits
 * included.
 */
export function lastSteadyCycle(ppu: PpuState, steadyUntilUnits: number): number {
  const { lowDecayUnits } = ppu;
  const decays = (ppu.busLatch & BUS_LOW_BITS) !== 0 && lowDecayUnits < steadyUntilUnits;
  const lastUnits = (decays ? lowDecayUnits : steadyUntilUnits) - END_OF_READ_UNITS;
  return Math.floor(lastUnits / ppu.cpuUnits) | 0;
}
