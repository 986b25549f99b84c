/**
 * Target time of a frame's arrival: with the wait for it and its encoding this is recent enough to play by.
 */
const TARGET_MS = 40;
/** A link is slow if this many frames in a row take longer than this. */
const SLOW_MS = 1.25 * TARGET_MS;
const SLOW_FRAMES = 2;
/** Smaller frames are never limited: their size is not what makes them late. */
const MIN_LIMIT_BYTES = 12_288;
/** A link that carries this many bytes in time is fast. */
const MAX_LIMIT_BYTES = 2_000_000;
/** Weight of older frames, per new frame. */
const DECAY = 0.93;
/** If sizes vary less than this (variance over squared mean), they cannot separate delay from rate. */
const MIN_SPREAD = 0.02;

/**
 * Estimates how many bytes a frame may have to arrive in time, from the times that frames of known size have
 * taken: a line through these points gives the path's delay and the link's rate. There is no limit until
 * frames have been late, since a fast terminal's delay would look like a rate.
 */
export class LinkEstimate {
  #weight = 0;
  #bytes = 0;
  #ms = 0;
  #bytesSquared = 0;
  #bytesByMs = 0;
  #slowInARow = 0;
  #isSlow = false;

  /** Adds a frame that was alone on its way: its size, and the time until its report. */
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

  /** Maximum number of bytes of a frame; infinite while the link is fast enough for all frames. */
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
