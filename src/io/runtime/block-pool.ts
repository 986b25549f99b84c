import type { Arena } from "../../emu/arena.ts";

/** The largest block that a pool may have: the longest message. */
export const MOST_BLOCK_BYTES = 128 * 1024;

/** A piece of a pool's memory, lent to one owner at a time. */
export class Block {
  /** The whole block; `length` of its bytes are in use. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  length = 0;
  readonly #pool: BlockPool;
  /** For the pool. */
  isLent = false;

  constructor(pool: BlockPool, bytes: Uint8Array<SharedArrayBuffer>) {
    this.#pool = pool;
    this.bytes = bytes;
  }

  /** The bytes in use. */
  get content(): Uint8Array<SharedArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Gives the block back. Giving it back twice is a bug, and throws. */
  release(): void {
    this.#pool.takeBack(this);
  }
}

/**
 * A fixed number of equal blocks, cut from an arena at start. When none is left, readers stop reading
 * until one comes back: peers then feel TCP's backpressure, and nothing is lost.
 */
export class BlockPool {
  readonly blockBytes: number;
  readonly count: number;
  readonly #free: Block[] = [];
  readonly #waiting: (() => void)[] = [];

  /** Cuts `count` blocks of `blockBytes` each from `arena`, named `name`. */
  constructor(arena: Arena, name: string, count: number, blockBytes: number) {
    if (blockBytes > MOST_BLOCK_BYTES) throw new Error(`a block has at most ${MOST_BLOCK_BYTES} bytes`);
    this.blockBytes = blockBytes;
    this.count = count;
    for (let index = 0; index < count; index++)
      this.#free.push(new Block(this, arena.uint8(`${name}.${index}`, blockBytes, 64)));
  }

  /** Blocks that can be taken now. */
  get available(): number {
    return this.#free.length;
  }

  /** Lends a block, or undefined when all are lent. */
  take(): Block | undefined {
    const block = this.#free.pop();
    if (block === undefined) return undefined;
    block.isLent = true;
    block.length = 0;
    return block;
  }

  /** Calls `resume` once, when a block is available: at once if one is, else in the order of asking. */
  whenAvailable(resume: () => void): void {
    if (this.#free.length > 0) resume();
    else this.#waiting.push(resume);
  }

  /** `Block.release` calls this. */
  takeBack(block: Block): void {
    if (!block.isLent) throw new Error("this block was given back before");
    block.isLent = false;
    this.#free.push(block);
    this.passOn();
  }

  /** Tells the next in line that a block is available; for one who was told and no longer wants it. */
  passOn(): void {
    if (this.#free.length > 0) this.#waiting.shift()?.();
  }
}
