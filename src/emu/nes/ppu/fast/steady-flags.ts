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
import { crowdedLine, dotsToNinthSprite, spriteCount } from "./sprite-counts.ts";
import { FIRST_SPRITE_CELL, LINE_DOTS } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";

/** Copying eight sprites takes eight dots each, so the ninth is found at dot 130 at the earliest. */
const FIRST_OVERFLOW_DOT = 128;
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
      // The flags are cleared at its start, and sprites are neither shown nor searched on it.
      return ppu.dot < 2 ? 0 : ppu.timeUnits + (LINE_DOTS - ppu.dot) * ppu.dotUnits;
    }
  }
  const inVblank = ppu.line >= ppu.region.vblankLine && ppu.line < ppu.preRenderLine;
  if (ppu.line === ppu.preRenderLine && ppu.dot < 2) return 0;
  return (
    ppu.timeUnits + (dotsTo(ppu, inVblank ? ppu.preRenderLine : ppu.region.vblankLine) - 1) * ppu.dotUnits
  );
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
    const hits =
      ppu.sprite0OnLine === 1 && ppu.canHitSprite0 === 1 && (ppu.spriteLow[0] | ppu.spriteHigh[0]) !== 0;
    if (hits && ppu.spriteCounter[0] < dots) dots = ppu.spriteCounter[0];
  }
  return ppu.timeUnits + dots * ppu.dotUnits;
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
  const next = ppu.line + 1;
  const lines = countQuietLines(fast, next, SCREEN_HEIGHT - next);
  const isQuietAtFirst = next + lines < SCREEN_HEIGHT && !canHitOn(ppu, next + lines);
  return lines * DOTS_PER_LINE + (isQuietAtFirst ? CLEARING_DOTS : FIRST_HIT_DOT);
}

/**
 * Number of lines from `first` on, at most `most`, that can neither hit sprite 0 nor find a ninth sprite, if
 * rendering goes on undisturbed from the line before `first`.
 */
export function countQuietLines(fast: FastPath, first: number, most: number): number {
  const { ppu } = fast;
  let end = first + most;
  if (ppu.overflow === 0) {
    const crowded = crowdedLine(fast, first);
    if (crowded < end) end = crowded;
  }
  if (ppu.canHitSprite0 === 1) {
    const firstHit = ppu.oam[0] + 1;
    const isAhead = firstHit < end && first < firstHit + spriteHeight(ppu);
    if (isAhead) end = firstHit < first ? first : firstHit;
  }
  return end - first;
}

/** Returns true if sprite 0 is on a line and has not been hit yet. Evaluation finds it on the line before. */
function canHitOn(ppu: PpuState, line: number): boolean {
  if (ppu.canHitSprite0 === 0) return false;
  const row = line - 1 - ppu.oam[0];
  return row >= 0 && row < spriteHeight(ppu);
}

/**
 * A read of $2002 while its flags do not change, outside vertical blank. Programs wait in loops of such
 * reads.
 */
export function readSteadyStatus(ppu: PpuState, cycle: number): number {
  let status = 0;
  if (ppu.sprite0Hit === 1) status |= STATUS_SPRITE_0;
  if (ppu.overflow === 1) status |= STATUS_OVERFLOW;
  ppu.toggle = 0;
  return signed(ppu, driveStatusBits(ppu, status, cycle));
}

/** The last CPU cycle in which $2002 reads as it did last, including the bits that nobody drives. */
export function lastSteadyCycle(ppu: PpuState, steadyUntilUnits: number): number {
  const { lowDecayUnits } = ppu;
  const decays = (ppu.busLatch & BUS_LOW_BITS) !== 0 && lowDecayUnits < steadyUntilUnits;
  const lastUnits = (decays ? lowDecayUnits : steadyUntilUnits) - END_OF_READ_UNITS;
  return Math.floor(lastUnits / ppu.cpuUnits) | 0;
}
