import type { InterruptLines } from "../interrupts.ts";
import { DOTS_PER_LINE } from "../region.ts";
import { Pixels } from "./pixels.ts";
import {
  CTRL_NAMETABLE,
  CTRL_NMI,
  MASK_GREYSCALE,
  MASK_RENDERING,
  OAM_BYTES,
  STATUS_OVERFLOW,
  STATUS_SPRITE_0,
  STATUS_VBLANK,
} from "./state.ts";
import { paletteIndex } from "./video-bus.ts";

const MASK_BLUE = 0x80;
const MASK_RED = 0x20;
const MASK_GREEN = 0x40;
const MASK_RED_GREEN = MASK_RED | MASK_GREEN;
/** Attribute bits 2–4 do not exist in OAM. */
const OAM_ATTRIBUTE_BITS = 0xe3;
/** 24 lines after vertical blank has begun. */
const PAL_REFRESH_LINE = 265;
/** A bit of the data bus latch decays to 0 after about a third of a second. */
const BUS_DECAY_DOTS = 1_786_830;
const BUS_LOW_BITS = 0x1f;

/**
 * $2000–$2007 as the CPU sees them, and how long writes take to matter. The CPU's data is on the bus
 * only some way into a write cycle: what a register takes over before that is the bus's old value.
 * https://www.nesdev.org/wiki/PPU_registers; delays as measured by AccuracyCoin's author.
 */
export abstract class PpuRegisters extends Pixels {
  abstract readonly lines: InterruptLines;
  protected abstract readonly dotUnits: number;
  /** Reads of $2002 that end before this moment give what the last one gave; 0 when nothing is known. */
  steadyUntilUnits = 0;

  /** Runs the PPU up to a moment within a CPU cycle, in half master clocks from its start. */
  protected abstract runToUnits(cycle: number, unitsIntoCycle: number): void;
  protected abstract nmiLevelChanged(timeUnits: number): void;
  protected abstract cycleUnits(cycle: number): number;
  protected abstract wakeUp(): void;
  protected abstract scheduleEvent(): void;

  /** $2000–$2007 by number, in CPU cycle `cycle`. */
  readRegister(register: number, cycle: number): number {
    if (register === 2) {
      const endUnits = this.cycleUnits(cycle) + END_OF_READ_UNITS;
      if (endUnits <= this.steadyUntilUnits || this.statusIsSteady(endUnits)) return this.steadyStatus(cycle);
    }
    this.steadyUntilUnits = 0;
    this.runToUnits(cycle, 0);
    switch (register) {
      case 2:
        return this.readStatus(cycle);
      case 4:
        if (!this.traits.readsBack) return this.decayedBusLatch(cycle);
        this.runToUnits(cycle, END_OF_READ_UNITS);
        return this.driveBusLatch(this.readOam(), cycle);
      case 7:
        return this.readData(cycle);
      default:
        return this.decayedBusLatch(cycle);
    }
  }

  /** A value for debuggers: nothing changes. */
  peekRegister(register: number): number {
    if (register === 2) {
      return (this.vblank << 7) | (this.sprite0Hit << 6) | (this.overflow << 5) | (this.busLatch & 0x1f);
    }
    if (register === 4) return this.readOam();
    return register === 7 ? this.readBuffer : this.busLatch;
  }

  /**
   * Returns true if $2002 reads the same from here to a moment, so that the PPU need not run up to it. Sets
   * `steadyUntilUnits` if so.
   */
  protected abstract statusIsSteady(untilUnits: number): boolean;

  /** A read of $2002 outside vertical blank with flags that do not change: programs spin on these. */
  private steadyStatus(cycle: number): number {
    let status = 0;
    if (this.sprite0Hit === 1) status |= STATUS_SPRITE_0;
    if (this.overflow === 1) status |= STATUS_OVERFLOW;
    this.toggle = 0;
    return this.driveStatusBits(status, cycle);
  }

