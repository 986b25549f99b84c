import { defineFields, FLAG, range } from "../../state-fields.ts";

/**
 * Volume of a pulse or noise channel: constant, or a decay from 15 to 0 clocked by quarter frames.
 * https://www.nesdev.org/wiki/APU_Envelope
 */
export class Envelope {
  /** Constant volume, or the decay's period − 1. */
  volume = 0;
  constant = 0;
  loop = 0;
  start = 0;
  /** A start written in the cycle before a clock is seen only by the clock after it. */
  lateStart = 0;
  divider = 0;
  decay = 0;

  /** Writes the low six bits of $4000, $4004 or $400C: --LC VVVV. */
  write(value: number): void {
    this.volume = value & 15;
    this.constant = (value >> 4) & 1;
    this.loop = (value >> 5) & 1;
  }

  /** Call it when the channel's fourth register is written. */
  restart(late: boolean): void {
    if (late) this.lateStart = 1;
    else this.start = 1;
  }

  /** A quarter-frame clock. */
  clock(): void {
    if (this.start === 1) {
      this.start = 0;
      this.decay = 15;
      this.divider = this.volume;
    } else if (this.divider > 0) {
      this.divider--;
    } else {
      this.divider = this.volume;
      if (this.decay > 0) this.decay--;
      else if (this.loop === 1) this.decay = 15;
    }
    if (this.lateStart === 1) {
      this.start = 1;
      this.lateStart = 0;
    }
  }

  /** The volume, 0–15. */
  get output(): number {
    return this.constant === 1 ? this.volume : this.decay;
  }

  /** Resets the counters; registers do not change. */
  reset(): void {
    this.start = 0;
    this.lateStart = 0;
    this.divider = 0;
    this.decay = 0;
  }
}

export const ENVELOPE_FIELDS = defineFields<Envelope>()({
  volume: range(0, 15),
  constant: FLAG,
  loop: FLAG,
  start: FLAG,
  lateStart: FLAG,
  divider: range(0, 15),
  decay: range(0, 15),
});
