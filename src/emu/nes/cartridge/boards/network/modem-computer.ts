import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { Cpu65C02 } from "./cpu-65c02.ts";
import { FLAG_BITS, MAILBOX_FLAGS, type Mailbox } from "./mailbox.ts";
import { CPU2_RAM_BYTES, type ModemProcessor, type ProcessorParts } from "./modem-processor.ts";
import { ModemUart } from "./modem-uart.ts";
import { type Bus65C02, CPU_65C02_BYTES } from "./registers-65c02.ts";

// Bytes, after the CPU's and the UART's.
const DATA_BUS = CPU_65C02_BYTES; // the last byte, which reads of nothing return
const PERIOD_1 = 9; // two bytes
const PERIOD_2 = 11; // two bytes
const FLAGS = 13;
const ENABLED = 14; // $412F
const MODEM_PINS = 15; // $4120
const MODEM_DATA = 16; // $4121
const UART = 17;

// FLAGS
const LOOP_1 = 1;
const LOOP_2 = 2;
const EXPIRED_1 = 4;
const EXPIRED_2 = 8;
const FLAG_BITS_USED = 0x0f;

// Words.
const DUE = 0; // cycles that the CPU is behind; negative while it is ahead in an instruction
const PRESCALER = 1;
const TIMER_1 = 2; // periods of 1/1200 s that are left, 0 if the timer stands
const TIMER_2 = 3; // cycles that are left
const UART_WORDS = 4;

const PRESCALER_CYCLES = 2048;
const MAX_PERIOD = 0x10000;
/** The longest instruction: eight cycles, or seven and one for a crossed page. */
const MAX_INSTRUCTION = 8;

// $412F: which interrupts are on.
const NMI_1 = 0x01;
const IRQ_2 = 0x40;

// $4120
const DATA_IS_INPUT = 0x40;

// $4126. Programs read $FB with an idle line; the watchdog's output is bit 2.
const LINE_IDLE = 0xfb;
const WATCHDOG = 0x04;

const ROM_START = 0xe000;

/**
 * CPU2 of the RF5A18 with its program: a 65C02 at 2.4576 MHz, 8 KiB of RAM, two timers, a UART and ports to
 * the modem's chips, which here have no telephone line: no tone, no carrier. What is not known is left out:
 * $4130–$4135, a unit for numbers of 326 bits, which is never ready; the registers of the MSM6827L, whose
 * data line reads 1. https://www.nesdev.org/wiki/Famicom_Network_System#CPU2_Known_Registers
 */
export class ModemComputer implements ModemProcessor, Bus65C02 {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #ram: Uint8Array;
  readonly #rom: Uint8Array;
  readonly #mailbox: Mailbox;
  readonly #cpu: Cpu65C02;
  readonly #uart: ModemUart;
  #isWatchdogHigh = false;

  /** `rom` is a power of two of bytes; its last byte is at $FFFF. */
  constructor({ bytes, words, ram }: ProcessorParts, mailbox: Mailbox, rom: Uint8Array) {
    this.#bytes = bytes;
    this.#words = words;
    this.#ram = ram;
    this.#rom = rom;
    this.#mailbox = mailbox;
    this.#cpu = new Cpu65C02(bytes.subarray(0, CPU_65C02_BYTES), this);
    this.#uart = new ModemUart(bytes.subarray(UART), words.subarray(UART_WORDS));
  }

  reset(): void {
    this.#bytes.fill(0, DATA_BUS);
    this.#words.fill(0, PRESCALER);
    this.#cpu.reset();
  }

  run(cycles: number, _ticks: number, isWatchdogHigh: boolean): void {
    const words = this.#words;
    this.#isWatchdogHigh = isWatchdogHigh;
    words[DUE] += cycles;
    while (words[DUE] > 0) {
      const taken = this.#cpu.step();
      words[DUE] -= taken;
      this.#runTimers(taken);
      this.#uart.run(taken);
    }
  }

  /** CPU2 reads the flags when its program wants to. */
  flagsWritten(): void {}

  get uartStatus(): number {
    return this.#uart.famicomStatus;
  }

  get rate(): number {
    return this.#uart.rate;
  }

  declareState(state: StateCheck): void {
    const bytes = this.#bytes;
    const words = this.#words;
    state.slots("cpu2.nmiLine", bytes, FLAG, CPU_65C02_BYTES - 1, 1);
    state.slots("cpu2.flags", bytes, range(0, FLAG_BITS_USED), FLAGS, 1);
    state.slots("cpu2.due", words, range(-MAX_INSTRUCTION, 0), DUE, 1);
    state.slots("cpu2.prescaler", words, range(0, PRESCALER_CYCLES - 1), PRESCALER, 1);
    state.slots("cpu2.timer1", words, range(0, MAX_PERIOD), TIMER_1, 1);
    state.slots("cpu2.timer2", words, range(0, MAX_PERIOD), TIMER_2, 1);
    this.#uart.declareState(state);
  }

  /** Timer 1's flag pulls the line while it is on, so that switching it on later also interrupts. */
  get nmi(): boolean {
    const bytes = this.#bytes;
    return (bytes[FLAGS] & EXPIRED_1) !== 0 && (bytes[ENABLED] & NMI_1) !== 0;
  }

  /** The UART never receives, and neither the modem nor the tone receiver reports anything. */
  get irq(): boolean {
    const bytes = this.#bytes;
    return (bytes[FLAGS] & EXPIRED_2) !== 0 && (bytes[ENABLED] & IRQ_2) !== 0;
  }

