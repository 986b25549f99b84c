/** Spans in which messages are counted: short, so that nobody waits long. */
const SPAN_MS = 50;

/** What one peer may send: several requests for each frame of a machine that runs as fast as it goes. */
export const MESSAGES_PER_SECOND = 20_000;

/** Counts one peer's messages and says how long the next has to wait for its turn. */
export class MessageRate {
  readonly #most: number;
  #spanStartMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(messagesPerSecond: number) {
    this.#most = (messagesPerSecond * SPAN_MS) / 1000;
  }

  /** A message comes at `nowMs`: the milliseconds until it may be carried out, 0 for at once. */
  take(nowMs: number): number {
    if (nowMs - this.#spanStartMs >= SPAN_MS) {
      this.#spanStartMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= this.#most) return 0;
    // What is over counts in the next span, which begins when this one ends.
    const waitMs = this.#spanStartMs + SPAN_MS - nowMs;
    this.#spanStartMs += SPAN_MS;
    this.#count = 1;
    return waitMs;
  }
}
