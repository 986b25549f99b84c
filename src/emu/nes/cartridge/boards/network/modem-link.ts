import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { MAILBOX_FLAGS, type Mailbox } from "./mailbox.ts";

/** How many bytes of state a link takes. */
export const LINK_BYTES = 5;

const PHASE = 0;
const POSITION = 1; // bytes of the message so far: two bytes
const OLDEST = 3; // the oldest answer that waits
const ANSWERS = 4; // their number

// PHASE
const IDLE = 0;
const RECEIVING = 1;
const OFFERING = 2;
const SENDING = 3;

// The flags of the mailbox. A side toggles bit 7 for each group of bytes; bit 6 is 0 while it sends.
const TOGGLE = 0x80;
const RELEASED = 0x40;

/** The flags that CPU2's program writes. */
const IDLE_FLAGS = 0xe0;
const LISTENING = 0x60;
const OFFER = 0x20;
const GROUP = 0xa0;

/** Bytes that go through the mailbox at once. */
const GROUP_BYTES = 3;
/** Command, count, and a byte that the count leaves out. */
export const MESSAGE_HEAD = 3;
const MAX_MESSAGE = MESSAGE_HEAD + 0xff + GROUP_BYTES;

/** Where the message that comes is in CPU2's RAM, and where its answers are: 13 of 256 bytes. */
const MESSAGE_AT = 0x0401;
const ANSWERS_AT = 0x1300;
/** How many answers can wait. */
export const ANSWER_SLOTS = 13;
const ANSWER_BYTES = 0x100;

/** A message: command, count, the byte that the count leaves out, and `count` bytes. */
export type MessageBytes = Uint8Array;

/**
 * Takes messages from the Famicom and gives it the answers, three bytes at a time, as CPU2's program does.
 * The steps follow from a program for the Famicom (https://github.com/ThroatyMumbo/FCNS-Messenger) and from
 * what CPU2's program writes to $4122 (https://www.nesdev.org/wiki/Famicom_Network_System). Here CPU2 answers
 * each step at once, and has no time-out for the next one.
 */
export class ModemLink {
  readonly #state: Uint8Array;
  readonly #ram: Uint8Array;
  readonly #mailbox: Mailbox;
  readonly #handle: (message: MessageBytes) => void;

  /** `state` are LINK_BYTES bytes. `handle` gets each whole message. */
  constructor(state: Uint8Array, ram: Uint8Array, mailbox: Mailbox, handle: (message: MessageBytes) => void) {
    this.#state = state;
    this.#ram = ram;
    this.#mailbox = mailbox;
    this.#handle = handle;
  }

  /** CPU2's program starts. */
  reset(): void {
    this.#state.fill(0, 0, LINK_BYTES);
    this.#rest();
  }

