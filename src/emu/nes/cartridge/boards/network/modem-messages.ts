import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import type { Mailbox } from "./mailbox.ts";
import { ANSWER_SLOTS, LINK_BYTES, MESSAGE_HEAD, type MessageBytes, ModemLink } from "./modem-link.ts";
import { CPU2_RAM_BYTES, type ModemProcessor, type ProcessorParts } from "./modem-processor.ts";

const LINK = 0;
const MODE = LINK_BYTES;
const LINES = 6; // as written to $4127

/** The word: periods of 1/1200 s until a call has failed, 0 if there is none. */
const CALL = 0;

// Modes.
const DISCONNECTED = 0;
const DIALING = 1;
const WAITING_FOR_CALL = 4;
const TONES = 5;
const LAST_MODE = 7;

// $4127
const LINES_AT_START = 0xfe;
const RED_LAMP = 0x02;
const GREEN_LAMP = 0x04;
const ON_HOOK = 0x10;
const AUDIO_OFF = 0x40;
const PIN_19 = 0x80;

const FAILED = 0xe1;
const BAD_COMMAND = 0;
const BAD_COUNT = 1;
const NO_DIAL_TONE = 1;

const TICKS_PER_SECOND = 1200;
/** How long CPU2 listens for a dial tone is not known. */
const DIAL_TONE_TICKS = 3 * TICKS_PER_SECOND;
const DELAY_TICKS = TICKS_PER_SECOND / 5;
/** Bytes of a command string: up to 60, each of which waits up to 128 × 0.2 s. */
const MAX_DIAL_BYTES = 60;
const MAX_CALL_TICKS = DIAL_TONE_TICKS + MAX_DIAL_BYTES * 128 * DELAY_TICKS;

/** What command $03 says first: revision 3 of the program, the sum of its bytes, and the modem's lines. */
const REVISION = [0x03, 0x0c, 0xaf, 0x81, 0xfb];

const KEY_POLYNOMIAL = 0xa1c1; // $8385, the low bit first
const KEY_START = 0x35ac;

/** The status of a UART at rest. */
const UART_AT_REST = 0x3f;

interface Command {
  /** The fewest and the most bytes that it takes. */
  readonly counts: readonly [fewest: number, most: number];
  /** The modes that allow it. */
  readonly modes: readonly number[];
}

const IN_ALL = [0, 1, 2, 3, 4, 5];
const WHILE_NOT_BUSY = [0, 2, 5];

/** https://www.nesdev.org/wiki/Famicom_Network_System#Commands_Written_by_the_Famicom_to_CPU2 */
const COMMANDS: ReadonlyMap<number, Command> = new Map([
  [0x00, { counts: [0, MAX_DIAL_BYTES], modes: [0] }],
  [0x01, { counts: [1, 1], modes: [2] }],
  [0x02, { counts: [2, 2], modes: [0] }],
  [0x03, { counts: [0, 0], modes: [...IN_ALL, 6, 7] }],
  [0x10, { counts: [40, 40], modes: WHILE_NOT_BUSY }],
  [0x11, { counts: [127, 127], modes: WHILE_NOT_BUSY }],
  [0x12, { counts: [3, 252], modes: WHILE_NOT_BUSY }],
  [0x40, { counts: [1, 252], modes: [2] }],
  [0x41, { counts: [1, 100], modes: [5] }],
  [0x60, { counts: [6, 6], modes: [0] }],
  [0x61, { counts: [0, 0], modes: [1, 3, 4] }],
  [0x62, { counts: [1, 1], modes: WHILE_NOT_BUSY }],
  [0x63, { counts: [0, 0], modes: IN_ALL }],
  [0x64, { counts: [1, 1], modes: WHILE_NOT_BUSY }],
  [0x65, { counts: [2, 2], modes: WHILE_NOT_BUSY }],
  [0x66, { counts: [2, 2], modes: WHILE_NOT_BUSY }],
  [0x67, { counts: [2, 2], modes: [0, 5] }],
  [0x68, { counts: [1, 1], modes: [0, 5] }],
  [0x69, { counts: [10, 10], modes: [0] }],
  [0x6a, { counts: [80, 80], modes: WHILE_NOT_BUSY }],
  [0x7b, { counts: [0, 255], modes: IN_ALL }],
  [0x7c, { counts: [5, 5], modes: IN_ALL }],
  [0x7d, { counts: [5, 255], modes: IN_ALL }],
  [0x7e, { counts: [5, 5], modes: IN_ALL }],
  [0x7f, { counts: [5, 5], modes: IN_ALL }],
]);

/**
 * Takes the place of CPU2 if its program is missing: it answers the documented commands as CPU2 does without
 * a telephone line. A call fails because there is no dial tone, and nobody calls. Commands that use the unit
 * for numbers of 326 bits ($10, $11) get no answer, because that unit is not understood. Programs can read
 * and write RAM, but the code that they put there does not run.
 */
export class ModemMessages implements ModemProcessor {
  readonly rate = 0;
  readonly uartStatus = UART_AT_REST;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #ram: Uint8Array;
  readonly #link: ModemLink;

  constructor({ bytes, words, ram }: ProcessorParts, mailbox: Mailbox) {
    this.#bytes = bytes;
    this.#words = words;
    this.#ram = ram;
    const state = bytes.subarray(LINK, LINK + LINK_BYTES);
    this.#link = new ModemLink(state, ram, mailbox, (message) => this.#handle(message));
  }

  reset(): void {
    this.#bytes[MODE] = DISCONNECTED;
    this.#bytes[LINES] = LINES_AT_START;
    this.#words[CALL] = 0;
    this.#link.reset();
  }

