/**
 * One dot of the 2C02, in two halves, as the order in which its units work. Every unit has a file of its own
 * here: scroll, address bus, $2007 (data port), fetches, background, sprites (evaluation, secondary OAM,
 * fetches, OAM corruption), sprite units, pixels (multiplexer), output, flags, registers, delayed writes.
 * https://www.nesdev.org/wiki/PPU_rendering
 */
import { DOTS_PER_LINE } from "../../region.ts";
import { MASK_RENDERING, type PpuState, SCREEN_WIDTH, WARMS_UP_TO_LINE_END } from "../state.ts";
import { noteA12 } from "./address-bus.ts";
import { fetchBackground, shiftBackground } from "./background.ts";
import { clockDataPort, clockDataPortHalf, dataPortBusy, driveBus, loadReadBuffer } from "./data-port.ts";
import { landAddress, landMask, landScroll } from "./delayed-writes.ts";
import { commitFetch, fetchUnused } from "./fetches.ts";
import { clockVblank, lineEvents } from "./flags.ts";
import { CORRUPTION_DUE } from "./oam-corruption.ts";
import { moveIdleColour, outputColour } from "./output.ts";
import { choosePixel, clockSprite0Hit } from "./pixels.ts";
import { blanking } from "./rendering.ts";
import { endOfLineScroll } from "./scroll.ts";
import { countSecondaryReset } from "./secondary-oam.ts";
import { clockSpriteUnits } from "./sprite-units.ts";
import { runSprites } from "./sprites.ts";

/** Runs all halves of dots that begin before `limitUnits`. */
export function runDots(ppu: PpuState, limitUnits: number): void {
  if (ppu.halfway === 1 && ppu.timeUnits < limitUnits) endDot(ppu);
  const halfUnits = ppu.dotUnits >> 1;
  while (ppu.timeUnits + halfUnits < limitUnits) {
    beginDot(ppu);
    endDot(ppu);
  }
  if (ppu.timeUnits < limitUnits) beginDot(ppu);
}

/** The first half of a dot. */
export function beginDot(ppu: PpuState): void {
  const startUnits = ppu.timeUnits;
  ppu.timeUnits += ppu.dotUnits >> 1;
  ppu.halfway = 1;
  if (ppu.scrollDelayDots !== 0) landScroll(ppu);
  const renderedBefore = ppu.line < 240 || ppu.line === ppu.preRenderLine;
  if (renderedBefore && ppu.dot >= 256 && (ppu.mask & MASK_RENDERING) !== 0) endOfLineScroll(ppu);
  if (++ppu.dot === DOTS_PER_LINE) nextLine(ppu);
  if (ppu.dot <= 2) lineEvents(ppu, startUnits);
  if (ppu.busy === 1) beginBusyDot(ppu, startUnits);
  else {
    ppu.overflowDelayed = ppu.overflow;
    ppu.renderingDelayed = (ppu.mask & MASK_RENDERING) !== 0 ? 1 : 0;
    ppu.oamLatch = ppu.oamBuffer;
    if (ppu.line < 240 || ppu.line === ppu.preRenderLine) {
      driveBus(ppu, blanking(ppu));
      renderDot(ppu);
    } else idleDot(ppu);
  }
  if (ppu.watchesA12) noteA12(ppu, (ppu.addressBus >> 12) & 1, startUnits);
}

/** The first half of a dot in which $2007, a delayed write or the vertical blank flag is under way. */
function beginBusyDot(ppu: PpuState, startUnits: number): void {
  clockVblank(ppu, startUnits);
  ppu.overflowDelayed = ppu.overflow;
  if (ppu.alignment !== 3) ppu.renderingDelayed = (ppu.mask & MASK_RENDERING) !== 0 ? 1 : 0;
  clockDataPort(ppu, blanking(ppu));
  ppu.oamLatch = ppu.oamBuffer;
  if (ppu.addressDelayDots !== 0) landAddress(ppu);
  if (ppu.line < 240 || ppu.line === ppu.preRenderLine) {
    renderDot(ppu);
  } else {
    idleDot(ppu);
    landMask(ppu);
  }
  loadReadBuffer(ppu);
}

