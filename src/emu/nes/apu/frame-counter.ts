import { defineFields, FLAG, range } from "../../state-fields.ts";
import { type InterruptLines, IRQ_FRAME, NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import { isGet, nextGet } from "./apu-cycle.ts";

/**
 * The CPU cycles at which the sequencer's counter reaches its marks, relative to the get cycle in which it is
 * 0. https://www.nesdev.org/wiki/APU_Frame_Counter
 */
export interface FrameCounterTimes {
  /** Put cycles of the four clocks, in four- and five-step mode. Clocks 1 and 3 are half frames too. */
  readonly clocks: readonly [Int32Array, Int32Array];
  /** The get cycle of the last mark of the four-step mode, which sets the IRQ. */
  readonly irq: number;
}

export const FRAME_COUNTER_TIMES: Readonly<Record<"ntsc" | "pal", FrameCounterTimes>> = {
  ntsc: {
    clocks: [new Int32Array([7457, 14913, 22371, 29829]), new Int32Array([7457, 14913, 22371, 37281])],
    irq: 29828,
  },
  pal: {
    clocks: [new Int32Array([8313, 16627, 24939, 33253]), new Int32Array([8313, 16627, 24939, 41565])],
    irq: 33252,
  },
};

export const NO_CLOCK = 0;
const QUARTER_FRAME = 1;
export const HALF_FRAME = 2;

const LAST_CLOCK = 3;
const LONG_AGO = -NEVER;

/**
 * The frame counter, modelled on its gates. A write to $4017 changes the inhibit flag immediately and the
 * mode at the next get cycle (1–2 cycles later). In the put cycle after that the count is reset, with a
 * half-frame clock in five-step mode; the count is 0 from the next get cycle on.
 *
 * The last mark of the four-step mode lasts two cycles, a get and a put, and holds the IRQ flag's set input
 * during both, so a read of $4015 in those cycles does not clear the flag. Bit 6 of $4015 is a copy of the
 * flip-flop's other output, taken in each get cycle. It therefore shows the mark even if the IRQ is
 * inhibited, and shows that the flag was cleared only from the next get cycle on.
 */
export class FrameCounter {
  /** Bit 7 of $4017, as written and as the sequencer sees it. */
  writtenMode = 0;
  mode = 0;
  /** Bit 6 of $4017: no IRQ. */
  inhibit = 0;
  /** 1 while the frame counter pulls the IRQ line low. */
  flag = 0;
  /** The get cycle in which the count is 0. */
  zeroCycle = 0;
  /** Index of the next clock. */
  step = 0;
  /** The get cycle that applies the written mode; NEVER if none is pending. */
  modeCycle = NEVER;
  /** The put cycle that resets the count; NEVER if none is pending. */
  resetCycle = NEVER;
  /** The get cycle of the last IRQ mark. */
  markCycle = LONG_AGO;
  /** A put cycle in which bit 6 still shows a flag that was cleared in the cycle before. */
  lingerCycle = LONG_AGO;

  readonly times: FrameCounterTimes;
  readonly lines: InterruptLines;

  constructor(times: FrameCounterTimes, lines: InterruptLines) {
    this.times = times;
    this.lines = lines;
  }

  /** The next cycle after `now` in which anything happens. */
  nextCycle(now: number): number {
    let next = this.nextClockCycle(now);
    if (this.modeCycle < next) next = this.modeCycle;
    if (this.mode === 0) {
      const mark = this.zeroCycle + this.times.irq;
      if (mark > now && mark < next) next = mark;
    }
    return next;
  }

  /** The next cycle after `now` that may clock the channels. */
  nextClockCycle(now: number): number {
    const clock = this.zeroCycle + this.times.clocks[this.mode][this.step];
    return clock > now && clock < this.resetCycle ? clock : this.resetCycle;
  }

  /** The next cycle after `now` that may pull the IRQ line. */
  nextIrqCycle(now: number): number {
    if (this.modeCycle !== NEVER || this.resetCycle !== NEVER) return this.nextCycle(now);
    if (this.mode !== 0 || this.inhibit === 1) return NEVER;
    const mark = this.zeroCycle + this.times.irq;
    return mark > now ? mark : mark + this.times.clocks[0][LAST_CLOCK] + 1;
  }

  /** Runs the start of `cycle`. Returns which clock the channels get. */
  pass(cycle: number): number {
    if (cycle === this.modeCycle) {
      this.mode = this.writtenMode;
      this.modeCycle = NEVER;
    }
    if (this.mode === 0 && cycle === this.zeroCycle + this.times.irq) {
      this.markCycle = cycle;
      this.#setFlag(cycle);
    }
    let clock = NO_CLOCK;
    if (cycle === this.zeroCycle + this.times.clocks[this.mode][this.step]) {
      clock = (this.step & 1) === 0 ? QUARTER_FRAME : HALF_FRAME;
      if (this.step++ === LAST_CLOCK) this.#zero(cycle);
    }
    if (cycle === this.resetCycle) {
      if (this.mode === 1) clock = HALF_FRAME;
      this.#zero(cycle);
      this.resetCycle = NEVER;
    }
    return clock;
  }

  #zero(cycle: number): void {
    this.zeroCycle = cycle + 1;
    this.step = 0;
  }

  /** Writes $4017 in `cycle`. */
  write(value: number, cycle: number): void {
    this.writtenMode = value >> 7;
    this.inhibit = (value >> 6) & 1;
    if (this.inhibit === 1) this.#clearFlag(cycle);
    else if (this.#markStands(cycle)) this.#setFlag(cycle);
    this.modeCycle = nextGet(cycle);
    if (this.resetCycle === NEVER) this.resetCycle = this.modeCycle + 1;
  }

  /** Bit 6 of $4015 in `cycle`. */
  status(cycle: number): number {
    return this.flag | (this.#markStands(cycle) || cycle === this.lingerCycle ? 1 : 0);
  }

  /** Notes that $4015 is read in `cycle`. */
  acknowledge(cycle: number): void {
    this.#clearFlag(cycle);
    if (this.#markStands(cycle)) this.#setFlag(cycle + 1);
  }

  #markStands(cycle: number): boolean {
    return cycle === this.markCycle || cycle === this.markCycle + 1;
  }

  /** Sets the flag. The sample of `cycle` is the first that sees the IRQ. */
  #setFlag(cycle: number): void {
    if (this.inhibit === 1 || this.writtenMode === 1) return;
    this.flag = 1;
    this.lines.assertIrq(IRQ_FRAME, cycle);
  }

  #clearFlag(cycle: number): void {
    if (this.flag === 0) return;
    this.flag = 0;
    if (isGet(cycle)) this.lingerCycle = cycle + 1;
    this.lines.clearIrq(IRQ_FRAME, cycle);
  }

  /**
   * Releases the reset line: `cycle` is the first of the seven cycles before the first opcode. The effect is
   * that of a write to $4017 9 to 12 cycles before that opcode (blargg's apu_2005.07.30, 09.reset_timing, on
   * consoles; his apu_reset/4017_timing requires 6 to 12): its delay is over, and the count is 0 in the first
   * get cycle.
   */
  reset(cycle: number): void {
    this.#clearFlag(cycle);
    this.lingerCycle = LONG_AGO;
    this.markCycle = LONG_AGO;
    this.mode = this.writtenMode;
    this.modeCycle = NEVER;
    this.resetCycle = NEVER;
    this.zeroCycle = nextGet(cycle - 1);
    this.step = 0;
  }

  powerOn(cycle: number): void {
    this.writtenMode = 0;
    this.mode = 0;
    this.inhibit = 0;
    this.flag = 0;
    this.reset(cycle);
  }

  /** Reduces all cycles by `cycles`, for a new frame. */
  rebase(cycles: number): void {
    this.zeroCycle -= cycles;
    if (this.modeCycle !== NEVER) this.modeCycle -= cycles;
    if (this.resetCycle !== NEVER) this.resetCycle -= cycles;
    if (this.markCycle !== LONG_AGO) this.markCycle = Math.max(this.markCycle - cycles, -cycles);
    if (this.lingerCycle !== LONG_AGO) this.lingerCycle = Math.max(this.lingerCycle - cycles, -cycles);
  }
}

export const FRAME_COUNTER_FIELDS = defineFields<FrameCounter>()({
  writtenMode: FLAG,
  mode: FLAG,
  inhibit: FLAG,
  flag: FLAG,
  zeroCycle: range(-MAX_CYCLES, MAX_CYCLES),
  step: range(0, LAST_CLOCK),
  modeCycle: range(0, MAX_CYCLES, NEVER),
  resetCycle: range(0, MAX_CYCLES, NEVER),
  markCycle: range(-MAX_CYCLES, MAX_CYCLES, LONG_AGO),
  lingerCycle: range(-MAX_CYCLES, MAX_CYCLES, LONG_AGO),
});
