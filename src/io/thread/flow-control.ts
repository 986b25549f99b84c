import { LinkEstimate } from "./link-estimate.ts";

/** Frames on their way to the terminal at most: 8 cover a round trip of 130 ms at 60 frames a second. */
const MAX_IN_FLIGHT = 8;
/** A report that takes this much longer than the fastest one has waited in a queue: send less. */
const QUEUED_MS = 30;
/** With less delay than this, more frames may be on their way. */
const FREE_MS = 12;
/** A report that has not come by then will not, unless the frame was large: a slow link takes its time for that. */
const LOST_AFTER_MS = 500;
const LOST_BYTES_PER_MS = 250;
const MAX_LOST_AFTER_MS = 3000;
/** After so many losses in a row the terminal is taken to answer no more, until it does. */
const MAX_LOSSES = 3;
/** Reports without a queue before one more frame is tried; twice as many after each try that queued. */
const FIRST_PATIENCE = 4;
const MAX_PATIENCE = 512;
/** The fastest round trip is forgotten by and by, should the way become longer. */
const FASTEST_GROWTH = 1.01;

/**
 * Decides when the next frame may be sent, from the cursor position reports that the terminal gives after
 * each frame. Buffers between here and the terminal (ssh has megabytes) would otherwise fill with frames
 * that are old when they are shown: measured over 2 MB/s with 1 MB of buffer, 606 ms without reports and
 * 62 ms with them. A long way with nothing queued still carries several frames at a time.
 */
export class FlowControl {
  /** When each frame on its way was sent, a ring. */
  readonly #sentMs = new Float64Array(MAX_IN_FLIGHT);
  readonly #publishedMs = new Float64Array(MAX_IN_FLIGHT);
  /** Their bytes; 0 for those that were not alone on their way. */
  readonly #bytes = new Float64Array(MAX_IN_FLIGHT);
  readonly #link = new LinkEstimate();
  #sent = 0;
  #answered = 0;
  #limit = 1;
  #losses = 0;
  #fastestMs = Number.POSITIVE_INFINITY;
  #latencyMs = 0;
  #patience = FIRST_PATIENCE;
  #quiet = 0;

  /** Whether a frame sent now would not wait behind others. */
  mayBeSent(nowMs: number): boolean {
    if (this.#losses >= MAX_LOSSES || this.inFlight < this.#limit) return true;
    const oldest = this.#answered % MAX_IN_FLIGHT;
    const lostAfterMs = Math.min(MAX_LOST_AFTER_MS, LOST_AFTER_MS + this.#bytes[oldest]! / LOST_BYTES_PER_MS);
    if (nowMs - this.#sentMs[oldest]! < lostAfterMs) return false;
    // What was sent is given up; answers that come all the same are counted as answers to later frames.
    this.#answered = this.#sent;
    this.#limit = 1;
    this.#losses++;
    return true;
  }

  /** Frames sent and not yet reported. */
  get inFlight(): number {
    return this.#sent - this.#answered;
  }

  /** From the publication of the last reported frame to its report. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** Bytes that the next frame may have, to be there in time: infinite but behind slow links. */
  get limitBytes(): number {
    return this.#losses >= MAX_LOSSES ? Number.POSITIVE_INFINITY : this.#link.limitBytes;
  }

  /** A frame with a request for a report is on its way; it was published by the machine at `publishedMs`. */
  sent(publishedMs: number, nowMs: number, bytes: number): void {
    this.#bytes[this.#sent % MAX_IN_FLIGHT] = this.inFlight === 0 ? bytes : 0;
    // Without answers nothing is counted: they would never come to an end.
    if (this.inFlight === MAX_IN_FLIGHT) this.#answered++;
    this.#sentMs[this.#sent % MAX_IN_FLIGHT] = nowMs;
    this.#publishedMs[this.#sent % MAX_IN_FLIGHT] = publishedMs;
    this.#sent++;
  }

  /** The terminal has reported `count` more frames. */
  answered(count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      this.#losses = 0;
      if (this.inFlight === 0) return;
      const wasFull = this.inFlight >= this.#limit;
      const roundTripMs = nowMs - this.#sentMs[this.#answered % MAX_IN_FLIGHT]!;
      this.#latencyMs = nowMs - this.#publishedMs[this.#answered % MAX_IN_FLIGHT]!;
      const bytes = this.#bytes[this.#answered % MAX_IN_FLIGHT]!;
      if (bytes > 0) this.#link.add(bytes, roundTripMs);
      this.#answered++;
      this.#fastestMs = Math.min(this.#fastestMs * FASTEST_GROWTH, roundTripMs);
      const queuedMs = roundTripMs - this.#fastestMs;
      this.#adapt(queuedMs, wasFull);
    }
  }

  #adapt(queuedMs: number, wasFull: boolean): void {
    if (queuedMs > QUEUED_MS) {
      if (this.#limit > 1) this.#patience = Math.min(MAX_PATIENCE, this.#patience * 2);
      this.#limit = Math.max(1, this.#limit - 1);
      this.#quiet = 0;
    } else if (wasFull && queuedMs < FREE_MS && ++this.#quiet >= this.#patience) {
      this.#limit = Math.min(MAX_IN_FLIGHT, this.#limit + 1);
      this.#quiet = 0;
    }
  }
}
