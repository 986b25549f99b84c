/** Parts of a millisecond in time stamps. */
const STAMPS_PER_MS = 16;
const STAMP_RANGE = 2 ** 32;
/** Weights of a new sample in the averages. The lead changes by jitter with every packet, so it is slow. */
const ROUND_TRIP_WEIGHT = 1 / 8;
const JITTER_WEIGHT = 1 / 16;
const LEAD_WEIGHT = 1 / 32;
const MEASURED_SAMPLES = 64;
/** The largest hold in a packet stands for all longer ones, whose echoes are ignored. */
const MAX_HOLD_STAMPS = 0xffff;

/** Time stamp of now: 1/16 ms, modulo 2^32. */
export function stampOf(nowMs: number): number {
  return Math.floor(nowMs * STAMPS_PER_MS) % STAMP_RANGE;
}

/** What the packets of a peer tell about the time. */
export interface TimeReport {
  /** When the peer sent it, by the peer's clock. */
  readonly stamp: number;
  /** The stamp of our last packet that it has, and how long ago that came, both in stamps. */
  readonly echo: number;
  readonly holdStamps: number;
  /** The frame that the peer has reached, with a fraction. */
  readonly position: number;
  /** How many frames its inputs seem to be behind ours, as the peer measures it. */
  readonly lead: number;
  /** False while the peer does not run: its position then means nothing. */
  readonly isRunning: boolean;
}

/**
 * Follows a peer's clock: round trips, their jitter, and who is ahead. Our lead is how far we have run when a
 * packet arrives, minus how far the peer had run when it sent it. That is the number of frames we have to
 * predict. Both sides predict equally much when both leads are equal.
 */
export class PeerClock {
  #roundTripMs = 0;
  #jitterMs = 0;
  #samples = 0;
  #lead = 0;
  #leadSamples = 0;
  #theirLead = 0;
  #lastStamp = 0;
  #receivedMs = Number.NEGATIVE_INFINITY;

  /** Smoothed round trip; 0 before the first one. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** Mean deviation of round trips. */
  get jitterMs(): number {
    return this.#jitterMs;
  }

  /** True after enough round trips to choose an input delay by: a second of play. */
  get isMeasured(): boolean {
    return this.#samples >= MEASURED_SAMPLES;
  }

  get lead(): number {
    return this.#lead;
  }

  /** How many frames we are ahead of the peer: slow down by that many. */
  get ahead(): number {
    return this.#leadSamples < 8 ? 0 : (this.#lead - this.#theirLead) / 2;
  }

  /** What to send in a packet: the stamp to echo, and how long we have held it. */
  echo(nowMs: number): { readonly echo: number; readonly holdStamps: number } {
    const hold = Math.floor((nowMs - this.#receivedMs) * STAMPS_PER_MS);
    return { echo: this.#lastStamp, holdStamps: Math.min(MAX_HOLD_STAMPS, hold) };
  }

  /** Takes the report of the newest packet. `position` is how far we have run; undefined if we do not run. */
  take(report: TimeReport, position: number | undefined, nowMs: number): void {
    this.#lastStamp = report.stamp;
    this.#receivedMs = nowMs;
    if (report.holdStamps < MAX_HOLD_STAMPS) {
      const stamps = (stampOf(nowMs) - report.echo - report.holdStamps + 2 * STAMP_RANGE) % STAMP_RANGE;
      // A peer that echoes what we never sent could claim any time.
      if (stamps < MAX_HOLD_STAMPS) this.#addRoundTrip(stamps / STAMPS_PER_MS);
    }
    if (!report.isRunning || position === undefined) return;
    const sample = position - report.position;
    const weight = Math.max(LEAD_WEIGHT, 1 / ++this.#leadSamples);
    this.#lead += (sample - this.#lead) * weight;
    this.#theirLead = report.lead;
  }

  /** Forgets which side is ahead. Call it after the game was held. */
  forgetLead(): void {
    this.#leadSamples = 0;
    this.#lead = 0;
    this.#theirLead = 0;
  }

  #addRoundTrip(sampleMs: number): void {
    const weight = Math.max(ROUND_TRIP_WEIGHT, 1 / ++this.#samples);
    const differenceMs = Math.abs(sampleMs - this.#roundTripMs);
    if (this.#samples > 1) this.#jitterMs += (differenceMs - this.#jitterMs) * JITTER_WEIGHT;
    this.#roundTripMs += (sampleMs - this.#roundTripMs) * weight;
  }
}
