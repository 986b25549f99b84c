/** Messages are counted per span of this length. It is short, so that waits are short. */
const SPAN_MS = 50;

/** Limit per peer: several requests per frame of a machine at full speed. */
export const MESSAGES_PER_SECOND = 20_000;

/** Counts the messages of one peer and computes how long the next one must wait. */
export class MessageRate {
  readonly #most: number;
  #spanStartMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(messagesPerSecond: number) {
    this.#most = (messagesPerSecond * SPAN_MS) / 1000;
  }

  /**
   * Counts `count` messages at `nowMs`, those of a batch or one. Returns the milliseconds to wait before the
   * next.
   */
  take(nowMs: number, count = 1): number {
    if (nowMs - this.#spanStartMs >= SPAN_MS) {
      this.#spanStartMs = nowMs;
      this.#count = 0;
    }
    this.#count += count;
    if (this.#count <= this.#most) return 0;
    // The excess counts in the next span, which begins when this one ends.
    const waitMs = this.#spanStartMs + SPAN_MS - nowMs;
    this.#spanStartMs += SPAN_MS;
    this.#count = count;
    return waitMs;
  }
}