  /** The last CPU cycle in which $2002 reads as it did last, the bits that nobody drives included. */
  lastSteadyCycle(): number {
    const { lowDecayUnits, steadyUntilUnits } = this;
    const decays = (this.busLatch & BUS_LOW_BITS) !== 0 && lowDecayUnits < steadyUntilUnits;
    const lastUnits = (decays ? lowDecayUnits : steadyUntilUnits) - END_OF_READ_UNITS;
    return Math.floor(lastUnits / this.cycleUnits(1)) | 0;
  }

  /** The reads of $2002 in a loop have been repeated for `cycles` more CPU cycles. */
  repeatPolls(cycles: number): void {
    this.highDecayUnits += this.cycleUnits(cycles);
  }

  /** Vertical blank is sampled at the start of the read, the sprite flags at its end. */
  private readStatus(cycle: number): number {
    let status = this.vblank === 1 ? STATUS_VBLANK : 0;
    this.statusRead = 1;
    this.wakeUp();
    this.runToUnits(cycle, END_OF_READ_UNITS);
    if (this.sprite0Hit === 1) status |= STATUS_SPRITE_0;
    if (this.overflowDelayed === 1) status |= STATUS_OVERFLOW;
    this.toggle = 0;
    return this.driveStatusBits(status, cycle);
  }

  /** While rendering, what evaluation holds; else the byte at OAMADDR. */
  private readOam(): number {
    const rendering = (this.mask & MASK_RENDERING) !== 0 && this.line < 240;
    return rendering ? this.oamLatch : this.oam[this.oamAddress];
  }

  private readData(cycle: number): number {
    let value = this.readBuffer;
    if ((this.addressBus & 0x3f00) === 0x3f00 && this.traits.readsBack) {
      const grey = (this.outputMask & MASK_GREYSCALE) === 0 ? 0x3f : 0x30;
      value = (this.palette[paletteIndex(this.v)] & grey) | (this.decayedBusLatch(cycle) & 0xc0);
    }
    this.driveBusLatch(value, cycle);
    this.runToUnits(cycle, END_OF_READ_UNITS);
    this.readRequest = 1;
    this.wakeUp();
    this.scheduleEvent();
    return value;
  }

  /** $2000–$2007 by number. `oldBus` is what the data bus held before this write. */
  writeRegister(register: number, value: number, cycle: number, oldBus: number): void {
    this.steadyUntilUnits = 0;
    this.runToUnits(cycle, 0);
    this.driveBusLatch(value, cycle);
    switch (register) {
      case 0:
        if (this.warmingUp === 0) this.writeControl(value, cycle, oldBus);
        break;
      case 1:
        if (this.warmingUp === 0) this.writeMask(value, oldBus);
        break;
      case 3:
        this.oamAddress = value;
        break;
      case 4:
        this.writeOam(value);
        break;
      case 5:
        if (this.warmingUp === 0) this.writeScroll(value, oldBus);
        break;
      case 6:
        if (this.warmingUp === 0) this.writeAddress(value);
        break;
      case 7:
        this.writeData = value;
        this.runToUnits(cycle, END_OF_READ_UNITS);
        this.writeRequest = 1;
        this.wakeUp();
        break;
    }
    this.scheduleEvent();
  }

  /** t takes its nametable from the old bus first: on the dot that copies t to v that is seen. */
  private writeControl(value: number, cycle: number, oldBus: number): void {
    this.t = (this.t & 0x73ff) | ((oldBus & CTRL_NAMETABLE) << 10);
    this.runToUnits(cycle, CONTROL_VALID_UNITS);
    this.control = value;
    this.t = (this.t & 0x73ff) | ((value & CTRL_NAMETABLE) << 10);
    this.nmiLevelChanged(this.cycleUnits(cycle) + CONTROL_VALID_UNITS - 1);
    // Vertical blank may end before the CPU samples NMI in this very cycle.
    this.runToUnits(cycle, NMI_SAMPLE_UNITS);
  }

