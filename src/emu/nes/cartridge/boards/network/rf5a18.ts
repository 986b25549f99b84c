import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { FLAG_BITS, MAILBOX_BYTES, MAILBOX_FLAGS, Mailbox } from "./mailbox.ts";
import { ModemComputer } from "./modem-computer.ts";
import { ModemMessages } from "./modem-messages.ts";
import {
  type ModemProcessor,
  PROCESSOR_BYTES,
  PROCESSOR_WORDS,
  type ProcessorParts,
} from "./modem-processor.ts";

const MAILBOX = 0;
const EXPANSION = MAILBOX_BYTES; // $40D4
const IS_RUNNING = 9;
const HAS_PROGRAM = 10;
const PROCESSOR = 11;
/** How many bytes and words of a board's registers the chip takes. */
export const RF5A18_BYTES = PROCESSOR + PROCESSOR_BYTES;
export const RF5A18_WORDS = 2 + PROCESSOR_WORDS;

// Words.
const FRACTION = 0; // of a period of the crystal, in parts of the Famicom's clock rate
const PHASE = 1; // periods of the crystal, modulo PHASES
const PROCESSOR_WORD = 2;

const CRYSTAL_HZ = 19_660_800;
/** Periods of the crystal in 1/1200 s, and in a cycle of CPU2 as a power of two. */
const PHASES = 0x4000;
const CYCLE_SHIFT = 3;
const TICK_SHIFT = 14;

/** Registers of the Famicom, $40D0 + n. */
const EXPANSION_PORT = 4;
const CLOCKS = 5;
const UART_STATUS = 6;

/** What the chip is connected to. */
interface Rf5a18Parts extends ProcessorParts {
  /** CPU2's program, if the user has it. */
  readonly rom: Uint8Array | undefined;
  readonly famicomHz: number;
}

/**
 * The RF5A18, the modem's controller: CPU2 with its own crystal, and eight registers of the Famicom.
 * https://www.nesdev.org/wiki/Famicom_Network_System
 */
export class Rf5a18 {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #mailbox: Mailbox;
  readonly #processor: ModemProcessor;
  readonly #hasProgram: boolean;
  readonly #famicomHz: number;

  /** `bytes` are RF5A18_BYTES bytes, `words` RF5A18_WORDS words of a board's registers. */
  constructor({ bytes, words, ram, rom, famicomHz }: Rf5a18Parts) {
    this.#bytes = bytes;
    this.#words = words;
    this.#famicomHz = famicomHz;
    this.#hasProgram = rom !== undefined;
    this.#mailbox = new Mailbox(bytes.subarray(MAILBOX, MAILBOX + MAILBOX_BYTES));
    const parts = { bytes: bytes.subarray(PROCESSOR), words: words.subarray(PROCESSOR_WORD), ram };
    this.#processor =
      rom === undefined
        ? new ModemMessages(parts, this.#mailbox)
        : new ModemComputer(parts, this.#mailbox, rom);
  }

  powerOn(): void {
    this.#mailbox.powerOn();
    this.#bytes[HAS_PROGRAM] = Number(this.#hasProgram);
  }

  declareState(state: StateCheck): void {
    const bytes = this.#bytes;
    const kind = Number(this.#hasProgram);
    state.slots("rf5a18.isRunning", bytes, FLAG, IS_RUNNING, 1);
    state.slots("rf5a18.hasProgram", bytes, range(kind, kind), HAS_PROGRAM, 1);
    state.slots("rf5a18.fraction", this.#words, range(0, this.#famicomHz - 1), FRACTION, 1);
    state.slots("rf5a18.phase", this.#words, range(0, PHASES - 1), PHASE, 1);
    this.#processor.declareState(state);
  }

  /** The level of CPU2's reset line: true while it runs. */
  get isRunning(): boolean {
    return this.#bytes[IS_RUNNING] !== 0;
  }

  set isRunning(isRunning: boolean) {
    if (isRunning && !this.isRunning) this.#processor.reset();
    this.#bytes[IS_RUNNING] = Number(isRunning);
  }

  /** Runs for `cycles` cycles of the Famicom. */
  run(cycles: number, isWatchdogHigh: boolean): void {
    const words = this.#words;
    const parts = words[FRACTION] + cycles * CRYSTAL_HZ;
    const periods = Math.floor(parts / this.#famicomHz);
    words[FRACTION] = parts - periods * this.#famicomHz;
    const before = words[PHASE];
    const after = before + periods;
    words[PHASE] = after & (PHASES - 1);
    if (!this.isRunning) return;
    const cpuCycles = (after >> CYCLE_SHIFT) - (before >> CYCLE_SHIFT);
    this.#processor.run(cpuCycles, after >> TICK_SHIFT, isWatchdogHigh);
  }

  /** The Famicom reads register 0–7. Bits that do not exist are those of `openBus`. */
  read(register: number, openBus: number): number {
    if (register < MAILBOX_FLAGS) return this.#mailbox.readByFamicom(register);
    switch (register) {
      case MAILBOX_FLAGS:
        return (this.#mailbox.readByFamicom(register) & FLAG_BITS) | (openBus & ~FLAG_BITS);
      case EXPANSION_PORT: // the tone receiver's bits are 0
        return this.#bytes[EXPANSION] & 7;
      case CLOCKS:
        return this.#clocks() | (openBus & 0xc0);
      case UART_STATUS:
        return this.#processor.uartStatus | (openBus & 0xc0);
      default:
        return openBus;
    }
  }

  /** The Famicom writes register 0–7. */
  write(register: number, value: number): void {
    if (register === EXPANSION_PORT) this.#bytes[EXPANSION] = value;
    if (register > MAILBOX_FLAGS) return;
    this.#mailbox.writeByFamicom(register, value);
    if (register === MAILBOX_FLAGS && this.isRunning) this.#processor.flagsWritten();
  }

  /** Divided clocks: bits 0–3 and 5 of fixed rates, bit 4 of the UART's. Bit 5 is low for a cycle of CPU2. */
  #clocks(): number {
    const phase = this.#words[PHASE];
    const bit = (at: number): number => (phase >> at) & 1;
    const uart = bit(9 - this.#processor.rate) << 4;
    const slow = phase >> CYCLE_SHIFT === 0 ? 0 : 0x20;
    return bit(0) | (bit(1) << 1) | (bit(2) << 2) | (bit(5) << 3) | uart | slow;
  }
}
