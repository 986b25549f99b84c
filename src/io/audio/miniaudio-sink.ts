import { createRequire } from "node:module";
import { FillEstimate } from "./fill-estimate.ts";
import { type AudioChannels, type AudioSink, DEVICE_LATENCY_MS, SINK_RATE_HZ } from "./sink.ts";

/**
 * The package's native part. The package's JavaScript is not used because it blocks a pool thread for each
 * write.
 */
interface MiniaudioAddon {
  open(rateHz: number, channels: number, bits: number, bufferMs: number, capture: boolean): unknown;
  /** Returns the number of samples written, per channel. */
  writeSync(handle: unknown, bytes: Buffer): number;
  close(handle: unknown): void;
}

const require = createRequire(import.meta.url);

/**
 * miniaudio, as `@audio/speaker` prebuilds it for Linux, macOS and Windows: a ring that the device's own
 * callback empties. Only the platform packages are dependencies: the main package has a `binding.gyp`, and
 * npm compiles any package with one. The ring's length is a power of two, 2,048 samples per channel
 * here. Its fill level
 * can only be inferred from how much it accepts.
 */
export class MiniaudioSink implements AudioSink {
  readonly name = "miniaudio";
  readonly paces = true;
  readonly #addon: MiniaudioAddon;
  readonly #handle: unknown;
  readonly #capacity: number;
  readonly #fill = new FillEstimate();
  readonly #sampleBytes: number;

  /** Throws if there is no prebuilt part for this system, or no device. */
  constructor(channels: AudioChannels) {
    this.#sampleBytes = 2 * channels;
    this.#addon = require(`@audio/speaker-${process.platform}-${process.arch}`) as MiniaudioAddon;
    this.#handle = this.#addon.open(SINK_RATE_HZ, channels, 16, DEVICE_LATENCY_MS, false);
    this.#capacity = 2 ** Math.ceil(Math.log2((SINK_RATE_HZ * DEVICE_LATENCY_MS) / 1000));
  }

  write(samples: Int16Array, count: number): number {
    const bytes = Buffer.from(samples.buffer, samples.byteOffset, count * this.#sampleBytes);
    const taken = this.#addon.writeSync(this.#handle, bytes);
    // A ring that does not accept everything is full. Otherwise it holds the previous samples and these.
    this.#fill.set(taken < count ? this.#capacity : Math.min(this.#capacity, this.#fill.samples + taken));
    return taken;
  }

  queued(): number {
    return this.#fill.samples;
  }

  close(): void {
    this.#addon.close(this.#handle);
  }
}
