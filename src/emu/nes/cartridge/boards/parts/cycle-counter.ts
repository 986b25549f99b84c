import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { NEVER } from "../../../interrupts.ts";
import { TimedBoard } from "./timed-board.ts";

const ENABLED = 240;
const COUNTER_WORD = 61;

/** The count after which a 16-bit counter wraps. */
const WRAP_16 = 0x10000;

/**
 * A board with a counter of cycles that asserts IRQ when it reaches its end. `afterIrq` then says how the
 * counter continues.
 */
export abstract class CycleCounter extends TimedBoard {
  /** The count at which an up counter asserts IRQ. */
  protected readonly limit: number = WRAP_16;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, ENABLED, 1);
    state.slots("board.irqCounter", this.words, range(0, this.limit), COUNTER_WORD, 1);
  }

  /** True if the counter counts down, to 0. */
  protected get countsDown(): boolean {
    return false;
  }

  /** Sets the counter after it has asserted IRQ. By default it stops at 0. */
  protected afterIrq(): void {
    this.counter = 0;
    this.isCounting = false;
  }

  protected get isCounting(): boolean {
    return this.registers[ENABLED] !== 0;
  }

  protected set isCounting(isCounting: boolean) {
    this.registers[ENABLED] = isCounting ? 1 : 0;
  }

  protected get counter(): number {
    return this.words[COUNTER_WORD];
  }

  protected set counter(count: number) {
    this.words[COUNTER_WORD] = count;
  }

  /** Sets one byte of a 16-bit counter. */
  protected setCounterByte(isHigh: boolean, value: number): void {
    const count = this.counter & 0xffff;
    this.counter = isHigh ? (count & 0xff) | (value << 8) : (count & 0xff00) | value;
  }

  protected override count(cycles: number, first: number): void {
    let left = cycles;
    let next = first;
    for (let toIrq = this.cyclesToIrq(); toIrq <= left; toIrq = this.cyclesToIrq()) {
      this.assertIrq(next + toIrq - 1);
      this.afterIrq();
      left -= toIrq;
      next += toIrq;
    }
    if (this.isCounting)
      this.counter = (this.counter + (this.countsDown ? this.limit - left : left)) % this.limit;
  }

  protected override cyclesToIrq(): number {
    if (!this.isCounting) return NEVER;
    if (this.countsDown) return this.counter === 0 ? this.limit : this.counter;
    return Math.max(1, this.limit - this.counter);
  }
}
