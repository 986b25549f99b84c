import { RateControl } from "../../audio/rate-control.ts";
import { StreamResampler } from "../../audio/stream-resampler.ts";

/** What is kept in front of the device, besides the frame that is being played. */
const LEAD_SECONDS = 0.05;
/** After the buffer was empty this much more is kept, up to `MAX_LEAD_SECONDS`. */
const LEAD_GROWTH_SECONDS = 0.02;
const MAX_LEAD_SECONDS = 0.12;
/** Sound later than this beyond the lead is dropped. */
const MAX_EXCESS_SECONDS = 0.15;
const CAPACITY_SECONDS = 0.5;
/** Samples a call of `push` resamples at once. */
const BLOCK_SAMPLES = 1024;
/** By which the last sample fades when nothing follows: a jump to 0 would be heard as a click. */
const FADE = 0.995;

/**
 * Sound between the machine, which makes some 800 samples a frame, and a device, which takes 128 at a time
 * by its own clock and rate. It waits until some sound has come, then keeps that much by playing a little
 * faster or slower.
 */
export class SoundBuffer {
  /** How often the device found nothing after the sound had begun. */
  emptyCount = 0;
  /** The lowest level that the device has met since `takeLowest`. */
  #lowest = Number.POSITIVE_INFINITY;
  readonly #machineRateHz: number;
  readonly #deviceRateHz: number;
  readonly #ring: Float32Array;
  readonly #resampler = new StreamResampler();
  readonly #block = new Int16Array(BLOCK_SAMPLES);
  readonly #control: RateControl;
  #leadSeconds = LEAD_SECONDS;
  #readAt = 0;
  #level = 0;
  #isPlaying = false;
  #last = 0;

  constructor(machineRateHz: number, deviceRateHz: number) {
    this.#machineRateHz = machineRateHz;
    this.#deviceRateHz = deviceRateHz;
    this.#ring = new Float32Array(Math.ceil(CAPACITY_SECONDS * deviceRateHz));
    this.#control = new RateControl(this.#leadSamples);
  }

  /** Samples that wait, at the device's rate. */
  get level(): number {
    return this.#level;
  }

  /** Whether the device gets sound: false before enough has come. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get #leadSamples(): number {
    return this.#leadSeconds * this.#deviceRateHz;
  }

  /** The lowest level since the last call, in samples; infinite when nothing was played. */
  takeLowest(): number {
    const lowest = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    return lowest;
  }

  /** Takes what the machine has made in a frame. */
  push(samples: Int16Array): void {
    const ratio = (this.#machineRateHz / this.#deviceRateHz) * this.#control.ratio;
    // A block that is full would lose samples: each step fits also at four times the machine's rate.
    const step = BLOCK_SAMPLES / 8;
    for (let at = 0; at < samples.length; at += step) {
      const part = samples.subarray(at, at + step);
      const count = this.#resampler.process(part, part.length, ratio, 1, this.#block);
      for (let i = 0; i < count; i++) this.#append(this.#block[i]! / 32768);
    }
    const most = this.#leadSamples + MAX_EXCESS_SECONDS * this.#deviceRateHz;
    if (this.#level > most) this.#drop(this.#level - Math.floor(this.#leadSamples));
  }

  /** Fills `into` for the device. */
  pull(into: Float32Array): void {
    if (!this.#isPlaying && this.#level >= this.#leadSamples + into.length) {
      this.#isPlaying = true;
      this.#control.restart();
    }
    const count = this.#isPlaying ? Math.min(into.length, this.#level) : 0;
    for (let i = 0; i < count; i++) {
      this.#last = this.#ring[(this.#readAt + i) % this.#ring.length]!;
      into[i] = this.#last;
    }
    this.#drop(count);
    for (let i = count; i < into.length; i++) {
      this.#last *= FADE;
      into[i] = this.#last;
    }
    if (!this.#isPlaying) return;
    this.#lowest = Math.min(this.#lowest, this.#level);
    if (count < into.length) this.#ranOut();
    else this.#control.observe(this.#level, into.length / this.#deviceRateHz);
  }

  /** The machine pauses: what is left is kept, and playing begins anew when more has come. */
  hold(): void {
    this.#isPlaying = false;
  }

  #ranOut(): void {
    this.emptyCount++;
    this.#isPlaying = false;
    this.#leadSeconds = Math.min(MAX_LEAD_SECONDS, this.#leadSeconds + LEAD_GROWTH_SECONDS);
    this.#control.target = this.#leadSamples;
  }

  #append(value: number): void {
    const size = this.#ring.length;
    this.#ring[(this.#readAt + this.#level) % size] = value;
    if (this.#level < size) this.#level++;
    else this.#readAt = (this.#readAt + 1) % size;
  }

  #drop(count: number): void {
    this.#readAt = (this.#readAt + count) % this.#ring.length;
    this.#level -= count;
  }
}
