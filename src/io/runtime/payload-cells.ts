const FREE = 0;
const TAKEN = 1;
/** Where the next producer begins its search. Only a hint: the cell may be taken. */
const HINT = 0;
/** The first state. The hint has a cache line of its own. */
const STATES = 16;

/** Shared memory for the bytes of posts: cells of one size, each free or taken. */
export interface CellMemory {
  readonly states: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly cellBytes: number;
}

/** Reserves `count` cells of `cellBytes` each. */
export function createCells(count: number, cellBytes: number): CellMemory {
  return {
    states: new Int32Array(new SharedArrayBuffer((STATES + count) * 4)),
    bytes: new Uint8Array(new SharedArrayBuffer(count * cellBytes)),
    cellBytes,
  };
}

/**
 * The cells as any thread sees them. A producer takes one by compare-exchange, fills it and posts its number;
 * the reader of the post copies the bytes and frees the cell. If a thread is terminated while it fills a
 * cell, that cell is lost.
 */
export class PayloadCells {
  readonly #memory: CellMemory;
  readonly #count: number;

  constructor(memory: CellMemory) {
    this.#memory = memory;
    this.#count = memory.states.length - STATES;
  }

  /** The maximum number of bytes that one post can carry. */
  get cellBytes(): number {
    return this.#memory.cellBytes;
  }

  /** Puts bytes into a free cell; returns its number, or −1 if all are taken. */
  put(bytes: Uint8Array): number {
    const { states, bytes: memory, cellBytes } = this.#memory;
    const first = Atomics.add(states, HINT, 1) >>> 0;
    for (let at = 0; at < this.#count; at++) {
      const cell = (first + at) % this.#count;
      if (Atomics.compareExchange(states, STATES + cell, FREE, TAKEN) !== FREE) continue;
      memory.set(bytes, cell * cellBytes);
      return cell;
    }
    return -1;
  }

  /** Returns a copy of a cell's first `length` bytes and frees the cell. */
  take(cell: number, length: number): Uint8Array {
    const { bytes, cellBytes } = this.#memory;
    const copy = bytes.slice(cell * cellBytes, cell * cellBytes + length);
    this.free(cell);
    return copy;
  }

  free(cell: number): void {
    Atomics.store(this.#memory.states, STATES + cell, FREE);
  }
}
