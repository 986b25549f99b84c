import { defineFields, FLAG, range } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import { LengthCounter } from "./length-counter.ts";

/**
 * Below this period the waveform repeats above 27 kHz (NTSC), which does not pass the resampler. Only its
 * mean is audible, so single steps are not needed.
 */
const FIRST_AUDIBLE_PERIOD = 2;

/** The triangle channel. https://www.nesdev.org/wiki/APU_Triangle */
export class Triangle {
  readonly length = new LengthCounter();

  control = 0;
  linearPeriod = 0;
  linearCount = 0;
  linearReload = 0;
  /** A reload written in the cycle before a clock is seen only by the clock after it. */
  lateLinearReload = 0;
  /** The 11-bit period register: a step takes period + 1 CPU cycles. */
  period = 0;
  /** 0–31: 15 down to 0 and up again. */
  position = 0;
  tickCycle = 0;

  /** 1 while both counters are nonzero, so that the position moves. */
  running = 0;
  /** 1 while it runs too fast to be heard: the output is then the mean of all sixteen levels. */
  ultrasonic = 0;
  /** The cycle of the next audible step; NEVER if there is none. */
  edgeCycle = NEVER;

  /**
   * Writes $4008–$400B. `late` is true if a frame clock follows in the next cycle. Call `update` afterwards.
   */
  write(register: number, value: number, late: boolean): void {
    switch (register) {
      case 0:
        this.control = value >> 7;
        this.linearPeriod = value & 0x7f;
        this.length.setHalt(this.control, late);
        break;
      case 1:
        break;
      case 2:
        this.period = (this.period & 0x700) | value;
        break;
      default:
        this.period = (this.period & 0xff) | ((value & 7) << 8);
        this.length.load(value >> 3, late);
        if (late) this.lateLinearReload = 1;
        else this.linearReload = 1;
    }
  }

  /** Applies a quarter-frame clock. Call `update` afterwards. */
  clockLinear(): void {
    if (this.linearReload === 1) this.linearCount = this.linearPeriod;
    else if (this.linearCount > 0) this.linearCount--;
    if (this.control === 0) this.linearReload = 0;
    this.linearReload |= this.lateLinearReload;
    this.lateLinearReload = 0;
  }

  /** Does the steps up to and including `cycle`. */
  sync(cycle: number): void {
    if (this.tickCycle > cycle) return;
    const stepCycles = this.period + 1;
    const steps = (((cycle - this.tickCycle) / stepCycles) | 0) + 1;
    if (this.running === 1) this.position = (this.position + steps) & 31;
    this.tickCycle += steps * stepCycles;
  }

  /** Recomputes, after any change, whether it runs and when its next step is. */
  update(): void {
    this.running = this.length.count > 0 && this.linearCount > 0 ? 1 : 0;
    this.ultrasonic = this.running === 1 && this.period < FIRST_AUDIBLE_PERIOD ? 1 : 0;
    this.edgeCycle = this.running === 1 && this.ultrasonic === 0 ? this.tickCycle : NEVER;
  }

  /** Advances to the next step. */
  passEdge(): void {
    this.position = (this.position + 1) & 31;
    this.tickCycle += this.period + 1;
    this.edgeCycle = this.tickCycle;
  }

  /** The level, 0–15. A stopped triangle holds its level. */
  get level(): number {
    return this.position < 16 ? 15 - this.position : this.position - 16;
  }

  /** Resets: sound stops, the position does not change. */
  reset(tickCycle: number): void {
    this.length.reset();
    this.linearCount = 0;
    this.linearReload = 0;
    this.lateLinearReload = 0;
    this.tickCycle = tickCycle;
  }

  powerOn(tickCycle: number): void {
    this.write(0, 0, false);
    this.write(2, 0, false);
    this.write(3, 0, false);
    this.length.powerOn();
    this.position = 0;
    this.reset(tickCycle);
  }

  /** Reduces all cycles by `cycles`, for a new frame. */
  rebase(cycles: number): void {
    this.tickCycle -= cycles;
    if (this.edgeCycle !== NEVER) this.edgeCycle -= cycles;
  }
}

/** `running`, `ultrasonic` and `edgeCycle` are derived from the rest: `update` computes them after a load. */
export const TRIANGLE_FIELDS = defineFields<Triangle, "running" | "ultrasonic" | "edgeCycle">()({
  control: FLAG,
  linearPeriod: range(0, 0x7f),
  linearCount: range(0, 0x7f),
  linearReload: FLAG,
  lateLinearReload: FLAG,
  period: range(0, 0x7ff),
  position: range(0, 31),
  tickCycle: range(0, MAX_CYCLES),
});
