import { type Pointer, ptr, read } from "bun:ffi";
import { alsa } from "../ffi/sound-libraries.ts";
import { FillEstimate } from "./fill-estimate.ts";
import { type AudioChannels, type AudioSink, DEVICE_LATENCY_MS, SINK_RATE_HZ } from "./sink.ts";

const STREAM_PLAYBACK = 0;
const FORMAT_S16_LE = 2;
const ACCESS_INTERLEAVED = 3;
const ALLOW_RESAMPLING = 1;
/** A write returns this, negated, after an underrun. */
const EPIPE = 32;

/**
 * Plays through libasound by FFI. Writing blocks; devices that play nothing (`null`, `file`) accept
 * everything at once.
 */
export class AlsaSink implements AudioSink {
  readonly name = "alsa";
  paces = true;
  underruns = 0;
  /** A larger latency to be tried; 0 for none. */
  #wantedMicroseconds = 0;
  #latencyMicroseconds = DEVICE_LATENCY_MS * 1000;
  readonly #library: NonNullable<ReturnType<typeof alsa>>;
  readonly #device: Pointer;
  readonly #channels: AudioChannels;
  readonly #delay = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #swallowed = new FillEstimate();

  /** Throws if the library or the device is missing. */
  constructor(channels: AudioChannels, device = process.env.EMU_ALSA_DEVICE ?? "default") {
    this.#channels = channels;
    const library = alsa();
    if (library === undefined) throw new Error("libasound is not installed");
    this.#library = library;
    const handle = new BigUint64Array(new SharedArrayBuffer(8));
    const name = new Uint8Array(new SharedArrayBuffer(256));
    name.set(new TextEncoder().encode(`${device}\0`).subarray(0, 255));
    if (library.snd_pcm_open(ptr(handle), ptr(name), STREAM_PLAYBACK, 0) < 0)
      throw new Error(`ALSA device ${device} cannot be opened`);
    this.#device = read.ptr(ptr(handle), 0) as Pointer;
    if (this.#setParameters()) return;
    library.snd_pcm_close(this.#device);
    throw new Error(`ALSA device ${device} does not accept 16-bit samples at 48 kHz`);
  }

  #setParameters(): boolean {
    const error = this.#library.snd_pcm_set_params(
      this.#device,
      FORMAT_S16_LE,
      ACCESS_INTERLEAVED,
      this.#channels,
      SINK_RATE_HZ,
      ALLOW_RESAMPLING,
      this.#latencyMicroseconds,
    );
    return error >= 0;
  }

  write(samples: Int16Array, count: number): number {
    const written = this.#library.snd_pcm_writei(this.#device, samples, count);
    if (written >= 0) {
      this.paces = this.#delaySamples() > 0;
      if (!this.paces) this.#swallowed.add(written);
      return written;
    }
    // After an underrun the device is prepared again; these samples are lost.
    if (written === -EPIPE) {
      this.underruns++;
      // Nothing is playing, so replacing the buffer is inaudible.
      if (this.#wantedMicroseconds > 0 && this.#grow()) return count;
    }
    if (this.#library.snd_pcm_recover(this.#device, written, 1) < 0)
      throw new Error("the ALSA device is gone");
    return count;
  }

  /** Takes effect at the next underrun, and only to grow: ALSA cannot change a buffer that is playing. */
  setCapacity(samples: number): void {
    const microseconds = Math.round((samples * 1e6) / SINK_RATE_HZ);
    if (microseconds > this.#latencyMicroseconds) this.#wantedMicroseconds = microseconds;
  }

  /** Returns false if the device accepts neither the larger buffer nor the old one. */
  #grow(): boolean {
    const before = this.#latencyMicroseconds;
    this.#latencyMicroseconds = this.#wantedMicroseconds;
    this.#wantedMicroseconds = 0;
    this.#library.snd_pcm_drop(this.#device);
    this.#library.snd_pcm_hw_free(this.#device);
    if (this.#setParameters()) return true;
    this.#latencyMicroseconds = before;
    return this.#setParameters();
  }

  queued(): number {
    return this.paces ? this.#delaySamples() : this.#swallowed.samples;
  }

  #delaySamples(): number {
    if (this.#library.snd_pcm_delay(this.#device, ptr(this.#delay)) < 0) return 0;
    return Math.max(0, Number(this.#delay[0]));
  }

  close(): void {
    this.#library.snd_pcm_close(this.#device);
  }
}
