/**
 * $2000–$2007 as the CPU sees them, and after how many dots writes take effect. The CPU's data is on the bus
 * only some way into a write cycle. Until then a register takes what the bus held before.
 * https://www.nesdev.org/wiki/PPU_registers; AccuracyCoin's author measured the delays.
 */
import {
  CTRL_NAMETABLE,
  MASK_GREYSCALE,
  MASK_RENDERING,
  type PpuState,
  STATUS_OVERFLOW,
  STATUS_SPRITE_0,
  STATUS_VBLANK,
} from "../state.ts";
import { paletteIndex } from "./address-bus.ts";
import { decayedBusLatch, driveBusLatch, driveStatusBits } from "./bus-latch.ts";
import { NMI_SAMPLE_UNITS, nmiLevelChanged } from "./flags.ts";
import { readOam, writeOam } from "./oam.ts";
import { MASK_RED_GREEN, outputBits } from "./output.ts";
import { setScroll } from "./scroll.ts";

const MASK_BLUE = 0x80;
/** Reads last until 7 master clocks into a CPU cycle. $2007 takes its data at the same moment. */
export const END_OF_READ_UNITS = 14;
/** The CPU's data reaches PPUCTRL 2 master clocks into a write cycle. */
const CONTROL_VALID_UNITS = 4;

/** A PPU that can be run up to a moment. */
export interface RunnablePpu {
  readonly state: PpuState;
  /** Runs all halves of dots that begin before `limitUnits`. */
  runUntil(limitUnits: number): void;
}

/** Reads $2000–$2007, by number, in CPU cycle `cycle`. */
export function readRegister(chip: RunnablePpu, register: number, cycle: number): number {
  const { state: ppu } = chip;
  chip.runUntil(cycle * ppu.cpuUnits);
  switch (register) {
    case 2:
      return readStatus(chip, cycle);
    case 4:
      if (!ppu.traits.readsBack) return decayedBusLatch(ppu, cycle);
      chip.runUntil(cycle * ppu.cpuUnits + END_OF_READ_UNITS);
      return driveBusLatch(ppu, readOam(ppu), cycle);
    case 7:
      return readData(chip, cycle);
    default:
      return decayedBusLatch(ppu, cycle);
  }
}

/** The value of a register for debuggers. Nothing changes. */
export function peekRegister(ppu: PpuState, register: number): number {
  if (register === 2) {
    const status = (ppu.vblank << 7) | (ppu.sprite0Hit << 6) | (ppu.overflow << 5) | (ppu.busLatch & 0x1f);
    return signed(ppu, status);
  }
  if (register === 4) return readOam(ppu);
  return register === 7 ? ppu.readBuffer : ppu.busLatch;
}

/** $2002. Vertical blank is sampled at the start of the read, the sprite flags at its end. */
function readStatus(chip: RunnablePpu, cycle: number): number {
  const { state: ppu } = chip;
  let status = ppu.vblank === 1 ? STATUS_VBLANK : 0;
  ppu.statusRead = 1;
  ppu.busy = 1;
  chip.runUntil(cycle * ppu.cpuUnits + END_OF_READ_UNITS);
  if (ppu.sprite0Hit === 1) status |= STATUS_SPRITE_0;
  if (ppu.overflowDelayed === 1) status |= STATUS_OVERFLOW;
  ppu.toggle = 0;
  return signed(ppu, driveStatusBits(ppu, status, cycle));
}

/** The RC2C05s replace low bits of $2002 by a constant. https://www.nesdev.org/wiki/PPU_variants#RGB */
export function signed(ppu: PpuState, status: number): number {
  return (status & ~ppu.traits.signatureMask) | ppu.traits.signature;
}

/** $2007 returns the read buffer, or palette RAM, and requests the next byte. */
function readData(chip: RunnablePpu, cycle: number): number {
  const { state: ppu } = chip;
  let value = ppu.readBuffer;
  if ((ppu.addressBus & 0x3f00) === 0x3f00 && ppu.traits.readsBack) {
    const grey = (ppu.outputMask & MASK_GREYSCALE) === 0 ? 0x3f : 0x30;
    value = (ppu.palette[paletteIndex(ppu.v)] & grey) | (decayedBusLatch(ppu, cycle) & 0xc0);
  }
  driveBusLatch(ppu, value, cycle);
  chip.runUntil(cycle * ppu.cpuUnits + END_OF_READ_UNITS);
  ppu.readRequest = 1;
  ppu.busy = 1;
  return value;
}

