import { defineFields, FLAG, range } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import { Envelope } from "./envelope.ts";
import { LengthCounter } from "./length-counter.ts";

/** Shorter periods, and targets above 11 bits, silence the channel. */
const SHORTEST_PERIOD = 8;
const LONGEST_PERIOD = 0x7ff;

/** Output by duty × 8 + position; the position counts down from 0. https://www.nesdev.org/wiki/APU_Pulse */
export const DUTY_HIGH = new Uint8Array([
  ...[0, 0, 0, 0, 0, 0, 0, 1],
  ...[0, 0, 0, 0, 0, 0, 1, 1],
  ...[0, 0, 0, 0, 1, 1, 1, 1],
  ...[1, 1, 1, 1, 1, 1, 0, 0],
]);

/** Steps until the output changes, by duty × 8 + position. */
const STEPS_TO_EDGE = DUTY_HIGH.map((high, at) => {
  let steps = 1;
  while (DUTY_HIGH[(at & 24) | ((at - steps) & 7)] === high) steps++;
  return steps;
});

/**
 * A pulse channel with its sweep unit. It advances from edge to edge; while silent it only updates its phase.
 */
export class Pulse {
  readonly envelope = new Envelope();
  readonly length = new LengthCounter();

  duty = 0;
  /** The 11-bit period register: a step takes 2 × (period + 1) CPU cycles. */
  period = 0;
  /** 0–7, counting down. */
  position = 0;
  /** The put cycle of the next step. */
  tickCycle = 1;

  sweepEnabled = 0;
  sweepPeriod = 0;
  sweepNegate = 0;
  sweepShift = 0;
  sweepReload = 0;
  lateSweepReload = 0;
  sweepDivider = 0;

  /** Current output, 0–15. */
  level = 0;
  /** The cycle of the next change of `level`; NEVER while silent. */
  edgeCycle = NEVER;

  /**
   * 1 for pulse 1: its adder gets no carry in, so its negation is one's complement and subtracts one more.
   */
  readonly negateExtra: number;
  readonly #swapsDuty: boolean;

  /** `swapsDuty` swaps duties 1 and 2, as in UMC's clones. */
  constructor(negateExtra: number, swapsDuty = false) {
    this.negateExtra = negateExtra;
    this.#swapsDuty = swapsDuty;
  }

  /**
   * Writes $4000–$4003. `late` is true if a frame clock follows in the next cycle. Call `update` afterwards.
   */
  write(register: number, value: number, late: boolean): void {
    switch (register) {
      case 0:
        this.duty = this.#swapsDuty ? ((value >> 7) & 1) | ((value >> 5) & 2) : value >> 6;
        this.envelope.write(value);
        this.length.setHalt((value >> 5) & 1, late);
        break;
      case 1:
        this.sweepEnabled = value >> 7;
        this.sweepPeriod = (value >> 4) & 7;
        this.sweepNegate = (value >> 3) & 1;
        this.sweepShift = value & 7;
        if (late) this.lateSweepReload = 1;
        else this.sweepReload = 1;
        break;
      case 2:
        this.period = (this.period & 0x700) | value;
        break;
      default:
        this.period = (this.period & 0xff) | ((value & 7) << 8);
        this.length.load(value >> 3, late);
        this.position = 0;
        this.envelope.restart(late);
    }
  }

  /** The sweep's target period. It can silence the channel even while the sweep is off. */
  get targetPeriod(): number {
    const change = this.period >> this.sweepShift;
    return this.sweepNegate === 1 ? this.period - change - this.negateExtra : this.period + change;
  }

  /** True if the period or its target is out of range, which silences the channel. */
  get outOfRange(): boolean {
    return this.period < SHORTEST_PERIOD || this.targetPeriod > LONGEST_PERIOD;
  }

  /** Applies a half-frame clock to the sweep. Call `update` afterwards. */
  clockSweep(): void {
    if (
      this.sweepDivider === 0 &&
      this.sweepEnabled === 1 &&
      this.sweepShift > 0 &&
      this.length.count > 0 &&
      !this.outOfRange
    ) {
      this.period = this.targetPeriod;
    }
    if (this.sweepDivider === 0 || this.sweepReload === 1) {
      this.sweepDivider = this.sweepPeriod;
      this.sweepReload = 0;
    } else {
      this.sweepDivider--;
    }
    this.sweepReload |= this.lateSweepReload;
    this.lateSweepReload = 0;
  }

  /** Does the steps up to and including `cycle`. The channel must be silent or have no edge among them. */
  sync(cycle: number): void {
    if (this.tickCycle > cycle) return;
    const stepCycles = (this.period + 1) << 1;
    const steps = (((cycle - this.tickCycle) / stepCycles) | 0) + 1;
    this.position = (this.position - steps) & 7;
    this.tickCycle += steps * stepCycles;
  }

  /** Recomputes output and next edge after any change. */
  update(): void {
    const volume = this.length.count > 0 && !this.outOfRange ? this.envelope.output : 0;
    const at = (this.duty << 3) | this.position;
    if (volume === 0) {
      this.level = 0;
      this.edgeCycle = NEVER;
    } else {
      this.level = DUTY_HIGH[at] === 1 ? volume : 0;
      this.edgeCycle = this.tickCycle + (STEPS_TO_EDGE[at] - 1) * ((this.period + 1) << 1);
    }
  }

  /** Advances to the next edge. */
  passEdge(): void {
    const stepCycles = (this.period + 1) << 1;
    const at = (this.duty << 3) | this.position;
    this.position = (this.position - STEPS_TO_EDGE[at]) & 7;
    this.tickCycle = this.edgeCycle + stepCycles;
    const next = (this.duty << 3) | this.position;
    this.level = DUTY_HIGH[next] === 1 ? this.envelope.output : 0;
    this.edgeCycle = this.tickCycle + (STEPS_TO_EDGE[next] - 1) * stepCycles;
  }

  /** Resets: counters go to zero, `tickCycle` is the next put cycle. Registers do not change. */
  reset(tickCycle: number): void {
    this.envelope.reset();
    this.length.reset();
    this.sweepDivider = 0;
    this.sweepReload = 0;
    this.lateSweepReload = 0;
    this.position = 0;
    this.tickCycle = tickCycle;
  }

  /** Powers on: registers are also zero. */
  powerOn(tickCycle: number): void {
    this.write(0, 0, false);
    this.write(1, 0, false);
    this.write(2, 0, false);
    this.write(3, 0, false);
    this.length.powerOn();
    this.reset(tickCycle);
  }

  /** Reduces all cycles by `cycles`, for a new frame. */
  rebase(cycles: number): void {
    this.tickCycle -= cycles;
    if (this.edgeCycle !== NEVER) this.edgeCycle -= cycles;
  }
}

/** `level` and `edgeCycle` are derived from the rest: `update` computes them after a load. */
export const PULSE_FIELDS = defineFields<Pulse, "level" | "edgeCycle">()({
  duty: range(0, 3),
  period: range(0, LONGEST_PERIOD),
  position: range(0, 7),
  tickCycle: range(0, MAX_CYCLES),
  sweepEnabled: FLAG,
  sweepPeriod: range(0, 7),
  sweepNegate: FLAG,
  sweepShift: range(0, 7),
  sweepReload: FLAG,
  lateSweepReload: FLAG,
  sweepDivider: range(0, 7),
});