  read(address: number): number {
    const value = this.#valueAt(address);
    this.#bytes[DATA_BUS] = value;
    return value;
  }

  #valueAt(address: number): number {
    if (address < CPU2_RAM_BYTES) return this.#ram[address];
    if (address >= ROM_START) return this.#rom[address & (this.#rom.length - 1)];
    return address >= 0x4100 && address < 0x4140 ? this.#readRegister(address) : this.#bytes[DATA_BUS];
  }

  write(address: number, value: number): void {
    this.#bytes[DATA_BUS] = value;
    if (address < CPU2_RAM_BYTES) this.#ram[address] = value;
    else if (address >= 0x4100 && address < 0x4140) this.#writeRegister(address, value);
  }

  /** Bits that do not exist keep the value of the last access. */
  #readRegister(address: number): number {
    const bytes = this.#bytes;
    const before = bytes[DATA_BUS];
    switch (address) {
      case 0x4103:
        return (before & 0xfe) | this.#acknowledge(EXPIRED_1);
      case 0x4107:
        return (before & 0xfd) | (this.#acknowledge(EXPIRED_2) << 1);
      case 0x4110:
      case 0x4111:
      case 0x4112:
      case 0x4113:
        return this.#uart.read(address & 3);
      case 0x4120:
        return 0xff;
      case 0x4121:
        return (bytes[MODEM_PINS] & DATA_IS_INPUT) !== 0 ? 0xff : 0xfe | (bytes[MODEM_DATA] & 1);
      case 0x4122:
        return (before & ~FLAG_BITS) | (this.#mailbox.readByCpu2(MAILBOX_FLAGS) & FLAG_BITS);
      case 0x4123:
      case 0x4124:
      case 0x4125:
        return this.#mailbox.readByCpu2(address - 0x4123);
      case 0x4126:
        return LINE_IDLE | (this.#isWatchdogHigh ? WATCHDOG : 0);
      case 0x4128: // no tone
        return before & 0x07;
      case 0x412f:
        return (before & 0x06) | ((bytes[FLAGS] & EXPIRED_2) !== 0 ? IRQ_2 : 0);
      case 0x4134:
      case 0x4135:
        return before & 0xfe;
      default:
        return before;
    }
  }

  #writeRegister(address: number, value: number): void {
    const bytes = this.#bytes;
    switch (address) {
      case 0x4100:
      case 0x4101:
        bytes[PERIOD_1 + (address & 1)] = value;
        break;
      case 0x4102:
        this.#control(value, LOOP_1, TIMER_1, PERIOD_1);
        break;
      case 0x4104:
      case 0x4105:
        bytes[PERIOD_2 + (address & 1)] = value;
        break;
      case 0x4106:
        this.#control(value, LOOP_2, TIMER_2, PERIOD_2);
        break;
      case 0x4110:
      case 0x4111:
      case 0x4112:
      case 0x4113:
      case 0x4114:
        this.#uart.write(address & 7, value);
        break;
      case 0x4120:
        bytes[MODEM_PINS] = value;
        break;
      case 0x4121:
        bytes[MODEM_DATA] = value;
        break;
      case 0x4122:
        this.#mailbox.writeByCpu2(MAILBOX_FLAGS, value);
        break;
      case 0x4123:
      case 0x4124:
      case 0x4125:
        this.#mailbox.writeByCpu2(address - 0x4123, value);
        break;
      case 0x412f:
        bytes[ENABLED] = value;
        break;
      default: // lamps, relays and lines to chips that are not there
    }
  }

  /** Returns whether a timer has expired, 0 or 1, and forgets it. */
  #acknowledge(flag: number): number {
    const isSet = (this.#bytes[FLAGS] & flag) !== 0;
    this.#bytes[FLAGS] &= ~flag;
    return isSet ? 1 : 0;
  }

  /** D0 lets a timer run again and again, D1 starts it. The program stops timers with 0. */
  #control(value: number, loop: number, timer: number, period: number): void {
    this.#bytes[FLAGS] &= ~loop;
    if ((value & 1) !== 0) this.#bytes[FLAGS] |= loop;
    this.#words[timer] = (value & 2) !== 0 ? this.#period(period) : 0;
  }

  #period(at: number): number {
    return this.#bytes[at] | (this.#bytes[at + 1] << 8) || MAX_PERIOD;
  }

  #runTimers(cycles: number): void {
    const words = this.#words;
    words[PRESCALER] += cycles;
    if (words[PRESCALER] >= PRESCALER_CYCLES) {
      words[PRESCALER] -= PRESCALER_CYCLES;
      this.#countDown(TIMER_1, 1, EXPIRED_1, LOOP_1, PERIOD_1);
    }
    this.#countDown(TIMER_2, cycles, EXPIRED_2, LOOP_2, PERIOD_2);
  }

  #countDown(timer: number, by: number, expired: number, loop: number, period: number): void {
    const words = this.#words;
    if (words[timer] === 0) return;
    if (words[timer] > by) {
      words[timer] -= by;
      return;
    }
    const late = by - words[timer];
    this.#bytes[FLAGS] |= expired;
    const loops = (this.#bytes[FLAGS] & loop) !== 0;
    words[timer] = loops ? Math.max(1, this.#period(period) - late) : 0;
  }
}
