/** A frame should be there after this time: with the wait for it and its encoding that is young enough to play by. */
const TARGET_MS = 40;
/** Frames that take longer than this, so many in a row, make the link a slow one. */
const SLOW_MS = 1.25 * TARGET_MS;
const SLOW_FRAMES = 2;
/** Frames of fewer bytes are never limited: what makes them late is not their size. */
const MIN_LIMIT_BYTES = 12_288;
/** A link that takes so much in time is fast. */
const MAX_LIMIT_BYTES = 2_000_000;
/** Older frames count less and less. */
const DECAY = 0.93;
/** Sizes that vary less than this, as the square of their spread over that of their mean, do not tell a delay from a rate. */
const MIN_SPREAD = 0.02;

/**
 * How many bytes a frame may have to be there in time, from how long frames of known size have taken: a line
 * through these points is the delay of the way and the rate of the link. There is no limit until frames
 * have been late, since the delay of fast terminals would look like a rate.
 */
export class LinkEstimate {
  #weight = 0;
  #bytes = 0;
  #ms = 0;
  #bytesSquared = 0;
  #bytesByMs = 0;
  #slowInARow = 0;
  #isSlow = false;

  /** A frame of so many bytes, alone on its way, was reported after so many milliseconds. */
  add(bytes: number, roundTripMs: number): void {
    this.#weight = this.#weight * DECAY + 1;
    this.#bytes = this.#bytes * DECAY + bytes;
    this.#ms = this.#ms * DECAY + roundTripMs;
    this.#bytesSquared = this.#bytesSquared * DECAY + bytes * bytes;
    this.#bytesByMs = this.#bytesByMs * DECAY + bytes * roundTripMs;
    const isLate = roundTripMs > SLOW_MS && bytes > MIN_LIMIT_BYTES;
    this.#slowInARow = isLate ? this.#slowInARow + 1 : 0;
    if (this.#slowInARow >= SLOW_FRAMES) this.#isSlow = true;
    if (this.#isSlow && this.#affordableBytes() > MAX_LIMIT_BYTES) this.#isSlow = false;
  }

  /** Bytes that a frame may have; infinite while the link is fast enough for any. */
  get limitBytes(): number {
    if (!this.#isSlow) return Number.POSITIVE_INFINITY;
    return Math.max(MIN_LIMIT_BYTES, Math.round(this.#affordableBytes()));
  }

  #affordableBytes(): number {
    const meanBytes = this.#bytes / this.#weight;
    const meanMs = this.#ms / this.#weight;
    const spread = this.#bytesSquared / this.#weight - meanBytes * meanBytes;
    let msPerByte = meanMs / meanBytes;
    if (spread > MIN_SPREAD * meanBytes * meanBytes) {
      const together = this.#bytesByMs / this.#weight - meanBytes * meanMs;
      msPerByte = Math.min(msPerByte, Math.max(0, together / spread));
    }
    const delayMs = meanMs - msPerByte * meanBytes;
    return (TARGET_MS - Math.min(delayMs, TARGET_MS / 2)) / msPerByte;
  }
}
