/** Memory that all connections together may fill with what is under way: lines, or pictures. */
export class MemoryBudget {
  readonly #most: number;
  #used = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** Takes more, or gives back what is negative. False when there is not so much left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#most) return false;
    this.#used += bytes;
    return true;
  }
}