  private writeMask(value: number, oldBus: number): void {
    const alignment = this.dotsAlignment();
    this.maskDelayDots = alignment === 2 ? 3 : 2;
    this.corruptionDelayDots = alignment >= 2 ? 3 : 2;
    this.outputMaskDelayDots = 2;
    const wasRendering = (this.mask & MASK_RENDERING) !== 0;
    const willRender = (value & MASK_RENDERING) !== 0;
    this.renderingBeforeMaskWrite = wasRendering ? 1 : 0;
    if (this.line <= 240 || this.line === this.preRenderLine) {
      if (wasRendering && !willRender && this.traits.losesOamRows) this.corruptionSeenNow = 1;
      if (!wasRendering && willRender && this.corruptionPending !== 0 && alignment >= 2) {
        this.corruptionAvoided = 1;
      }
    }
    const early =
      alignment <= 1 ? oldBus & (MASK_GREYSCALE | MASK_BLUE) : this.outputMask & (MASK_GREYSCALE | MASK_BLUE);
    this.outputMask = (this.outputBits(value) & MASK_RED_GREEN) | early;
    this.maskWritten = value;
    this.wakeUp();
  }

  /** The PPUs of 50 Hz consoles have red and green the other way round. https://www.nesdev.org/wiki/PPU_registers#PPUMASK */
  private outputBits(mask: number): number {
    if (this.region.name === "ntsc") return mask;
    return (mask & ~MASK_RED_GREEN) | ((mask & MASK_RED) << 1) | ((mask & MASK_GREEN) >> 1);
  }

  /** During rendering a write only moves OAMADDR, and by a whole sprite. */
  private writeOam(value: number): void {
    if (this.blanking() === 0 || this.refreshesOam()) {
      this.oamAddress = (this.oamAddress + 4) & 0xfc;
      return;
    }
    this.countedHeight = 0;
    this.oam[this.oamAddress] = (this.oamAddress & 3) === 2 ? value & OAM_ATTRIBUTE_BITS : value;
    this.oamAddress = (this.oamAddress + 1) & 0xff;
  }

  /**
   * 256 writes of $2004, one each second CPU cycle from `firstCycle` to `lastCycle`, with the bytes at
   * `from`. False, and nothing done, unless all of them fall into vertical blank and none is under way.
   */
  fillOam(bytes: Uint8Array, from: number, firstCycle: number, lastCycle: number): boolean {
    this.runToUnits(firstCycle, 0);
    if (this.busy === 1 || this.line < this.region.vblankLine || this.line >= this.preRenderLine)
      return false;
    const blankDots = (this.preRenderLine - this.line) * DOTS_PER_LINE - this.dot;
    if (this.timeUnits + blankDots * this.dotUnits <= this.cycleUnits(lastCycle + 1)) return false;
    this.steadyUntilUnits = 0;
    this.countedHeight = 0;
    for (let at = 0; at < OAM_BYTES; at++) {
      const address = (this.oamAddress + at) & 0xff;
      const value = bytes[from + at];
      this.oam[address] = (address & 3) === 2 ? value & OAM_ATTRIBUTE_BITS : value;
    }
    this.driveBusLatch(bytes[from + OAM_BYTES - 1], lastCycle);
    return true;
  }

  /**
   * The 2C07 walks OAM from its line 265 on, so that it does not decay in the long vertical blank: writes
   * get in its way. https://www.nesdev.org/wiki/PPU_OAM#Dynamic_RAM_decay
   */
  private refreshesOam(): boolean {
    return this.line >= PAL_REFRESH_LINE && this.region.name === "pal" && (this.mask & MASK_RENDERING) !== 0;
  }

  private writeScroll(value: number, oldBus: number): void {
    this.setScroll(oldBus);
    this.scrollWritten = value;
    this.scrollDelayDots = this.dotsAlignment() === 2 ? 2 : 1;
    this.wakeUp();
  }

  private setScroll(value: number): void {
    if (this.toggle === 0) {
      this.fineX = value & 7;
      this.t = (this.t & 0x7fe0) | (value >> 3);
    } else {
      this.t = (this.t & 0x0c1f) | ((value & 0xf8) << 2) | ((value & 7) << 12);
    }
  }

