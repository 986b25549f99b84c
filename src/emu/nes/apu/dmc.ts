import { BYTE, defineFields, FLAG, range } from "../../state-fields.ts";
import { type InterruptLines, IRQ_DMC, NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import { isGet, nextGet } from "./apu-cycle.ts";

/** CPU cycles between output bits. https://www.nesdev.org/wiki/APU_DMC */
export const DMC_PERIODS = {
  ntsc: new Int32Array([428, 380, 340, 320, 286, 254, 226, 214, 190, 160, 142, 128, 106, 84, 72, 54]),
  pal: new Int32Array([398, 354, 316, 298, 276, 236, 210, 198, 176, 148, 132, 118, 98, 78, 66, 50]),
};

/** Value of `bitsDone` at the last bit of a byte. */
const LAST_BIT = 7;
/** Cycles from reset to the first bit: the timer's shift register starts at zero. */
const CYCLES_TO_FIRST_BIT = 1022;
/**
 * The fetched byte is counted, and its IRQ may begin, in the put cycle after the read. AccuracyCoin's
 * "Interrupt flag latency" and "Implicit DMA Abort" measure it.
 */
const COUNT_DELAY = 1;
const LONG_AGO = -NEVER;

/** Lets the channel run the rest of the APU up to the cycle before it changes. */
export interface DmcHost {
  runTo(cycle: number): void;
  dmcChanged(cycle: number): void;
}

/**
 * The delta modulation channel, with the gates that request its DMA. https://www.nesdev.org/wiki/APU_DMC
 *
 * Three separate mechanisms together explain all known oddities of DMC DMA:
 * - `enabled` is bit 4 of $4015, cleared by the end of a sample. Each get cycle moves it one place along a
 *   two-place delay line, `enabledBefore` and `armed`. The put cycle at which only the first is set loads
 *   address and length.
 * - `full` is set while the buffer holds a byte. When the bit counter wraps, at the start of a put cycle, it
 *   moves the byte on if the buffer was already full in the get cycle before.
 * - A DMA is requested, from the second half of a cycle on, while `armed` is set and `full` is not. It begins
 *   with the first CPU read during the request. If the request ends in the very next cycle, the CPU loses one
 *   cycle and nothing else happens; after that cycle the DMA cannot be stopped.
 */
export class Dmc {
  /**
   * The first cycle after the last one that the APU has run in which a CPU read is halted; NEVER if no byte
   * is wanted. It is a prediction: exact once the APU has run up to the cycle before. Until then it may be
   * too early (the end of a sample can still withdraw the request), but never too late unless a register is
   * written. If it is in the future in the cycle after a halt, the DMA is cancelled and the CPU continues;
   * otherwise the byte is read in the first get cycle at least two cycles after the halt.
   */
  requestCycle = NEVER;
  /** Address of the byte to fetch. */
  address = 0xc000;

  irqEnabled = 0;
  loop = 0;
  rate = 0;
  /** The output level, 0–127. */
  level = 0;
  /** $4012 and $4013, as written. */
  addressCode = 0;
  lengthCode = 0;
  /** Number of bytes to fetch after the next one. */
  bytesAfter = 0;
  irqFlag = 0;

  /** The put cycle of the next bit. */
  tickCycle = 1;
  /** Number of bits that have left the shift register, 0–7. */
  bitsDone = 0;
  shiftRegister = 0;
  silent = 1;
  buffer = 0;
  full = 0;
  /** The cycle in which the byte in the buffer was read. */
  filledCycle = LONG_AGO;
  /** The put cycle in which the byte just read is counted; NEVER if there is none. */
  countCycle = NEVER;

  enabled = 0;
  enabledBefore = 0;
  armed = 0;
  /** The next get cycle that moves the delay line; NEVER while all three are equal. */
  armCycle = NEVER;
  /** The put cycle that loads address and length; NEVER if none is pending. */
  loadCycle = NEVER;

  /** The next cycle in which `pass` has work to do: anything but bits that change no output. */
  eventCycle = NEVER;

  readonly periods: Int32Array;
  readonly lines: InterruptLines;
  readonly #host: DmcHost;
  readonly #takesNewSample: boolean;

  /**
   * `takesNewSample` is true if a wrap also moves on a byte that was read in the cycle before, as in late
   * 2A03s.
   */
  constructor(periods: Int32Array, lines: InterruptLines, host: DmcHost, takesNewSample = false) {
    this.periods = periods;
    this.lines = lines;
    this.#host = host;
    this.#takesNewSample = takesNewSample;
  }

  /** Writes $4010–$4013. */
  write(register: number, value: number, cycle: number): void {
    this.sync(cycle);
    switch (register) {
      case 0:
        this.irqEnabled = value >> 7;
        this.loop = (value >> 6) & 1;
        this.rate = value & 15;
        if (this.irqEnabled === 0) this.#clearIrq(cycle);
        break;
      case 1:
        this.level = value & 0x7f;
        break;
      case 2:
        this.addressCode = value;
        break;
      default:
        this.lengthCode = value;
    }
    this.update(cycle);
  }

  /** Writes bit 4 of $4015 in `cycle`. */
  setEnabled(enabled: number, cycle: number): void {
    this.#clearIrq(cycle);
    this.enabled = enabled;
    this.#scheduleArming(cycle);
    this.update(cycle);
  }

  /** Takes `value`, which the DMA unit has read from `address` in `cycle`. */
  deliver(value: number, cycle: number): void {
    this.#host.runTo(cycle);
    this.buffer = value;
    this.full = 1;
    this.filledCycle = cycle;
    this.countCycle = cycle + COUNT_DELAY;
    this.update(cycle);
    this.#host.dmcChanged(cycle);
  }

  /** The next cycle after `now` that may pull the IRQ line. */
  get nextIrqCycle(): number {
    return this.irqEnabled === 1 && this.bytesAfter === 0 && this.loop === 0 ? this.countCycle : NEVER;
  }

  /** Runs the start of `cycle`, which must be `eventCycle`. */
  pass(cycle: number): void {
    if (cycle === this.armCycle) this.#passArming(cycle);
    if (cycle === this.countCycle) this.#countByte(cycle);
    if (cycle === this.loadCycle) {
      this.loadCycle = NEVER;
      this.#loadSample();
    }
    this.sync(cycle - 1);
    if (cycle === this.tickCycle) this.#passBit(cycle);
    this.update(cycle);
  }

  #passArming(cycle: number): void {
    this.armed = this.enabledBefore;
    this.enabledBefore = this.enabled;
    if (this.enabledBefore === 1 && this.armed === 0) this.loadCycle = cycle + 1;
    this.armCycle = this.armed === this.enabledBefore ? NEVER : cycle + 2;
  }

  #scheduleArming(cycle: number): void {
    if (this.armCycle === NEVER && this.enabled !== this.enabledBefore) this.armCycle = nextGet(cycle);
  }

  /** Counts the byte just read. The end of the sample reloads it and, unless it loops, stops. */
  #countByte(cycle: number): void {
    this.countCycle = NEVER;
    if (this.bytesAfter === 0) {
      this.#loadSample();
      if (this.loop === 0) {
        this.enabled = 0;
        this.#scheduleArming(cycle);
        if (this.irqEnabled === 1) {
          this.irqFlag = 1;
          this.lines.assertIrq(IRQ_DMC, cycle);
        }
      }
    } else {
      this.bytesAfter--;
      this.address = this.address === 0xffff ? 0x8000 : this.address + 1;
    }
  }

  #loadSample(): void {
    this.address = 0xc000 | (this.addressCode << 6);
    this.bytesAfter = this.lengthCode << 4;
  }

  #passBit(cycle: number): void {
    if (this.silent === 0) {
      if ((this.shiftRegister & 1) === 1) {
        if (this.level <= 125) this.level += 2;
      } else if (this.level >= 2) {
        this.level -= 2;
      }
    }
    if (this.bitsDone < LAST_BIT) {
      this.shiftRegister >>= 1;
      this.bitsDone++;
    } else {
      this.bitsDone = 0;
      if (this.full === 1 && (this.#takesNewSample || this.filledCycle !== cycle - 1)) {
        this.shiftRegister = this.buffer;
        this.silent = 0;
        this.full = 0;
      } else {
        this.silent = 1;
      }
    }
    this.tickCycle = cycle + this.periods[this.rate];
  }

  /**
   * Advances over the bits up to and including `cycle`, which must not change anything: silent, with an empty
   * buffer.
   */
  sync(cycle: number): void {
    if (this.tickCycle > cycle) return;
    const period = this.periods[this.rate];
    const bits = (((cycle - this.tickCycle) / period) | 0) + 1;
    this.bitsDone = (this.bitsDone + bits) & LAST_BIT;
    this.tickCycle += bits * period;
  }

  /** The cycle in which the byte leaves the buffer, if the buffer is full. */
  get #emptyingCycle(): number {
    const period = this.periods[this.rate];
    const wrap = this.tickCycle + (LAST_BIT - this.bitsDone) * period;
    const isMissed = wrap === this.filledCycle + 1 && !this.#takesNewSample;
    return isMissed ? wrap + (LAST_BIT + 1) * period : wrap;
  }

  /** Recomputes `eventCycle` and `requestCycle` after everything up to `now` has happened. */
  update(now: number): void {
    let event = Math.min(this.armCycle, this.loadCycle);
    if (this.countCycle < event) event = this.countCycle;
    if (this.silent === 0) {
      if (this.tickCycle < event) event = this.tickCycle;
    } else if (this.full === 1) {
      this.sync(now);
      const emptying = this.#emptyingCycle;
      if (emptying < event) event = emptying;
    }
    this.eventCycle = event;
    this.requestCycle = this.findRequest(now);
  }

  /**
   * Predicts along the delay line the first cycle after `now` in which it is armed and the buffer is empty.
   */
  findRequest(now: number): number {
    let from = this.full === 1 ? this.#emptyingCycle : now + 1;
    let { armed, enabledBefore, armCycle } = this;
    while (armed === 0 || from >= armCycle) {
      if (armCycle === NEVER) return NEVER;
      if (from < armCycle) from = armCycle;
      armed = enabledBefore;
      enabledBefore = this.enabled;
      armCycle = armed === enabledBefore ? NEVER : armCycle + 2;
    }
    return from;
  }

  #clearIrq(cycle: number): void {
    if (this.irqFlag === 0) return;
    this.irqFlag = 0;
    this.lines.clearIrq(IRQ_DMC, cycle);
  }

  /** Releases the reset line before `cycle`. $4010, $4012 and $4013 do not change. */
  reset(cycle: number): void {
    this.#clearIrq(cycle);
    this.level &= 1;
    this.bytesAfter = 0;
    this.address = 0x8000;
    this.bitsDone = 0;
    this.shiftRegister = 0;
    this.silent = 1;
    this.full = 0;
    this.filledCycle = LONG_AGO;
    this.countCycle = NEVER;
    this.loadCycle = NEVER;
    this.enabled = 0;
    this.enabledBefore = 0;
    this.armed = 0;
    this.armCycle = NEVER;
    const firstPut = isGet(cycle) ? cycle + 1 : cycle;
    this.tickCycle = firstPut + CYCLES_TO_FIRST_BIT;
    this.update(cycle - 1);
  }

  powerOn(cycle: number): void {
    this.irqEnabled = 0;
    this.loop = 0;
    this.rate = 0;
    this.level = 0;
    this.addressCode = 0;
    this.lengthCode = 0;
    this.irqFlag = 0;
    this.buffer = 0;
    this.reset(cycle);
  }

  /** Reduces all cycles by `cycles`, for a new frame. */
  rebase(cycles: number): void {
    this.tickCycle -= cycles;
    if (this.filledCycle !== LONG_AGO) this.filledCycle = Math.max(this.filledCycle - cycles, -cycles);
    if (this.countCycle !== NEVER) this.countCycle -= cycles;
    if (this.armCycle !== NEVER) this.armCycle -= cycles;
    if (this.loadCycle !== NEVER) this.loadCycle -= cycles;
    if (this.eventCycle !== NEVER) this.eventCycle -= cycles;
    if (this.requestCycle !== NEVER) this.requestCycle -= cycles;
  }
}

/** `eventCycle` and `requestCycle` are derived from the rest: `update` computes them after a load. */
export const DMC_FIELDS = defineFields<Dmc, "eventCycle" | "requestCycle">()({
  address: range(0x8000, 0xffff),
  irqEnabled: FLAG,
  loop: FLAG,
  rate: range(0, 15),
  level: range(0, 127),
  addressCode: BYTE,
  lengthCode: BYTE,
  bytesAfter: range(0, 0xff0),
  irqFlag: FLAG,
  tickCycle: range(0, MAX_CYCLES),
  bitsDone: range(0, LAST_BIT),
  shiftRegister: BYTE,
  silent: FLAG,
  buffer: BYTE,
  full: FLAG,
  filledCycle: range(-MAX_CYCLES, MAX_CYCLES, LONG_AGO),
  countCycle: range(0, MAX_CYCLES, NEVER),
  enabled: FLAG,
  enabledBefore: FLAG,
  armed: FLAG,
  armCycle: range(0, MAX_CYCLES, NEVER),
  loadCycle: range(0, MAX_CYCLES, NEVER),
});
