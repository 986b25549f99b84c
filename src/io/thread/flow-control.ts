import { LinkEstimate } from "./link-estimate.ts";

/**
 * Maximum number of frames on their way to the terminal: 8 cover a round trip of 130 ms at 60 frames per
 * second.
 */
const MAX_IN_FLIGHT = 8;
/** A report that takes this much longer than the fastest one has waited in a queue: send fewer frames. */
const QUEUED_MS = 30;
/** With less delay than this, more frames may be on their way. */
const FREE_MS = 12;
/**
 * A report that has not come within this time counts as lost, unless the frame was large: a slow link takes
 * longer for a large frame.
 */
const LOST_AFTER_MS = 500;
const LOST_BYTES_PER_MS = 250;
const MAX_LOST_AFTER_MS = 3000;
/** After this many losses in a row the terminal counts as not reporting, until it reports again. */
const MAX_LOSSES = 3;
/** Reports without a queue before one more frame is tried; doubled after each try that caused a queue. */
const FIRST_PATIENCE = 4;
const MAX_PATIENCE = 512;
/** The fastest round trip is slowly forgotten, in case the path becomes longer. */
const FASTEST_GROWTH = 1.01;

/**
 * Decides when the next frame may be sent, from the cursor position reports that the terminal sends after
 * each frame. Without it, buffers between emu and the terminal (ssh has megabytes) would fill with frames
 * that are old when they are shown. Measured over 2 MB/s with 1 MB of buffer: 606 ms of latency without
 * reports, 62 ms with them. A long path with nothing queued still carries several frames at a time.
 */
export class FlowControl {
  /** Send time of each frame on its way, as a ring. */
  readonly #sentMs = new Float64Array(MAX_IN_FLIGHT);
  readonly #publishedMs = new Float64Array(MAX_IN_FLIGHT);
  /** Their bytes; 0 for frames that were not alone on their way. */
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

  /** Returns true if a frame sent now would not queue behind others. */
  mayBeSent(nowMs: number): boolean {
    if (this.#losses >= MAX_LOSSES || this.inFlight < this.#limit) return true;
    const oldest = this.#answered % MAX_IN_FLIGHT;
    const lostAfterMs = Math.min(MAX_LOST_AFTER_MS, LOST_AFTER_MS + this.#bytes[oldest]! / LOST_BYTES_PER_MS);
    if (nowMs - this.#sentMs[oldest]! < lostAfterMs) return false;
    // Give up the frames on their way. Their reports, if they still come, count for later frames.
    this.#answered = this.#sent;
    this.#limit = 1;
    this.#losses++;
    return true;
  }

  /** Frames sent and not yet reported. */
  get inFlight(): number {
    return this.#sent - this.#answered;
  }

  /** Time from the last reported frame's publication to its report. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** Maximum number of bytes with which the next frame arrives in time; infinite except on slow links. */
  get limitBytes(): number {
    return this.#losses >= MAX_LOSSES ? Number.POSITIVE_INFINITY : this.#link.limitBytes;
  }

  /** Call when a frame with a report request was sent. The machine published it at `publishedMs`. */
  sent(publishedMs: number, nowMs: number, bytes: number): void {
    this.#bytes[this.#sent % MAX_IN_FLIGHT] = this.inFlight === 0 ? bytes : 0;
    // While the terminal does not report, drop the oldest frame: the count would only grow.
    if (this.inFlight === MAX_IN_FLIGHT) this.#answered++;
    this.#sentMs[this.#sent % MAX_IN_FLIGHT] = nowMs;
    this.#publishedMs[this.#sent % MAX_IN_FLIGHT] = publishedMs;
    this.#sent++;
  }

  /** Call when the terminal has reported `count` more frames. */
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
