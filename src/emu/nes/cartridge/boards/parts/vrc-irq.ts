import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { NEVER } from "../../../interrupts.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "./timed-board.ts";

// Registers from here on belong to the interrupt unit.
const LATCH = 240;
const CONTROL = 241; // MEA: cycle mode, enabled, enabled after acknowledge
const COUNTER = 242;
const PRESCALER_WORD = 61;

const ENABLED_AFTER_ACKNOWLEDGE = 1;
const ENABLED = 2;
const CYCLE_MODE = 4;

/** A scanline is 341 dots; the prescaler counts three per cycle. */
const PRESCALER_DOTS = 341;
const DOTS_PER_CYCLE = 3;

/**
 * Konami's interrupt unit, the same in VRC4, VRC6 and VRC7: an 8-bit counter that counts up from a latch,
 * every cycle or, with a prescaler, every 341 dots. https://www.nesdev.org/wiki/VRC_IRQ
 */
export abstract class VrcIrqBoard extends TimedBoard {
  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqControl", this.registers, range(0, 7), CONTROL, 1);
    state.slots("board.prescaler", this.words, range(0, PRESCALER_DOTS), PRESCALER_WORD, 1);
  }

  protected writeIrqLatch(value: number): void {
    this.registers[LATCH] = value;
  }

  protected writeIrqLatchLow(value: number): void {
    this.registers[LATCH] = (this.registers[LATCH] & 0xf0) | (value & 0x0f);
  }

  protected writeIrqLatchHigh(value: number): void {
    this.registers[LATCH] = (this.registers[LATCH] & 0x0f) | ((value & 0x0f) << 4);
  }

  protected writeIrqControl(value: number, cycle: number): void {
    this.registers[CONTROL] = value & 7;
    this.words[PRESCALER_WORD] = PRESCALER_DOTS;
    if ((value & ENABLED) !== 0) this.registers[COUNTER] = this.registers[LATCH];
    this.clearIrq(cycle);
  }

  protected acknowledgeIrq(cycle: number): void {
    const after = (this.registers[CONTROL] & ENABLED_AFTER_ACKNOWLEDGE) !== 0 ? ENABLED : 0;
    this.registers[CONTROL] = (this.registers[CONTROL] & ~ENABLED) | after;
    this.clearIrq(cycle);
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    if ((registers[CONTROL] & ENABLED) === 0) return;
    let left = cycles;
    let next = first;
    for (let toIrq = this.cyclesToIrq(); toIrq <= left; toIrq = this.cyclesToIrq()) {
      this.assertIrq(next + toIrq - 1);
      this.#countClocks(toIrq);
      registers[COUNTER] = registers[LATCH];
      left -= toIrq;
      next += toIrq;
    }
    this.#countClocks(left);
    if ((registers[CONTROL] & CYCLE_MODE) !== 0) words[PRESCALER_WORD] = PRESCALER_DOTS;
  }

  protected override cyclesToIrq(): number {
    const { registers, words } = this;
    if ((registers[CONTROL] & ENABLED) === 0) return NEVER;
    const clocks = 0x100 - registers[COUNTER];
    if ((registers[CONTROL] & CYCLE_MODE) !== 0) return clocks;
    return Math.ceil((words[PRESCALER_WORD] + PRESCALER_DOTS * (clocks - 1)) / DOTS_PER_CYCLE);
  }

  /** Clocks the counter for a number of cycles. It wraps at most once, in the last cycle. */
  #countClocks(cycles: number): void {
    const { registers, words } = this;
    if ((registers[CONTROL] & CYCLE_MODE) !== 0) {
      registers[COUNTER] += cycles;
      return;
    }
    const dots = DOTS_PER_CYCLE * cycles - words[PRESCALER_WORD];
    const clocks = dots < 0 ? 0 : Math.floor(dots / PRESCALER_DOTS) + 1;
    registers[COUNTER] += clocks;
    words[PRESCALER_WORD] = clocks * PRESCALER_DOTS - dots;
  }
}

/** Names of its registers. */
export const VRC_IRQ_REGISTERS: RegisterNames = {
  board: VrcIrqBoard,
  places: {
    irqLatch: LATCH,
    irqCounter: COUNTER,
  },
};