/** Writes $2000–$2007, by number, in CPU cycle `cycle`. `oldBus` is what the data bus held before. */
export function writeRegister(
  chip: RunnablePpu,
  register: number,
  value: number,
  cycle: number,
  oldBus: number,
): void {
  const { state: ppu } = chip;
  chip.runUntil(cycle * ppu.cpuUnits);
  driveBusLatch(ppu, value, cycle);
  // The RC2C05s have $2000 and $2001 swapped.
  const swaps = register < 2 && ppu.traits.swapsRegisters;
  switch (swaps ? register ^ 1 : register) {
    case 0:
      if (ppu.warmingUp === 0) writeControl(chip, value, cycle, oldBus);
      break;
    case 1:
      if (ppu.warmingUp === 0) writeMask(ppu, value, oldBus);
      break;
    case 3:
      ppu.oamAddress = value;
      break;
    case 4:
      writeOam(ppu, value);
      break;
    case 5:
      if (ppu.warmingUp === 0) writeScroll(ppu, value, oldBus);
      break;
    case 6:
      if (ppu.warmingUp === 0) writeAddress(ppu, value);
      break;
    case 7:
      ppu.writeData = value;
      chip.runUntil(cycle * ppu.cpuUnits + END_OF_READ_UNITS);
      ppu.writeRequest = 1;
      ppu.busy = 1;
      break;
  }
}

/** $2000. t takes its nametable from the old bus first, which matters on the dot that copies t to v. */
function writeControl(chip: RunnablePpu, value: number, cycle: number, oldBus: number): void {
  const { state: ppu } = chip;
  ppu.t = (ppu.t & 0x73ff) | ((oldBus & CTRL_NAMETABLE) << 10);
  chip.runUntil(cycle * ppu.cpuUnits + CONTROL_VALID_UNITS);
  ppu.control = value;
  ppu.t = (ppu.t & 0x73ff) | ((value & CTRL_NAMETABLE) << 10);
  nmiLevelChanged(ppu, cycle * ppu.cpuUnits + CONTROL_VALID_UNITS - 1);
  // Vertical blank may end before the CPU samples NMI in this cycle.
  chip.runUntil(cycle * ppu.cpuUnits + NMI_SAMPLE_UNITS);
}

/** $2001. `landMask` does the rest. */
function writeMask(ppu: PpuState, value: number, oldBus: number): void {
  const alignment = ppu.alignment;
  ppu.maskDelayDots = alignment === 2 ? 3 : 2;
  ppu.corruptionDelayDots = alignment >= 2 ? 3 : 2;
  ppu.outputMaskDelayDots = 2;
  const wasRendering = (ppu.mask & MASK_RENDERING) !== 0;
  const willRender = (value & MASK_RENDERING) !== 0;
  ppu.renderingBeforeMaskWrite = wasRendering ? 1 : 0;
  if (ppu.line <= 240 || ppu.line === ppu.preRenderLine) {
    if (wasRendering && !willRender && ppu.traits.losesOamRows) ppu.corruptionSeenNow = 1;
    if (!wasRendering && willRender && ppu.corruptionPending !== 0 && alignment >= 2) {
      ppu.corruptionAvoided = 1;
    }
  }
  const early =
    alignment <= 1 ? oldBus & (MASK_GREYSCALE | MASK_BLUE) : ppu.outputMask & (MASK_GREYSCALE | MASK_BLUE);
  ppu.outputMask = (outputBits(ppu, value) & MASK_RED_GREEN) | early;
  ppu.maskWritten = value;
  ppu.busy = 1;
}

/** $2005. `landScroll` does the rest. */
function writeScroll(ppu: PpuState, value: number, oldBus: number): void {
  setScroll(ppu, oldBus);
  ppu.scrollWritten = value;
  ppu.scrollDelayDots = ppu.alignment === 2 ? 2 : 1;
  ppu.busy = 1;
}

/** $2006. `landAddress` copies t to v after the second write. */
function writeAddress(ppu: PpuState, value: number): void {
  if (ppu.toggle === 0) {
    ppu.t = (ppu.t & 0x00ff) | ((value & 0x3f) << 8);
  } else {
    ppu.t = (ppu.t & 0x7f00) | value;
    ppu.addressDelayDots = ppu.alignment === 2 ? 5 : 4;
    ppu.busy = 1;
  }
  ppu.toggle ^= 1;
}
