import type { VsProtection } from "../../vs-games.ts";

/**
 * The answers of the protection chips on Namco's VS. games. Only the answers are known, not the circuit.
 * https://problemkaputt.de/everynes.htm#vssystemprotections
 */
const ANSWERS: Readonly<Partial<Record<VsProtection, readonly number[]>>> = {
  "tko-boxing": hex("ffbfb797 97 17574f6f6beba9b1909414 564e6f6beba9b190d45c3e2687831351"),
  // Zeros are unknown: the game checks three of the answers. MAME and FCEU agree on them.
  "rbi-baseball": hex("00000000 b4 00000000 6f 00000000 94 00 00000000000000000000000000000000"),
  "super-xevious": hex("05018937 0500d13e"),
};

/**
 * First address of the 126 and 127 chips. A read there restarts the answers; reads of the next address return
 * them.
 */
const RESTART = 0x5e00;
const NEXT = 0x5e01;
/** Addresses that Super Xevious' board answers. */
const XEVIOUS_FIRST = 0x5400;
const XEVIOUS_LAST = 0x57ff;

/** The copy protection on the board of a VS. game. `state[at]` counts the answers that have been read. */
export class VsProtectionChip {
  readonly #kind: VsProtection;
  readonly #answers: readonly number[];
  readonly #state: Uint8Array;
  readonly #at: number;

  constructor(kind: VsProtection, state: Uint8Array, at: number) {
    this.#kind = kind;
    this.#answers = ANSWERS[kind] ?? [];
    this.#state = state;
    this.#at = at;
  }

  /** Returns true if a game with this protection has such a chip. */
  static isFor(kind: VsProtection | undefined): boolean {
    return kind !== undefined && ANSWERS[kind] !== undefined;
  }

  /** Reads `address`. Addresses that the chip does not decode give `openBus`. */
  read(address: number, openBus: number): number {
    const value = this.peek(address, openBus);
    const isAnswer = this.#isAnswer(address);
    if (isAnswer) this.#state[this.#at]++;
    else if (this.#restarts(address)) this.#state[this.#at] = 0;
    return value;
  }

  /** Like `read`, but changes nothing. */
  peek(address: number, openBus: number): number {
    if (this.#restarts(address)) return 0;
    return this.#isAnswer(address) ? this.#answers[this.#state[this.#at] % this.#answers.length] : openBus;
  }

  #restarts(address: number): boolean {
    return this.#kind !== "super-xevious" && address === RESTART;
  }

  #isAnswer(address: number): boolean {
    if (this.#kind !== "super-xevious") return address === NEXT;
    return address >= XEVIOUS_FIRST && address <= XEVIOUS_LAST;
  }
}

function hex(text: string): number[] {
  return Array.from(text.replace(/ /g, "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
