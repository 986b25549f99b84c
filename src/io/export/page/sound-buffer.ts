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

  /** Number of waiting samples, at the device's rate. */
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

  /** Adds the samples of one frame of the machine. */
  push(samples: Int16Array): void {
    const ratio = (this.#machineRateHz / this.#deviceRateHz) * this.#control.ratio;
    // A full block would lose samples, so each step fits even at four times the machine's rate.
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