  run(_cycles: number, ticks: number): void {
    const words = this.#words;
    if (words[CALL] === 0) return;
    words[CALL] = Math.max(0, words[CALL] - ticks);
    if (words[CALL] !== 0) return;
    this.#bytes[MODE] = DISCONNECTED;
    this.#link.answer(0x80, [NO_DIAL_TONE]);
  }

  flagsWritten(): void {
    this.#link.flagsWritten();
  }

  declareState(state: StateCheck): void {
    this.#link.declareState(state);
    state.slots("modem.mode", this.#bytes, range(0, LAST_MODE), MODE, 1);
    state.slots("modem.call", this.#words, range(0, MAX_CALL_TICKS), CALL, 1);
  }

  /** Checks a message, as CPU2's table of commands does, and acts on it. */
  #handle(message: MessageBytes): void {
    const [code = 0, count = 0] = message;
    const command = COMMANDS.get(code);
    const bytes = message.subarray(MESSAGE_HEAD);
    if (command === undefined || !command.modes.includes(this.#bytes[MODE])) this.#fail(BAD_COMMAND, message);
    else if (count < command.counts[0] || count > command.counts[1]) this.#fail(BAD_COUNT, message);
    else if (code >= 0x7c) this.#runKeyed(code, bytes);
    else if (code >= 0x60) this.#control(code, bytes);
    else this.#obey(code, message, bytes);
  }

  #fail(reason: number, message: MessageBytes): void {
    this.#link.answer(FAILED, [reason, message[0]!, message[MESSAGE_HEAD] ?? 0]);
  }

  #obey(code: number, message: MessageBytes, bytes: Uint8Array): void {
    if (code === 0x00) this.#dial(bytes);
    else if (code === 0x02) this.#bytes[MODE] = WAITING_FOR_CALL;
    else if (code === 0x03) {
      const { [MODE]: mode, [LINES]: lines } = this.#bytes;
      this.#link.answer(0x83, [...REVISION, lines!, mode!, ANSWER_SLOTS, 0, 0]);
    } else if (code === 0x12) {
      const crc = chosenCrc(message);
      this.#link.answer(0x92, [crc >> 8, crc & 0xff]);
    }
  }

  /** Waits as the command string says, and then for the dial tone, the first byte from $40 to $7F. */
  #dial(string: Uint8Array): void {
    let ticks = DIAL_TONE_TICKS;
    for (const byte of string) {
      if (byte >= 0x40 && byte < 0x80) break;
      if (byte >= 0x80) ticks += (byte - 0x7f) * DELAY_TICKS;
    }
    this.#bytes[MODE] = DIALING;
    this.#words[CALL] = ticks;
  }

  #control(code: number, bytes: Uint8Array): void {
    switch (code) {
      case 0x61:
        this.#words[CALL] = 0;
        this.#bytes[MODE] = DISCONNECTED;
        break;
      case 0x64:
        this.#setLine(ON_HOOK, bytes[0]!);
        break;
      case 0x65:
        this.#setLine(AUDIO_OFF, bytes[0]!);
        this.#setLine(PIN_19, bytes[1]!);
        break;
      case 0x66:
        this.#setLine(RED_LAMP, bytes[0]!);
        this.#setLine(GREEN_LAMP, bytes[1]!);
        break;
      case 0x67:
        this.#bytes[MODE] = bytes[0] === 0 ? DISCONNECTED : TONES;
        break;
      case 0x7b:
        this.reset();
        break;
      default: // settings of a call that never comes about
    }
  }

  /** 0 leaves a line as it is, 1 pulls it low, other values let it go. */
  #setLine(line: number, value: number): void {
    if (value === 1) this.#bytes[LINES] &= ~line;
    else if (value !== 0) this.#bytes[LINES] |= line;
  }

  /** The commands that begin with a key, without which CPU2 ignores them. */
  #runKeyed(code: number, bytes: Uint8Array): void {
    if (keyCrc(bytes) !== 0) return;
    const address = (bytes[2]! << 8) | bytes[3]!;
    if (code === 0x7d) {
      for (let i = 4; i < bytes.length; i++) {
        const at = (address + i - 4) & 0xffff;
        if (at < CPU2_RAM_BYTES) this.#ram[at] = bytes[i]!;
      }
    } else if (code === 0x7c && address < 0x8000 && bytes[4]! < 0x39) {
      const read = (at: number): number => (at < CPU2_RAM_BYTES ? this.#ram[at]! : 0);
      this.#link.answer(
        0xf0,
        Array.from({ length: bytes[4]! }, (_, i) => read(address + i)),
      );
    }
  }
}

/** A CRC of 16 bits, the low bit first. */
function crc16(bytes: Uint8Array, start: number, polynomial: number): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >> 1) ^ polynomial : crc >> 1;
  }
  return crc;
}

/** The CRC of a command with a key, from its last byte back to the key: 0 if the key is right. */
function keyCrc(bytes: Uint8Array): number {
  return crc16(bytes.toReversed(), KEY_START, KEY_POLYNOMIAL);
}

/**
 * The CRC of command $12: the byte before its bytes is both bytes of the first value, and the first two are
 * the polynomial in reciprocal form, whose lowest bit becomes the highest of the shifted value.
 */
function chosenCrc(message: MessageBytes): number {
  const start = message[2]! * 0x101;
  const polynomial = 0x8000 | (((message[MESSAGE_HEAD]! << 8) | message[MESSAGE_HEAD + 1]!) >> 1);
  return crc16(message.subarray(MESSAGE_HEAD + 2), start, polynomial);
}
