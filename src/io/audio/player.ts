import { sleepMs } from "../ffi/clock.ts";
import { AudioReader } from "../shared/audio-ring.ts";
import type { SharedBlocks } from "../shared/layout.ts";
import { MACHINE_RUNNING, STAT_SPEED_PERCENT, STAT_STATE } from "../shared/layout-words.ts";
import { AudioStats, getStat } from "../shared/stats.ts";
import type { AudioInbox } from "./audio-orders.ts";
import { Concealment } from "./concealment.ts";
import { RateControl } from "./rate-control.ts";
import { Reserve } from "./reserve.ts";
import { type AudioSink, DEVICE_LATENCY_MS, SINK_RATE_HZ, TARGET_LATENCY_MS } from "./sink.ts";
import { StreamResampler } from "./stream-resampler.ts";

const TARGET_SAMPLES = (SINK_RATE_HZ * TARGET_LATENCY_MS) / 1000;
/** Samples in the device's buffer without a reserve. */
const DEVICE_SAMPLES = (SINK_RATE_HZ * DEVICE_LATENCY_MS) / 1000;
/** Samples that remain in the ring when the next frame's samples come: the margin for a late frame. */
const LEFT_OVER_SAMPLES = 300;
/** Samples of a frame, which come all at once. */
const FRAME_SAMPLES = 800;
/** Samples taken from the ring at a time; at half speed they become twice as many. */
const CHUNK_SAMPLES = 400;
const MAX_STRETCH = 12;
/**
 * If the excess over the target is larger than this, samples have piled up while this thread or the device
 * did not run: the oldest are dropped.
 */
const MAX_EXCESS = TARGET_SAMPLES;
/** Assumed number of samples missing in an underrun; the real number is unknown. */
const UNDERRUN_SAMPLES = 960;
/** The device gets a new capacity only if it differs by this much (2 ms). */
const CAPACITY_STEP = 96;
const SLEEP_MS = 20;
/** With fewer samples than this in the device (14 ms) and none to follow, samples are synthesized. */
const LOW_SAMPLES = 672;
/** Samples synthesized at a time (5 ms). */
const CONCEALED_SAMPLES = 240;
/** Synthesized sound fades out over 80 ms for a late frame, and over 10 ms when the machine pauses. */
const LATE_FADE = 3840;
const PAUSE_FADE = 480;
/** Delay before a full sink is tried again. */
const FULL_MS = 2;
/** Pitch follows speed up to this factor; beyond it, samples are dropped. */
const MAX_SPEED = 8;
const MIN_SPEED = 1 / MAX_STRETCH;
/** Time over which the machine's pace is measured when it is not the console's. */
const PACE_SECONDS = 0.2;

/**
 * The audio thread's loop: ring → resampler, slightly faster or slower → sink. All numbers of samples are per
 * channel.
 */
export class AudioPlayer {
  readonly #blocks: SharedBlocks;
  readonly #reader: AudioReader;
  readonly #sink: AudioSink;
  readonly #stats: AudioStats;
  readonly #inbox: AudioInbox;
  readonly #reserve = new Reserve();
  readonly #control = new RateControl(LEFT_OVER_SAMPLES);
  readonly #channels: number;
  /** One of each per channel. */
  readonly #resamplers: readonly StreamResampler[];
  readonly #concealments: readonly Concealment[];
  readonly #input: Int16Array;
  readonly #output: Int16Array;
  /** True if the device has played everything that it received. */
  #isDry = true;
  /** The device's underruns counted so far, and the capacity that it was given last. */
  #underruns = 0;
  #capacity = DEVICE_SAMPLES;
  #lastMs = performance.now();
  /** Samples per second that the machine produces. */
  #pace = SINK_RATE_HZ;
  /** Total samples taken from the ring, and total samples put into it. */
  #taken = 0;
  #made = 0;

  constructor(blocks: SharedBlocks, sink: AudioSink, inbox: AudioInbox) {
    const { channels } = blocks.audio;
    this.#channels = channels;
    const numbers = Array.from({ length: channels }, (_, channel) => channel);
    this.#resamplers = numbers.map((channel) => new StreamResampler(channel, channels));
    this.#concealments = numbers.map((channel) => new Concealment(channel, channels));
    this.#input = new Int16Array(CHUNK_SAMPLES * channels);
    this.#output = new Int16Array(new SharedArrayBuffer(2 * CHUNK_SAMPLES * (MAX_STRETCH + 1) * channels));
    this.#blocks = blocks;
    this.#reader = new AudioReader(blocks.audio);
    this.#sink = sink;
    this.#stats = new AudioStats(blocks.stats);
    this.#inbox = inbox;
  }

