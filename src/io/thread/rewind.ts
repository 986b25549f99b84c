import type { Machine } from "../../emu/machine.ts";

/** A run's header: number of unchanged words, then number of changed words, 16 bits each. */
const MAX_RUN_WORDS = 0xffff;
/** Words of an entry besides its runs: its length at both ends, and the buttons. */
const ENTRY_WORDS = 3;

/**
 * The states before each of the last frames, as many as the memory holds: the newest whole, each older one as
 * its difference from the next (exclusive or, with runs of unchanged words left out). A frame of an NES game
 * takes a few hundred bytes. A push drops the oldest states if necessary. Nothing allocates.
 */
export class RewindBuffer {
  /** Number of states older than the newest. */
  depth = 0;
  /** States pushed after the first one, less those popped. */
  position = 0;
  readonly #ring: Int32Array;
  readonly #newest: Int32Array;
  readonly #newestBytes: Uint8Array;
  readonly #incoming: Int32Array;
  readonly #incomingBytes: Uint8Array;
  readonly #mostWords: number;
  #hasNewest = false;
  /** Where the next entry goes, and where the oldest begins, in words. */
  #head = 0;
  #tail = 0;
  #used = 0;

  /** `memory` holds the differences; a state has `stateBytes`. Throws if not even a few states fit. */
  constructor(memory: Int32Array, stateBytes: number) {
    const words = Math.ceil(stateBytes / 4);
    this.#ring = memory;
    this.#newest = new Int32Array(words);
    this.#incoming = new Int32Array(words);
    this.#newestBytes = new Uint8Array(this.#newest.buffer, 0, stateBytes);
    this.#incomingBytes = new Uint8Array(this.#incoming.buffer, 0, stateBytes);
    this.#mostWords = mostWords(stateBytes);
    if (memory.length < RewindBuffer.leastWords(stateBytes))
      throw new Error("not enough memory reserved for rewind");
  }

  /** Smallest memory, in words, that can hold states of this size. */
  static leastWords(stateBytes: number): number {
    return 2 * mostWords(stateBytes);
  }

  /** Bytes that the states take. */
  get usedBytes(): number {
    return 4 * this.#used;
  }

  /** Stores the machine's state between two frames. `buttons` were in force in the frame before it. */
  push(machine: Machine, buttons: number): void {
    if (!this.#hasNewest) {
      machine.save(this.#newestBytes);
      this.#hasNewest = true;
      return;
    }
    machine.save(this.#incomingBytes);
    while (this.#used + this.#mostWords > this.#ring.length) this.#dropOldest();
    this.#write(buttons);
    this.#newest.set(this.#incoming);
    this.depth++;
    this.position++;
  }

  /**
   * Goes back to the state before the newest one. Returns the buttons of the frame after it, −1 at the
   * oldest.
   */
  pop(): number {
    if (this.depth === 0) return -1;
    const ring = this.#ring;
    const newest = this.#newest;
    const words = ring[this.#before(this.#head, 1)]!;
    let at = this.#before(this.#head, words);
    const start = at;
    const buttons = ring[this.#after(at, 1)]! >>> 0;
    at = this.#after(at, 2);
    let word = 0;
    for (let left = words - ENTRY_WORDS; left > 0; ) {
      const head = ring[at]!;
      if (++at === ring.length) at = 0;
      word += head >>> 16;
      const count = head & MAX_RUN_WORDS;
      for (let i = 0; i < count; i++) {
        newest[word] = newest[word]! ^ ring[at]!;
        word++;
        if (++at === ring.length) at = 0;
      }
      left -= 1 + count;
    }
    this.#head = start;
    this.#used -= words;
    this.depth--;
    this.position--;
    return buttons;
  }

  /** Loads the newest state into the machine. Does nothing if there is none. */
  restore(machine: Machine): void {
    if (this.#hasNewest) machine.restore(this.#newestBytes);
  }

  #write(buttons: number): void {
    const ring = this.#ring;
    const before = this.#newest;
    const now = this.#incoming;
    const length = before.length;
    const start = this.#head;
    let at = this.#after(start, 1);
    ring[at] = buttons | 0;
    let words = 2;
    if (++at === ring.length) at = 0;
    for (let word = 0; word < length; ) {
      const first = word;
      const limit = Math.min(length, first + MAX_RUN_WORDS);
      while (word < limit && before[word] === now[word]) word++;
      if (word === length) break;
      const skipped = word - first;
      const headAt = at;
      if (++at === ring.length) at = 0;
      const from = word;
      const end = Math.min(length, from + MAX_RUN_WORDS);
      while (word < end && before[word] !== now[word]) {
        ring[at] = before[word]! ^ now[word]!;
        word++;
        if (++at === ring.length) at = 0;
      }
      ring[headAt] = (skipped << 16) | (word - from);
      words += 1 + word - from;
    }
    words++;
    ring[start] = words;
    ring[at] = words;
    if (++at === ring.length) at = 0;
    this.#head = at;
    this.#used += words;
  }

  #dropOldest(): void {
    const words = this.#ring[this.#tail]!;
    this.#tail = this.#after(this.#tail, words);
    this.#used -= words;
    this.depth--;
  }

  #after(at: number, words: number): number {
    const next = at + words;
    return next >= this.#ring.length ? next - this.#ring.length : next;
  }

  #before(at: number, words: number): number {
    const next = at - words;
    return next < 0 ? next + this.#ring.length : next;
  }
}

/** Words of the largest entry: at worst every other word differs. */
function mostWords(stateBytes: number): number {
  const words = Math.ceil(stateBytes / 4);
  return ENTRY_WORDS + words + Math.ceil(words / 2) + Math.ceil(words / MAX_RUN_WORDS) + 1;
}
