import { sleepMs } from "../ffi/clock.ts";
import { AudioReader } from "../shared/audio-ring.ts";
import { MACHINE_RUNNING, type SharedBlocks, STAT_SPEED_PERCENT, STAT_STATE } from "../shared/layout.ts";
import { AudioStats, getStat } from "../shared/stats.ts";
import type { AudioInbox } from "./audio-orders.ts";
import { Concealment } from "./concealment.ts";
import { RateControl } from "./rate-control.ts";
import { Resampler } from "./resampler.ts";
import { Reserve } from "./reserve.ts";
import { type AudioSink, DEVICE_LATENCY_MS, SINK_RATE_HZ, TARGET_LATENCY_MS } from "./sink.ts";

const TARGET_SAMPLES = (SINK_RATE_HZ * TARGET_LATENCY_MS) / 1000;
/** What a device holds with no reserve. */
const DEVICE_SAMPLES = (SINK_RATE_HZ * DEVICE_LATENCY_MS) / 1000;
/** Samples that are still in the ring when the next frame's come: what a late frame may be late by. */
const LEFT_OVER_SAMPLES = 300;
/** A frame's samples come at once. */
const FRAME_SAMPLES = 800;
/** Taken from the ring at a time; at half speed they become twice as many. */
const CHUNK_SAMPLES = 400;
const MAX_STRETCH = 12;
/** More than this above the target has come together while we or the device did not run: the oldest go. */
const MAX_EXCESS = TARGET_SAMPLES;
/** What an underrun may have lacked: nobody can tell. */
const UNDERRUN_SAMPLES = 960;
/** The device is told of a reserve that differs by as much (2 ms) from what it knows. */
const CAPACITY_STEP = 96;
const SLEEP_MS = 20;
/** With less than this in the device (14 ms) and nothing to follow, samples are made up. */
const LOW_SAMPLES = 672;
/** So many at a time (5 ms). */
const CONCEALED_SAMPLES = 240;
/** What is made up for a late frame fades out over 80 ms, and where the machine pauses over 10. */
const LATE_FADE = 3840;
const PAUSE_FADE = 480;
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
  readonly #reserve = new Reserve();
  readonly #control = new RateControl(LEFT_OVER_SAMPLES);
  readonly #resampler = new Resampler();
  readonly #concealment = new Concealment();
  readonly #input = new Int16Array(CHUNK_SAMPLES);
  readonly #output = new Int16Array(new SharedArrayBuffer(CHUNK_SAMPLES * (MAX_STRETCH + 1) * 2));
  /** The device has played all that it got. */
  #isDry = true;
  /** Underruns of the device that are known, and the capacity that it has been told. */
  #underruns = 0;
  #capacity = DEVICE_SAMPLES;
  #lastMs = performance.now();
  /** Samples a second that the machine makes. */
  #pace = SINK_RATE_HZ;
  /** Samples that have left the ring, and that have come into it, so far. */
  #taken = 0;
  #made = 0;

  constructor(blocks: SharedBlocks, sink: AudioSink, inbox: AudioInbox) {
    this.#blocks = blocks;
    this.#reader = new AudioReader(blocks.audio);
    this.#sink = sink;
    this.#stats = new AudioStats(blocks.stats);
    this.#inbox = inbox;
  }

  /** Runs until main wants the end. Throws when the device is gone. */
  run(): void {
    while (!this.#inbox.wantsEnd) this.turn();
  }

  /** Plays what has come in, or waits for it. */
  turn(): void {
    this.#stats.beat();
    const reader = this.#reader;
    reader.wait(this.#patienceMs());
    const queued = this.#sink.queued();
    if (reader.available === 0) {
      if (!this.#isDry) this.#bridge(queued);
      return;
    }
    if (this.#isDry) this.#fill(queued);
    else if (reader.available > this.#inRing + MAX_EXCESS) this.#skip();
    const count = reader.pop(this.#input, CHUNK_SAMPLES);
    const ratio = this.#ratio(count);
    const gain = (this.#inbox.volumePercent / 100) ** 2;
    const length = this.#resampler.process(this.#input, count, ratio, gain, this.#output);
    this.#concealment.follow(this.#output, length);
    this.#write(length);
    this.#stats.played(length);
    this.#notice();
  }

  get #isRunning(): boolean {
    return getStat(this.#blocks.stats, STAT_STATE) === MACHINE_RUNNING;
  }

  /** How long to wait for samples: until the device has few left. */
  #patienceMs(): number {
    if (this.#isDry || !this.#sink.paces) return SLEEP_MS;
    const spare = this.#sink.queued() - LOW_SAMPLES;
    return Math.max(1, Math.min(SLEEP_MS, (spare * 1000) / SINK_RATE_HZ));
  }

  /** Nothing has come: what was heard last goes on for a moment, and then there is silence. */
  #bridge(queued: number): void {
    if (queued === 0 && (this.#concealment.isSilent || !this.#sink.paces)) {
      this.#isDry = true;
      if (this.#isRunning) this.#stats.underrun();
    }
    if (queued >= LOW_SAMPLES || !this.#sink.paces || this.#concealment.isSilent) return;
    const isLate = this.#isRunning;
    this.#concealment.begin(isLate ? LATE_FADE : PAUSE_FADE);
    this.#concealment.make(this.#output, CONCEALED_SAMPLES);
    this.#write(CONCEALED_SAMPLES);
    if (!isLate) return;
    this.#reserve.lacked(CONCEALED_SAMPLES);
    this.#stats.concealed(CONCEALED_SAMPLES);
  }

  /** What the device has run into is counted, and it gets the reserve, if it can hold one. */
  #notice(): void {
    const { underruns = 0 } = this.#sink;
    if (underruns !== this.#underruns) {
      this.#underruns = underruns;
      this.#stats.underrun();
      this.#reserve.lacked(UNDERRUN_SAMPLES);
    }
    const capacity = DEVICE_SAMPLES + Math.round(this.#reserve.samples);
    if (this.#sink.setCapacity === undefined || Math.abs(capacity - this.#capacity) < CAPACITY_STEP) return;
    this.#capacity = capacity;
    this.#sink.setCapacity(capacity);
  }

  /** Samples that should be in the ring at the least, in front of a device that is full. */
  get #inRing(): number {
    return LEFT_OVER_SAMPLES + (this.#sink.setCapacity === undefined ? this.#reserve.samples : 0);
  }

  /** Too much has come together: what is between now and the newest is left out, without a click. */
  #skip(): void {
    this.#concealment.begin(LATE_FADE);
    this.#taken += this.#reader.discardAllBut(FRAME_SAMPLES + Math.round(this.#inRing));
  }

  /** Silence in front, so that the first frames do not run dry at once. */
  #fill(queued: number): void {
    this.#isDry = false;
    this.#taken += this.#reader.discardAllBut(FRAME_SAMPLES);
    this.#made = this.#taken + this.#reader.available;
    this.#control.restart();
    this.#lastMs = performance.now();
    let missing = TARGET_SAMPLES + Math.round(this.#reserve.samples) - FRAME_SAMPLES - queued;
    while (missing > 0) {
      const length = Math.min(missing, this.#output.length);
      this.#output.fill(0, 0, length);
      this.#write(length);
      missing -= length;
    }
    // That it has run dry meanwhile is known, and no failure: devices tell of it when they are written to.
    this.#underruns = this.#sink.underruns ?? 0;
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
    this.#reserve.pass(seconds);
    this.#control.target = this.#inRing;
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
      sleepMs(FULL_MS);
    }
  }
}