  private writeAddress(value: number): void {
    if (this.toggle === 0) {
      this.t = (this.t & 0x00ff) | ((value & 0x3f) << 8);
    } else {
      this.t = (this.t & 0x7f00) | value;
      this.addressDelayDots = this.dotsAlignment() === 2 ? 5 : 4;
      this.wakeUp();
    }
    this.toggle ^= 1;
  }

  /** First thing in a dot: a $2005 write takes effect. */
  protected landScroll(): void {
    if (this.scrollDelayDots === 0 || --this.scrollDelayDots > 0) return;
    this.setScroll(this.scrollWritten);
    this.toggle ^= 1;
  }

  /** Before sprite evaluation: v takes over t after the second write of $2006. */
  protected landAddress(): void {
    if (this.addressDelayDots === 0 || --this.addressDelayDots > 0) return;
    this.v = this.t;
    this.addressBus = this.v;
  }

  /** Between sprite evaluation and the pixel: PPUMASK takes effect. */
  protected landMask(): void {
    if (this.maskDelayDots > 0 && --this.maskDelayDots === 0) {
      this.mask = this.maskWritten;
      this.moveIdleColour();
      this.moveIdleColour();
    }
    if (this.corruptionDelayDots > 0 && --this.corruptionDelayDots === 0) this.noticeRenderingEnd();
    if (this.outputMaskDelayDots > 0 && --this.outputMaskDelayDots === 0) {
      this.outputMask = this.outputBits(this.maskWritten);
    }
  }

  private noticeRenderingEnd(): void {
    if (!this.traits.losesOamRows) return;
    if (this.renderingBeforeMaskWrite === 0 || (this.maskWritten & MASK_RENDERING) !== 0) return;
    if (this.line >= 240 && this.line !== this.preRenderLine) return;
    if (this.corruptionPending === 0) this.corruptionSeen = 1;
  }

  /** 1 when nothing renders: rendering is off, or the line is not one that renders. */
  protected blanking(): number {
    if ((this.mask & MASK_RENDERING) === 0) return 1;
    return this.line >= 240 && this.line !== this.preRenderLine ? 1 : 0;
  }

  /** How far the PPU's dots lie behind the start of a CPU cycle, in master clocks: 0–3. */
  protected abstract dotsAlignment(): number;

  protected vblankLevel(): number {
    return this.vblank === 1 && (this.control & CTRL_NMI) !== 0 ? 1 : 0;
  }

  /** Sets all bits of the latch to `value` and restarts their decay. */
  private driveBusLatch(value: number, cycle: number): number {
    this.lowDecayUnits = this.cycleUnits(cycle) + BUS_DECAY_DOTS * this.dotUnits;
    this.highDecayUnits = this.lowDecayUnits;
    this.busLatch = value;
    return value;
  }

  /** $2002 drives the bits above the lower five only. */
  private driveStatusBits(status: number, cycle: number): number {
    this.busLatch = status | (this.decayedBusLatch(cycle) & BUS_LOW_BITS);
    this.highDecayUnits = this.cycleUnits(cycle) + BUS_DECAY_DOTS * this.dotUnits;
    return this.busLatch;
  }

  private decayedBusLatch(cycle: number): number {
    const nowUnits = this.cycleUnits(cycle);
    if (nowUnits >= this.lowDecayUnits) this.busLatch &= ~BUS_LOW_BITS;
    if (nowUnits >= this.highDecayUnits) this.busLatch &= BUS_LOW_BITS;
    return this.busLatch;
  }
}

/** Reads last until 7 master clocks into a CPU cycle, in half master clocks; so does the data of $2007. */
export const END_OF_READ_UNITS = 14;
/** The CPU samples NMI 4 master clocks into a cycle. */
export const NMI_SAMPLE_UNITS = 8;
/** The CPU's data reaches PPUCTRL 2 master clocks into a write cycle. */
const CONTROL_VALID_UNITS = 4;