  /** Runs until main ends the thread. Throws if the device is gone. */
  run(): void {
    while (!this.#inbox.wantsEnd) this.turn();
  }

  /** Plays waiting samples, or waits for some. */
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
    let length = 0;
    for (const resampler of this.#resamplers)
      length = resampler.process(this.#input, count, ratio, gain, this.#output);
    for (const concealment of this.#concealments) concealment.follow(this.#output, length);
    this.#write(length);
    this.#stats.played(length);
    this.#notice();
  }

  /** All channels fade at the same time. */
  get #isSilent(): boolean {
    return this.#concealments[0]!.isSilent;
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

  /** No samples have come: continues the last sound for a moment, then fades to silence. */
  #bridge(queued: number): void {
    if (queued === 0 && (this.#isSilent || !this.#sink.paces)) {
      this.#isDry = true;
      if (this.#isRunning) this.#stats.underrun();
    }
    if (queued >= LOW_SAMPLES || !this.#sink.paces || this.#isSilent) return;
    const isLate = this.#isRunning;
    for (const concealment of this.#concealments) {
      concealment.begin(isLate ? LATE_FADE : PAUSE_FADE);
      concealment.make(this.#output, CONCEALED_SAMPLES);
    }
    this.#write(CONCEALED_SAMPLES);
    if (!isLate) return;
    this.#reserve.lacked(CONCEALED_SAMPLES);
    this.#stats.concealed(CONCEALED_SAMPLES);
  }

  /** Counts the device's underruns, and passes the reserve on to a device that can change its capacity. */
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

  /** Lowest number of samples to keep in the ring while the device is full. */
  get #inRing(): number {
    return LEFT_OVER_SAMPLES + (this.#sink.setCapacity === undefined ? this.#reserve.samples : 0);
  }

  /** Too many samples have piled up: drops all but the newest, without a click. */
  #skip(): void {
    for (const concealment of this.#concealments) concealment.begin(LATE_FADE);
    this.#taken += this.#reader.discardAllBut(FRAME_SAMPLES + Math.round(this.#inRing));
  }

  /** Writes silence first, so that the device does not run dry during the first frames. */
  #fill(queued: number): void {
    this.#isDry = false;
    this.#taken += this.#reader.discardAllBut(FRAME_SAMPLES);
    this.#made = this.#taken + this.#reader.available;
    this.#control.restart();
    this.#lastMs = performance.now();
    let missing = TARGET_SAMPLES + Math.round(this.#reserve.samples) - FRAME_SAMPLES - queued;
    while (missing > 0) {
      const length = Math.min(missing, this.#output.length / this.#channels);
      this.#output.fill(0, 0, length * this.#channels);
      this.#write(length);
      missing -= length;
    }
    // Devices report at the next write that they ran dry. That is expected here, so it does not count.
    this.#underruns = this.#sink.underruns ?? 0;
  }

  /** The machine's speed as a factor. */
  #speed(): number {
    const percent = getStat(this.#blocks.stats, STAT_SPEED_PERCENT);
    if (percent === 100) return 1;
    return Math.max(MIN_SPEED, Math.min(MAX_SPEED, this.#pace / SINK_RATE_HZ));
  }

  /** Input samples per output sample for the next `count` samples. */
  #ratio(count: number): number {
    const now = performance.now();
    const seconds = Math.max(1e-4, (now - this.#lastMs) / 1000);
    this.#lastMs = now;
    this.#taken += count;
    const made = this.#taken + this.#reader.available;
    this.#pace += ((made - this.#made) / seconds - this.#pace) * Math.min(1, seconds / PACE_SECONDS);
    this.#made = made;
    const speed = this.#speed();
    // A sink that accepts everything at once never has samples left over, so there is no level to control.
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
      output.copyWithin(0, taken * this.#channels, (taken + left) * this.#channels);
      sleepMs(FULL_MS);
    }
  }
}
