import { defineFields, FLAG, range, WORD } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import { Envelope } from "./envelope.ts";
import { LengthCounter } from "./length-counter.ts";

/** CPU cycles between shifts. https://www.nesdev.org/wiki/APU_Noise */
export const NOISE_PERIODS = {
  ntsc: new Int32Array([4, 8, 16, 32, 64, 96, 128, 160, 202, 254, 380, 508, 762, 1016, 2034, 4068]),
  pal: new Int32Array([4, 8, 14, 30, 60, 88, 118, 148, 188, 236, 354, 472, 708, 944, 1890, 3778]),
};

/** Bit 0 of the next 14 shifts is already in the register, whatever is fed in at the top. */
const KNOWN_SHIFTS = 14;
const KNOWN_MASK = (1 << KNOWN_SHIFTS) - 1;
/**
 * Number of shifts in one step. In short mode bit 6 is fed back: nine shifts use bits that are already there,
 * in long mode fourteen.
 */
const SHORT_MODE_CHUNK = 9;
const TOP_BIT = 15;
/** After a reset the timer's shift register is all zeroes, which is this many cycles from its end. */
const CYCLES_TO_FIRST_SHIFT = 4094;

/** The noise channel: a 15-bit shift register whose bit 0 silences the output. */
export class Noise {
  readonly envelope = new Envelope();
  readonly length = new LengthCounter();

  shortMode = 0;
  /** Index of the period, 0–15. A change applies from the next shift on. */
  rate = 0;
  shiftRegister = 1;
  /** The put cycle of the next shift. */
  tickCycle = 1;

  /** Current output, 0–15. */
  level = 0;
  /** The cycle of the next change of `level`, or of the next check for one; NEVER while silent. */
  edgeCycle = NEVER;
  /** Number of shifts until `edgeCycle`, for `passEdge`. */
  edgeShifts = 0;

  readonly periods: Int32Array;
  readonly #tonal: boolean;

  /** `tonal` is true if there is a short mode; the first 2A03s have none. */
  constructor(periods: Int32Array, tonal = true) {
    this.periods = periods;
    this.#tonal = tonal;
  }

  /**
   * Writes $400C–$400F. `late` is true if a frame clock follows in the next cycle. Call `update` afterwards.
   */
  write(register: number, value: number, late: boolean): void {
    switch (register) {
      case 0:
        this.envelope.write(value);
        this.length.setHalt((value >> 5) & 1, late);
        break;
      case 2:
        this.shortMode = this.#tonal ? value >> 7 : 0;
        this.rate = value & 15;
        break;
      case 3:
        this.length.load(value >> 3, late);
        this.envelope.restart(late);
        break;
    }
  }

  /** Shifts `count` times. */
  shift(count: number): void {
    const tap = this.shortMode === 1 ? 6 : 1;
    const chunk = this.shortMode === 1 ? SHORT_MODE_CHUNK : KNOWN_SHIFTS;
    let register = this.shiftRegister;
    while (count > 0) {
      const shifts = Math.min(count, chunk);
      const fed = (register ^ (register >> tap)) & ((1 << shifts) - 1);
      register = (register >> shifts) | (fed << (TOP_BIT - shifts));
      count -= shifts;
    }
    this.shiftRegister = register;
  }

  /**
   * Does the shifts up to and including `cycle`. The channel must be silent, or its output the same for all
   * of them.
   */
  sync(cycle: number): void {
    if (this.tickCycle > cycle) return;
    const shiftCycles = this.periods[this.rate];
    const shifts = (((cycle - this.tickCycle) / shiftCycles) | 0) + 1;
    this.shift(shifts);
    this.edgeShifts -= shifts;
    this.tickCycle += shifts * shiftCycles;
  }

  /** Recomputes output and next edge after any change. */
  update(): void {
    const volume = this.length.count > 0 ? this.envelope.output : 0;
    this.level = (this.shiftRegister & 1) === 0 ? volume : 0;
    if (volume === 0) this.edgeCycle = NEVER;
    else this.#findEdge();
  }

  #findEdge(): void {
    const changes = (this.shiftRegister ^ (this.shiftRegister >> 1)) & KNOWN_MASK;
    const shifts = changes === 0 ? KNOWN_SHIFTS : 32 - Math.clz32(changes & -changes);
    this.edgeShifts = shifts;
    this.edgeCycle = this.tickCycle + (shifts - 1) * this.periods[this.rate];
  }

  /** Advances to the next edge. */
  passEdge(): void {
    this.shift(this.edgeShifts);
    this.tickCycle = this.edgeCycle + this.periods[this.rate];
    this.level = (this.shiftRegister & 1) === 0 ? this.envelope.output : 0;
    this.#findEdge();
  }

  /** Resets: sound stops, the timer restarts in the put cycle `firstPut`; the shift register continues. */
  reset(firstPut: number): void {
    this.envelope.reset();
    this.length.reset();
    this.tickCycle = firstPut + CYCLES_TO_FIRST_SHIFT;
    this.rate = 0;
  }

  powerOn(firstPut: number): void {
    this.write(0, 0, false);
    this.write(2, 0, false);
    this.length.powerOn();
    this.shiftRegister = 1;
    this.reset(firstPut);
  }

  /** Reduces all cycles by `cycles`, for a new frame. */
  rebase(cycles: number): void {
    this.tickCycle -= cycles;
    if (this.edgeCycle !== NEVER) this.edgeCycle -= cycles;
  }
}

/** `level`, `edgeCycle` and `edgeShifts` are derived from the rest: `update` computes them after a load. */
export const NOISE_FIELDS = defineFields<Noise, "level" | "edgeCycle" | "edgeShifts">()({
  shortMode: FLAG,
  rate: range(0, 15),
  shiftRegister: WORD,
  tickCycle: range(0, MAX_CYCLES),
});
