/** Any number of dots at once while nothing renders. */
import { DOTS_PER_LINE } from "../../region.ts";
import { CORRUPTION_DUE } from "../definition/oam-corruption.ts";
import { idlePaletteIndex, outputColour } from "../definition/output.ts";
import {
  MASK_RENDERING,
  type PpuState,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
  SPRITES_PER_LINE,
  WARMS_UP_TO_LINE_END,
} from "../state.ts";
import { settleColours } from "./cell-pixels.ts";
import type { FastPath } from "./fast-path.ts";
import { FIRST_PREFETCH_CELL, FIRST_SPRITE_CELL, LINE_DOTS } from "./timing.ts";

/** The dot at which the sprite units' counters are cleared while nothing renders. */
const UNITS_IDLE_DOT = 339;
/** The dot that outputs the line's first pixel. */
const FIRST_SHOWN_DOT = 4;

/**
 * Runs at most `dots` dots of visible lines or the pre-render line while rendering is off. Returns false if
 * it runs none.
 */
export function runIdleDots(fast: FastPath, dots: number): boolean {
  const { ppu } = fast;
  if ((ppu.line === ppu.preRenderLine && ppu.dot < 2) || !isIdle(ppu)) return false;
  let left = dots;
  while (left > 0) {
    if (ppu.dot === LINE_DOTS) {
      left--;
      nextIdleLine(ppu);
      if (ppu.line === SCREEN_HEIGHT) break;
      if (left >= DOTS_PER_LINE) left -= idleLines(fast, left);
    } else {
      const last = ppu.dot + left < LINE_DOTS ? ppu.dot + left : LINE_DOTS;
      left -= last - ppu.dot;
      idleDots(fast, last);
    }
  }
  return true;
}

/** Dot 0 of the line after this one. */
function nextIdleLine(ppu: PpuState): void {
  ppu.timeUnits += ppu.dotUnits;
  ppu.dot = 0;
  ppu.line = ppu.line === ppu.preRenderLine ? 0 : ppu.line + 1;
  if (ppu.warmingUp === WARMS_UP_TO_LINE_END) ppu.warmingUp = 0;
  settleIdleDot(ppu);
}

/**
 * Runs the visible lines that end within `dots` dots, from dot 0 of a line to dot 0 of another. Returns how
 * many dots it has run.
 */
function idleLines(fast: FastPath, dots: number): number {
  const { ppu } = fast;
  const { idleColour } = ppu;
  const inTime = (dots / DOTS_PER_LINE) | 0;
  const onScreen = SCREEN_HEIGHT - 1 - ppu.line;
  const lines = inTime < onScreen ? inTime : onScreen;
  if (lines === 0) return 0;
  if (fast.draws) {
    const at = ppu.line * SCREEN_WIDTH;
    ppu.pixels.fill(outputColour(ppu, idleColour), at, at + lines * SCREEN_WIDTH);
  }
  ppu.colour = idleColour;
  settleColours(ppu);
  ppu.spriteCounter.fill(0);
  ppu.sprite0OnLine = ppu.sprite0OnNextLine;
  ppu.oamBufferNext = ppu.oam[ppu.oamAddress];
  ppu.line += lines;
  ppu.timeUnits += lines * DOTS_PER_LINE * ppu.dotUnits;
  return lines * DOTS_PER_LINE;
}

/** Returns true if rendering is off and nothing changes from dot to dot. */
function isIdle(ppu: PpuState): boolean {
  const idleColour = ppu.palette[idlePaletteIndex(ppu)] & 0x3f;
  return (
    ppu.busy === 0 &&
    ppu.halfway === 0 &&
    (ppu.mask & MASK_RENDERING) === 0 &&
    (ppu.renderingDelayed |
      ppu.corruptionSeen |
      ppu.corruptionSeenNow |
      ppu.sprite0HitPending |
      ppu.fetchKind |
      ppu.secondaryResetDots |
      ppu.skippedDot |
      ppu.renderingDots |
      ppu.readEnable |
      ppu.addressLatchEnable) ===
      0 &&
    ppu.addressBus === ppu.v &&
    ppu.idleColour === idleColour &&
    ppu.idleColourNext === idleColour
  );
}