  declareState(state: StateCheck): void {
    state.slots("link.phase", this.#state, range(IDLE, SENDING), PHASE, 1);
    state.slots("link.position", this.#state, range(0, MAX_MESSAGE >> 8), POSITION + 1, 1);
    state.slots("link.oldest", this.#state, range(0, ANSWER_SLOTS - 1), OLDEST, 1);
    state.slots("link.answers", this.#state, range(0, ANSWER_SLOTS), ANSWERS, 1);
  }

  /** Adds an answer, unless too many wait. `flags` is the byte that the count leaves out. */
  answer(command: number, bytes: ArrayLike<number>, flags = 0): void {
    const state = this.#state;
    if (state[ANSWERS] === ANSWER_SLOTS) return;
    const slot = (state[OLDEST] + state[ANSWERS]) % ANSWER_SLOTS;
    const at = ANSWERS_AT + slot * ANSWER_BYTES;
    this.#ram[at] = command;
    this.#ram[at + 1] = bytes.length;
    this.#ram[at + 2] = flags;
    this.#ram.set(bytes, at + MESSAGE_HEAD);
    state[ANSWERS]++;
    this.#offer();
  }

  /** The Famicom has written its flags. */
  flagsWritten(): void {
    const flags = this.#mailbox.readByCpu2(MAILBOX_FLAGS);
    const isHigh = (flags & TOGGLE) !== 0;
    const isReleased = (flags & RELEASED) !== 0;
    switch (this.#state[PHASE]) {
      case IDLE:
        if (!isHigh && !isReleased) this.#enter(RECEIVING, LISTENING);
        else this.#offer();
        break;
      case RECEIVING:
        if (isReleased) this.#received();
        else if (isHigh !== this.#isHigh) this.#take(isHigh);
        break;
      case OFFERING:
        if (!isHigh) {
          this.#state[PHASE] = SENDING;
          this.#give(GROUP);
        }
        break;
      default:
        if (isHigh === this.#isHigh) this.#acknowledged();
    }
  }

  get #isHigh(): boolean {
    return (this.#mailbox.readByFamicom(MAILBOX_FLAGS) & TOGGLE) !== 0;
  }

  get #position(): number {
    return this.#state[POSITION] | (this.#state[POSITION + 1] << 8);
  }

  set #position(value: number) {
    this.#state[POSITION] = value & 0xff;
    this.#state[POSITION + 1] = value >> 8;
  }

  #enter(phase: number, flags: number): void {
    this.#state[PHASE] = phase;
    this.#position = 0;
    this.#mailbox.writeByCpu2(MAILBOX_FLAGS, flags);
  }

  #rest(): void {
    this.#enter(IDLE, IDLE_FLAGS);
  }

  /** Offers the oldest answer if nobody sends. */
  #offer(): void {
    const state = this.#state;
    const both = TOGGLE | RELEASED;
    const isFree = (this.#mailbox.readByCpu2(MAILBOX_FLAGS) & both) === both;
    if (state[PHASE] === IDLE && isFree && state[ANSWERS] > 0) this.#enter(OFFERING, OFFER);
  }

  /** Takes a group of bytes. Those after the longest message are dropped. */
  #take(isHigh: boolean): void {
    const at = this.#position;
    for (let i = 0; i < GROUP_BYTES && at + i < MAX_MESSAGE; i++)
      this.#ram[MESSAGE_AT + at + i] = this.#mailbox.readByCpu2(i);
    this.#position = Math.min(at + GROUP_BYTES, MAX_MESSAGE);
    this.#mailbox.writeByCpu2(MAILBOX_FLAGS, isHigh ? IDLE_FLAGS : LISTENING);
  }

  /** The Famicom has ended its message. One that is cut off is dropped. */
  #received(): void {
    const length = this.#position;
    this.#rest();
    const end = MESSAGE_HEAD + this.#ram[MESSAGE_AT + 1];
    if (length >= end) this.#handle(this.#ram.slice(MESSAGE_AT, MESSAGE_AT + end));
    this.#offer();
  }

  /** Puts the next bytes of the answer into the mailbox. */
  #give(flags: number): void {
    const at = this.#answerAt + this.#position;
    for (let i = 0; i < GROUP_BYTES; i++) this.#mailbox.writeByCpu2(i, this.#ram[at + i]);
    this.#position += GROUP_BYTES;
    this.#mailbox.writeByCpu2(MAILBOX_FLAGS, flags);
  }

  get #answerAt(): number {
    return ANSWERS_AT + this.#state[OLDEST] * ANSWER_BYTES;
  }

  #acknowledged(): void {
    const state = this.#state;
    if (this.#position < MESSAGE_HEAD + this.#ram[this.#answerAt + 1]) {
      this.#give(this.#isHigh ? OFFER : GROUP);
      return;
    }
    state[OLDEST] = (state[OLDEST] + 1) % ANSWER_SLOTS;
    if (state[ANSWERS] > 0) state[ANSWERS]--;
    this.#rest();
    this.#offer();
  }
}
