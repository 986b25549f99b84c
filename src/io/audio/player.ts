import { AudioReader } from "../shared/audio-ring.ts";
import { MACHINE_RUNNING, type SharedBlocks, STAT_SPEED_PERCENT, STAT_STATE } from "../shared/layout.ts";
import { AudioStats, getStat } from "../shared/stats.ts";
import { AudioInbox } from "./audio-orders.ts";
import { RateControl } from "./rate-control.ts";
import { Resampler } from "./resampler.ts";
import { type AudioSink, SINK_RATE_HZ, TARGET_LATENCY_MS } from "./sink.ts";

const TARGET_SAMPLES = (SINK_RATE_HZ * TARGET_LATENCY_MS) / 1000;
/** A frame's samples come at once. */
const FRAME_SAMPLES = 800;
/** Samples that are still there when the next frame's come: what a late frame may be late by. */
const LEFT_OVER_SAMPLES = 300;
/** Taken from the ring at a time; at half speed they become twice as many. */
const CHUNK_SAMPLES = 400;
const MAX_STRETCH = 12;
/** More than this has come together while we or the device did not run: the oldest go. */
const MAX_WAITING = TARGET_SAMPLES;
const SLEEP_MS = 20;
/** A sink that is full is tried again after this time. */
const FULL_MS = 2;
/** Pitch goes with speed up to here; beyond, samples are left out. */
const MAX_SPEED = 8;
const MIN_SPEED = 1 / MAX_STRETCH;
/** The machine's pace is measured over about this time when it is not the console's. */
const PACE_SECONDS = 0.2;

/** The audio thread's loop: ring → resampler, a little faster or slower → sink. */
export class AudioPlayer {
  readonly #blocks: SharedBlocks;
  readonly #reader: AudioReader;
  readonly #sink: AudioSink;
  readonly #stats: AudioStats;
  readonly #inbox: AudioInbox;
  readonly #control = new RateControl(LEFT_OVER_SAMPLES);
  readonly #resampler = new Resampler();
  readonly #input = new Int16Array(CHUNK_SAMPLES);
  readonly #output = new Int16Array(new SharedArrayBuffer(CHUNK_SAMPLES * (MAX_STRETCH + 1) * 2));
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));
  #isDry = true;
  #lastMs = performance.now();
  /** Samples a second that the machine makes. */
  #pace = SINK_RATE_HZ;
  /** Samples that have left the ring, and that have come into it, so far. */
  #taken = 0;
  #made = 0;

  constructor(blocks: SharedBlocks, sink: AudioSink) {
    this.#blocks = blocks;
    this.#reader = new AudioReader(blocks.audio);
    this.#sink = sink;
    this.#stats = new AudioStats(blocks.stats);
    this.#inbox = new AudioInbox(blocks.stats);
  }

  /** Runs until main wants the end. Throws when the device is gone. */
  run(): void {
    while (!this.#inbox.wantsEnd) this.turn();
  }

  /** Plays what has come in, or waits for it. */
  turn(): void {
    this.#stats.beat();
    const reader = this.#reader;
    reader.wait(SLEEP_MS);
    const queued = this.#sink.queued();
    if (reader.available === 0) {
      if (!this.#isDry && queued === 0) this.#runDry();
      return;
    }
    if (this.#isDry) this.#fill(queued);
    else if (reader.available > MAX_WAITING) this.#taken += reader.discardAllBut(FRAME_SAMPLES);
    const count = reader.pop(this.#input, CHUNK_SAMPLES);
    const ratio = this.#ratio(count);
    const gain = (this.#inbox.volumePercent / 100) ** 2;
    const length = this.#resampler.process(this.#input, count, ratio, gain, this.#output);
    this.#write(length);
    this.#stats.played(length);
  }

  /** Nothing to play: an underrun if the machine should have made something. */
  #runDry(): void {
    this.#isDry = true;
    const { stats } = this.#blocks;
    if (getStat(stats, STAT_STATE) === MACHINE_RUNNING) this.#stats.underrun();
  }

  /** Silence in front, so that the first frames do not run dry at once. */
  #fill(queued: number): void {
    this.#isDry = false;
    this.#taken += this.#reader.discardAllBut(FRAME_SAMPLES);
    this.#made = this.#taken + this.#reader.available;
    this.#control.restart();
    this.#lastMs = performance.now();
    let missing = TARGET_SAMPLES - FRAME_SAMPLES - queued;
    while (missing > 0) {
      const length = Math.min(missing, this.#output.length);
      this.#output.fill(0, 0, length);
      this.#write(length);
      missing -= length;
    }
  }

  /** Percent of the console's speed as a factor. */
  #speed(): number {
    const percent = getStat(this.#blocks.stats, STAT_SPEED_PERCENT);
    if (percent === 100) return 1;
    return Math.max(MIN_SPEED, Math.min(MAX_SPEED, this.#pace / SINK_RATE_HZ));
  }

  /** Input samples per output sample for the `count` samples at hand. */
  #ratio(count: number): number {
    const now = performance.now();
    const seconds = Math.max(1e-4, (now - this.#lastMs) / 1000);
    this.#lastMs = now;
    this.#taken += count;
    const made = this.#taken + this.#reader.available;
    this.#pace += ((made - this.#made) / seconds - this.#pace) * Math.min(1, seconds / PACE_SECONDS);
    this.#made = made;
    const speed = this.#speed();
    // Where everything is taken at once nothing is ever left over: nothing to control by.
    if (speed !== 1 || !this.#sink.paces) {
      this.#control.restart();
      return speed;
    }
    this.#control.observe(this.#reader.available, seconds);
    return this.#control.ratio;
  }

  #write(length: number): void {
    const output = this.#output;
    let left = length;
    while (left > 0 && !this.#inbox.wantsEnd) {
      const taken = this.#sink.write(output, left);
      left -= taken;
      if (left === 0) return;
      output.copyWithin(0, taken, taken + left);
      Atomics.wait(this.#nap, 0, 0, FULL_MS);
    }
  }
}