/** Runs the line up to dot `last`, at most 340. A12 stays as it is. */
function idleDots(fast: FastPath, last: number): void {
  const { ppu } = fast;
  const first = ppu.dot;
  ppu.timeUnits += (last - first) * ppu.dotUnits;
  ppu.dot = last;
  moveIdleColours(fast, first, last);
  if (first < SCREEN_WIDTH) {
    const clocked = (last < SCREEN_WIDTH ? last : SCREEN_WIDTH) - first;
    for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
      const counter = ppu.spriteCounter[unit];
      ppu.spriteCounter[unit] = counter < clocked ? 0 : counter - clocked;
    }
  }
  if (last > FIRST_SPRITE_CELL && first < FIRST_PREFETCH_CELL) ppu.sprite0OnLine = ppu.sprite0OnNextLine;
  if (last > FIRST_SPRITE_CELL) ppu.oamBufferNext = ppu.oam[ppu.oamAddress];
  if (last >= UNITS_IDLE_DOT && first < UNITS_IDLE_DOT) ppu.spriteCounter.fill(0);
  settleIdleDot(ppu);
}

/** What every dot does while nothing renders. */
function settleIdleDot(ppu: PpuState): void {
  ppu.oamLatch = ppu.oamBuffer;
  ppu.overflowDelayed = ppu.overflow;
  if (ppu.corruptionPending !== 0) ppu.corruptionPending = CORRUPTION_DUE;
}

/** Moves the colour that is shown while nothing renders through the delay of the output, and draws it. */
function moveIdleColours(fast: FastPath, first: number, last: number): void {
  const { ppu } = fast;
  const { idleColour, pixels } = ppu;
  const isOnScreen = ppu.line < SCREEN_HEIGHT;
  const at = ppu.line * SCREEN_WIDTH - FIRST_SHOWN_DOT;
  for (let dot = first + 1; dot <= last && dot <= SCREEN_WIDTH + 3; dot++) {
    ppu.colour3 = ppu.colour2;
    ppu.colour2 = ppu.colour1;
    ppu.colour1 = ppu.colour;
    if (!isOnScreen) continue;
    if (fast.draws && dot >= FIRST_SHOWN_DOT) pixels[at + dot] = outputColour(ppu, ppu.colour3);
    if (dot > SCREEN_WIDTH) continue;
    ppu.colour = idleColour;
    if (ppu.colour3 !== idleColour || ppu.colour2 !== idleColour || ppu.colour1 !== idleColour) continue;
    const end = last < SCREEN_WIDTH ? last : SCREEN_WIDTH;
    const start = Math.max(FIRST_SHOWN_DOT, dot + 1);
    // fill() counts a negative end from the end of the picture: line 0 must not pass its dots 1-3.
    if (fast.draws && end >= start) pixels.fill(outputColour(ppu, idleColour), at + start, at + end + 1);
    dot = Math.max(dot, end);
  }
  if (last > SCREEN_WIDTH + 3) {
    settleColours(ppu);
  }
}

/**
 * Runs the halves of dots of line 240 or of vertical blank that begin before `limitUnits`, up to the last
 * dot before vertical blank or the pre-render line. Returns false if it runs none. Nothing changes from dot
 * to dot here once writes have ended.
 */
export function skipIdleDots(ppu: PpuState, limitUnits: number): boolean {
  const { line, region } = ppu;
  if (line === region.vblankLine && ppu.dot <= 2) return false;
  if (ppu.overflowDelayed !== ppu.overflow || ppu.sprite0HitPending !== 0 || ppu.fetchKind !== 0)
    return false;
  if (ppu.oamLatch !== ppu.oamBuffer) return false;
  const rendering = (ppu.mask & MASK_RENDERING) !== 0 ? 1 : 0;
  if (rendering !== ppu.renderingDelayed) return false;
  if ((ppu.readEnable | ppu.addressLatchEnable) !== 0) return false;
  if (rendering === 0 ? ppu.addressBus !== ppu.v : ppu.oamBuffer !== ppu.oamBufferNext) return false;
  const halfUnits = ppu.dotUnits >> 1;
  const blankLine = line < region.vblankLine ? region.vblankLine : ppu.preRenderLine;
  // Half dots since the start of the line.
  const done = 2 * ppu.dot - ppu.halfway;
  const inBlank = 2 * (DOTS_PER_LINE * (blankLine - line) - 1) - done;
  const inTime = Math.ceil((limitUnits - ppu.timeUnits) / halfUnits) | 0;
  const halves = inTime < inBlank ? inTime : inBlank;
  if (halves <= 0) return false;
  const dots = (done + halves + 1) >> 1;
  const lines = (dots / DOTS_PER_LINE) | 0;
  ppu.timeUnits += halves * halfUnits;
  ppu.halfway = (done + halves) & 1;
  ppu.line = line + lines;
  ppu.dot = dots - lines * DOTS_PER_LINE;
  return true;
}

/** Number of dots to the start of a line if no dot is skipped. */
export function dotsTo(ppu: PpuState, line: number): number {
  const frameDots = DOTS_PER_LINE * ppu.region.linesPerFrame;
  const dots = (line - ppu.line) * DOTS_PER_LINE - ppu.dot;
  return dots < 0 ? dots + frameDots : dots;
}
