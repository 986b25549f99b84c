import { type Pointer, ptr } from "bun:ffi";
import { pulseSimple } from "../ffi/sound-libraries.ts";
import { type AudioSink, DEVICE_LATENCY_MS, SINK_RATE_HZ } from "./sink.ts";

const STREAM_PLAYBACK = 1;
const SAMPLE_S16LE = 3;
const UNSET = 0xffffffff;

/** libpulse's simple interface by FFI: PulseAudio's server, or PipeWire's in its place. Writing blocks. */
export class PulseSink implements AudioSink {
  readonly name = "pulse";
  readonly paces = true;
  readonly #library: NonNullable<ReturnType<typeof pulseSimple>>;
  readonly #stream: Pointer;

  /** Throws when the library or the server is missing. */
  constructor() {
    const library = pulseSimple();
    if (library === undefined) throw new Error("libpulse-simple is not installed");
    this.#library = library;
    // Everything whose address the library gets lies in memory that does not move.
    const memory = new SharedArrayBuffer(256);
    const text = new Uint8Array(memory, 128);
    text.set(new TextEncoder().encode("emu\0game\0"));
    const spec = new DataView(memory);
    spec.setUint32(0, SAMPLE_S16LE, true);
    spec.setUint32(4, SINK_RATE_HZ, true);
    spec.setUint8(8, 1);
    const targetBytes = ((SINK_RATE_HZ * DEVICE_LATENCY_MS) / 1000) * 2;
    // maxlength, tlength, prebuf, minreq, fragsize: https://freedesktop.org/software/pulseaudio/doxygen/structpa__buffer__attr.html
    const attributes = new Uint32Array(memory, 64, 5);
    attributes.set([UNSET, targetBytes, targetBytes / 2, targetBytes / 4, UNSET]);
    const name = ptr(text);
    const stream = library.pa_simple_new(
      null,
      name,
      STREAM_PLAYBACK,
      null,
      (name + 4) as Pointer,
      ptr(new Uint8Array(memory)),
      null,
      ptr(attributes),
      null,
    );
    if (stream === null) throw new Error("no PulseAudio server answers");
    this.#stream = stream as Pointer;
  }

  write(samples: Int16Array, count: number): number {
    if (this.#library.pa_simple_write(this.#stream, samples, count * 2, null) < 0)
      throw new Error("the PulseAudio server has gone away");
    return count;
  }

  queued(): number {
    const microseconds = this.#library.pa_simple_get_latency(this.#stream, null);
    return Math.round((microseconds * SINK_RATE_HZ) / 1e6);
  }

  close(): void {
    this.#library.pa_simple_free(this.#stream);
  }
}