/** The second half of a dot. */
export function endDot(ppu: PpuState): void {
  ppu.timeUnits += ppu.dotUnits >> 1;
  ppu.halfway = 0;
  const rendering = (ppu.mask & MASK_RENDERING) !== 0;
  if (ppu.line < 240 || ppu.line === ppu.preRenderLine) {
    const shifts = (ppu.dot >= 1 && ppu.dot <= 257) || (ppu.dot >= 321 && ppu.dot <= 336);
    if (shifts && rendering) shiftBackground(ppu);
    countSecondaryReset(ppu);
  }
  if (ppu.fetchKind !== 0) commitFetch(ppu);
  if (rendering || ppu.renderingDelayed === 1) ppu.oamBuffer = ppu.oamBufferNext;
  clockSprite0Hit(ppu);
  if (ppu.busy === 1) endBusyDot(ppu);
}

/** The second half of such a dot. */
function endBusyDot(ppu: PpuState): void {
  ppu.vblankSet = ppu.vblankPending;
  ppu.vblankPending = 0;
  ppu.vblankSetLatch2 = ppu.vblankSetLatch1 ^ 1;
  clockDataPortHalf(ppu);
  const delays =
    ppu.scrollDelayDots +
    ppu.addressDelayDots +
    ppu.maskDelayDots +
    ppu.corruptionDelayDots +
    ppu.outputMaskDelayDots;
  const vblankBusy = ppu.vblankSet | ppu.vblankSetLatch2 | ppu.statusRead;
  if (delays !== 0 || vblankBusy !== 0 || dataPortBusy(ppu)) return;
  ppu.busy = 0;
  // The latch has done its work. States of machines with the same past must not differ in what it held.
  ppu.blankingLatch = 1;
}

/** Dot 0 of the next line begins. */
function nextLine(ppu: PpuState): void {
  ppu.dot = 0;
  if (ppu.warmingUp === WARMS_UP_TO_LINE_END) ppu.warmingUp = 0;
  ppu.line = ppu.line === ppu.preRenderLine ? 0 : ppu.line + 1;
  if (ppu.line === ppu.preRenderLine) ppu.oddFrame ^= 1;
}

/** One dot of line 240 or of vertical blank. */
function idleDot(ppu: PpuState): void {
  if ((ppu.mask & MASK_RENDERING) === 0) {
    ppu.renderingDots = 0;
    ppu.addressBus = ppu.v;
  } else if (ppu.line === 240 && ppu.dot === 0 && ppu.renderingDelayed === 1) {
    driveBus(ppu, blanking(ppu));
    fetchUnused(ppu);
  }
}

/** One dot of a visible line or of the pre-render line. */
function renderDot(ppu: PpuState): void {
  runSprites(ppu);
  if (ppu.alignment === 3) ppu.renderingDelayed = (ppu.mask & MASK_RENDERING) !== 0 ? 1 : 0;
  if ((ppu.mask & MASK_RENDERING) === 0) {
    ppu.renderingDots = 0;
    ppu.addressBus = ppu.v;
    if (ppu.corruptionPending !== 0) ppu.corruptionPending = CORRUPTION_DUE;
  } else if (ppu.renderingDots < 5) {
    ppu.renderingDots++;
  }
  if (ppu.busy === 1) landMask(ppu);
  ppu.colour3 = ppu.colour2;
  ppu.colour2 = ppu.colour1;
  ppu.colour1 = ppu.colour;
  const dot = ppu.dot;
  if (ppu.renderingDelayed === 1) {
    if ((dot >= 1 && dot <= 256) || (dot >= 321 && dot <= 336)) fetchBackground(ppu);
    else if (dot >= 337 || dot === 0) fetchUnused(ppu);
  }
  if (dot >= 1 && dot <= 256) {
    if (ppu.line < 240) choosePixel(ppu);
    clockSpriteUnits(ppu);
  }
  if ((ppu.mask & MASK_RENDERING) === 0) moveIdleColour(ppu);
  if (dot >= 4 && dot <= 259 && ppu.line < 240) {
    ppu.pixels[ppu.line * SCREEN_WIDTH + dot - 4] = outputColour(ppu, ppu.colour3);
  }
}
