import { RateControl } from "../../audio/rate-control.ts";
import { StreamResampler } from "../../audio/stream-resampler.ts";

/** Sound that is buffered before the device, in addition to the current frame's. */
const LEAD_SECONDS = 0.05;
/** After each time the buffer was empty, this much more is buffered, up to `MAX_LEAD_SECONDS`. */
const LEAD_GROWTH_SECONDS = 0.02;
const MAX_LEAD_SECONDS = 0.12;
/** Sound that exceeds the lead by more than this is dropped. */
const MAX_EXCESS_SECONDS = 0.15;
const CAPACITY_SECONDS = 0.5;
/** Maximum number of samples that `push` resamples at a time. */
const BLOCK_SAMPLES = 1024;
/**
 * Factor by which the last sample fades per sample when nothing follows: a jump to 0 would be audible as a
 * click.
 */
const FADE = 0.995;

/**
 * Buffers sound between the machine, which makes about 800 samples per frame, and a device, which takes 128
 * at a time by its own clock and rate. It starts when enough sound has arrived, then keeps that amount by
 * playing slightly faster or slower.
 */
export class SoundBuffer {
  /** How often the device found no samples after the sound had started. */
  emptyCount = 0;
  /** The lowest level at any read of the device since `takeLowest`. */
  #lowest = Number.POSITIVE_INFINITY;
  readonly #machineRateHz: number;
  readonly #deviceRateHz: number;
  readonly #ring: Float32Array;
  readonly #channels: number;
  readonly #resamplers: readonly StreamResampler[];
  readonly #block: Int16Array;
  readonly #control: RateControl;
  #leadSeconds = LEAD_SECONDS;
  #readAt = 0;
  #level = 0;
  #isPlaying = false;
  /** The last sample of each channel. */
  readonly #last: Float32Array;

  constructor(machineRateHz: number, deviceRateHz: number, channels = 1) {
    this.#channels = channels;
    this.#resamplers = Array.from(
      { length: channels },
      (_, channel) => new StreamResampler(channel, channels),
    );
    this.#block = new Int16Array(channels * BLOCK_SAMPLES);
    this.#last = new Float32Array(channels);
    this.#machineRateHz = machineRateHz;
    this.#deviceRateHz = deviceRateHz;
    this.#ring = new Float32Array(channels * Math.ceil(CAPACITY_SECONDS * deviceRateHz));
    this.#control = new RateControl(this.#leadSamples);
  }

  /** Number of waiting samples per channel, at the device's rate. */
  get level(): number {
    return this.#level;
  }

  /** True if the device gets sound: false until enough has arrived. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get #leadSamples(): number {
    return this.#leadSeconds * this.#deviceRateHz;
  }

  /** Returns the lowest level since the last call, in samples; infinite if nothing was played. */
  takeLowest(): number {
    const lowest = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    return lowest;
  }

  /** Adds the samples of one frame of the machine; those of several channels alternate. */
  push(samples: Int16Array): void {
    const ratio = (this.#machineRateHz / this.#deviceRateHz) * this.#control.ratio;
    // A full block would lose samples, so each step fits even at four times the machine's rate.
    const step = (this.#channels * BLOCK_SAMPLES) / 8;
    for (let at = 0; at < samples.length; at += step) {
      const part = samples.subarray(at, at + step);
      let count = 0;
      for (const resampler of this.#resamplers)
        count = resampler.process(part, part.length / this.#channels, ratio, 1, this.#block);
      this.#append(count);
    }
    const most = this.#leadSamples + MAX_EXCESS_SECONDS * this.#deviceRateHz;
    if (this.#level > most) this.#drop(this.#level - Math.floor(this.#leadSamples));
  }

  /** Fills the arrays, one for each channel, for the device. */
  pull(into: readonly Float32Array[]): void {
    const { length } = into[0]!;
    if (!this.#isPlaying && this.#level >= this.#leadSamples + length) {
      this.#isPlaying = true;
      this.#control.restart();
    }
    const count = this.#isPlaying ? Math.min(length, this.#level) : 0;
    for (let channel = 0; channel < this.#channels; channel++) this.#copy(into[channel]!, channel, count);
    this.#drop(count);
    if (!this.#isPlaying) return;
    this.#lowest = Math.min(this.#lowest, this.#level);
    if (count < length) this.#ranOut();
    else this.#control.observe(this.#level, length / this.#deviceRateHz);
  }

  /** The machine pauses: waiting samples stay, and playing resumes when more have arrived. */
  hold(): void {
    this.#isPlaying = false;
  }

  #ranOut(): void {
    this.emptyCount++;
    this.#isPlaying = false;
    this.#leadSeconds = Math.min(MAX_LEAD_SECONDS, this.#leadSeconds + LEAD_GROWTH_SECONDS);
    this.#control.target = this.#leadSamples;
  }

  /** Copies `count` samples of a channel, and fades out after them. */
  #copy(into: Float32Array, channel: number, count: number): void {
    const size = this.#ring.length;
    let last = this.#last[channel]!;
    for (let i = 0, from = this.#readAt + channel; i < count; i++, from += this.#channels) {
      last = this.#ring[from % size]!;
      into[i] = last;
    }
    for (let i = count; i < into.length; i++) {
      last *= FADE;
      into[i] = last;
    }
    this.#last[channel] = last;
  }

  /** Takes `count` samples per channel from the block. */
  #append(count: number): void {
    const size = this.#ring.length;
    const to = this.#readAt + this.#channels * this.#level;
    for (let i = 0; i < this.#channels * count; i++) this.#ring[(to + i) % size] = this.#block[i]! / 32768;
    this.#level += count;
    const most = size / this.#channels;
    if (this.#level > most) this.#drop(this.#level - most);
  }

  #drop(count: number): void {
    this.#readAt = (this.#readAt + this.#channels * count) % this.#ring.length;
    this.#level -= count;
  }
}
