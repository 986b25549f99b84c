import type { Arena } from "../../emu/arena.ts";
import { KIB } from "../../emu/units.ts";

/** The largest block that a pool may have: the longest message. */
const MAX_BLOCK_BYTES = 128 * KIB;

/** A piece of a pool's memory, lent to one owner at a time. */
export class Block {
  /** The whole block; the first `length` bytes are in use. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  length = 0;
  readonly #pool: BlockPool;
  /** Used by the pool. */
  isLent = false;

  constructor(pool: BlockPool, bytes: Uint8Array<SharedArrayBuffer>) {
    this.#pool = pool;
    this.bytes = bytes;
  }

  /** The bytes in use. */
  get content(): Uint8Array<SharedArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Returns the block to its pool. Returning it twice is a bug, and throws. */
  release(): void {
    this.#pool.takeBack(this);
  }
}

/**
 * A fixed number of equal blocks, allocated from an arena at start. When none is left, readers stop reading
 * until one is returned: peers feel TCP's backpressure, and nothing is lost. A returned block goes to the
 * caller that has waited longest, before any later `take`.
 */
export class BlockPool {
  readonly blockBytes: number;
  readonly count: number;
  readonly #free: Block[] = [];
  /** Callbacks that wait, in the order of their calls. Empty while a block is free. */
  readonly #waiting = new Set<(block: Block) => void>();

  /** Allocates `count` blocks of `blockBytes` each from `arena`, as the part `name`. */
  constructor(arena: Arena, name: string, count: number, blockBytes: number) {
    if (blockBytes > MAX_BLOCK_BYTES) throw new Error(`a block has at most ${MAX_BLOCK_BYTES} bytes`);
    this.blockBytes = blockBytes;
    this.count = count;
    for (let index = 0; index < count; index++)
      this.#free.push(new Block(this, arena.uint8(`${name}.${index}`, blockBytes, 64)));
  }

  /** Number of free blocks. */
  get available(): number {
    return this.#free.length;
  }

  /** Lends a block, or returns undefined when all are lent. */
  take(): Block | undefined {
    const block = this.#free.pop();
    if (block !== undefined) lend(block);
    return block;
  }

  /**
   * Calls `receive` once with a lent block: immediately if one is free, else when it is this caller's turn.
   * Returns a function that cancels the wait.
   */
  whenAvailable(receive: (block: Block) => void): () => void {
    const block = this.take();
    if (block !== undefined) receive(block);
    else this.#waiting.add(receive);
    return () => this.#waiting.delete(receive);
  }

  /** `Block.release` calls this. */
  takeBack(block: Block): void {
    if (!block.isLent) throw new Error("this block was given back before");
    block.isLent = false;
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#free.push(block);
      return;
    }
    this.#waiting.delete(first);
    lend(block);
    first(block);
  }
}

function lend(block: Block): void {
  block.isLent = true;
  block.length = 0;
}
