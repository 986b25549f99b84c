/** Limits the memory for unfinished lines or unsent pictures of all connections together. */
export class MemoryBudget {
  readonly #most: number;
  #used = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** Takes `bytes`, or returns memory if negative. Returns false if not enough is left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#most) return false;
    this.#used += bytes;
    return true;
  }
}
