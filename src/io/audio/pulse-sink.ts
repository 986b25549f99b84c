import { type Pointer, ptr } from "bun:ffi";
import { sleepMs } from "../ffi/clock.ts";
import { pulse } from "../ffi/sound-libraries.ts";
import { type AudioChannels, type AudioSink, DEVICE_LATENCY_MS, SINK_RATE_HZ } from "./sink.ts";

const SAMPLE_S16LE = 3;
const UNSET = 0xffffffff;
const CONTEXT_READY = 4;
const STREAM_READY = 2;
/**
 * INTERPOLATE_TIMING, AUTO_TIMING_UPDATE, ADJUST_LATENCY: libpulse knows the latency, and applies the
 * requested one to all buffers together.
 */
const STREAM_FLAGS = 0x0002 | 0x0008 | 0x2000;
const SEEK_RELATIVE = 0;
/** A server on this computer replies within milliseconds; one that must be started takes longer. */
const CONNECT_MS = 5000;
const POLL_MS = 2;

type PulseLibrary = NonNullable<ReturnType<typeof pulse>>;

/** Memory whose address the library gets. Shared memory does not move. */
class Arguments {
  readonly #memory = new SharedArrayBuffer(256);
  readonly name: Pointer;
  readonly title: Pointer;
  readonly spec: Pointer;
  readonly attributes: Pointer;
  readonly latency: Pointer;
  readonly isNegative: Pointer;
  readonly #attributes = new Uint32Array(this.#memory, 64, 5);
  readonly #latency = new Uint32Array(this.#memory, 96, 3);
  readonly #sampleBytes: number;

  constructor(channels: AudioChannels) {
    this.#sampleBytes = 2 * channels;
    const text = new Uint8Array(this.#memory, 128);
    text.set(new TextEncoder().encode("emu\0game\0"));
    this.name = ptr(text);
    this.title = (this.name + 4) as Pointer;
    const spec = new DataView(this.#memory);
    spec.setUint32(0, SAMPLE_S16LE, true);
    spec.setUint32(4, SINK_RATE_HZ, true);
    spec.setUint8(8, channels);
    this.spec = ptr(new Uint8Array(this.#memory));
    this.attributes = ptr(this.#attributes);
    this.latency = ptr(this.#latency);
    this.isNegative = (this.latency + 8) as Pointer;
  }

  /** https://freedesktop.org/software/pulseaudio/doxygen/structpa__buffer__attr.html */
  setCapacity(samples: number): void {
    const part = (divisor: number) => this.#sampleBytes * Math.round(samples / divisor);
    // maxlength, tlength, prebuf, minreq, fragsize
    this.#attributes.set([UNSET, part(1), part(2), part(4), UNSET]);
  }

  /** Latency of the last reply; negative if the source is ahead of its sink. */
  get latencyMicroseconds(): number {
    return (this.#latency[2]! & 0xff) !== 0 ? 0 : this.#latency[0]!;
  }
}

/**
 * Plays through libpulse by FFI: PulseAudio's server, or PipeWire's in its place. A write accepts as much as
 * there is room for.
 */
export class PulseSink implements AudioSink {
  readonly name = "pulse";
  readonly paces = true;
  underruns = 0;
  readonly #library: PulseLibrary;
  readonly #arguments: Arguments;
  readonly #sampleBytes: number;
  readonly #loop: Pointer;
  #context: Pointer | null = null;
  #stream: Pointer | null = null;
  /** Where the stream had run dry at the last write. */
  #underflowAt = -1;
  readonly #isUnwanted: () => boolean;

  /**
   * Throws if the library or the server is missing, or when `isUnwanted` returns true while the server does
   * not respond. Tests pass another library.
   */
  constructor(
    channels: AudioChannels,
    isUnwanted: () => boolean = () => false,
    library: PulseLibrary | undefined = pulse(),
  ) {
    if (library === undefined) throw new Error("libpulse is not installed");
    this.#isUnwanted = isUnwanted;
    this.#arguments = new Arguments(channels);
    this.#sampleBytes = 2 * channels;
    this.#library = library;
    const loop = library.pa_threaded_mainloop_new() as Pointer | null;
    if (loop === null) throw new Error("libpulse cannot create its main loop");
    this.#loop = loop;
    if (this.#connect()) return;
    this.close();
    throw new Error("no PulseAudio server responds");
  }

  write(samples: Int16Array, count: number): number {
    const { pa_threaded_mainloop_lock: lock, pa_threaded_mainloop_unlock: unlock } = this.#library;
    lock(this.#loop);
    const room = this.#library.pa_stream_writable_size(this.#stream);
    const bytes = Math.min(room - (room % this.#sampleBytes), count * this.#sampleBytes);
    let error = room;
    if (bytes > 0)
      error = this.#library.pa_stream_write(this.#stream, samples, bytes, null, 0, SEEK_RELATIVE);
    const underflowAt = this.#library.pa_stream_get_underflow_index(this.#stream);
    unlock(this.#loop);
    if (error < 0) throw new Error("the PulseAudio server is gone");
    if (underflowAt !== this.#underflowAt) this.underruns++;
    this.#underflowAt = underflowAt;
    return Math.max(0, bytes) / this.#sampleBytes;
  }

  queued(): number {
    const { latency, isNegative } = this.#arguments;
    this.#library.pa_threaded_mainloop_lock(this.#loop);
    const error = this.#library.pa_stream_get_latency(this.#stream, latency, isNegative);
    // The latency of a dry stream stays at that of the device and never becomes 0.
    const isDry = this.#library.pa_stream_get_underflow_index(this.#stream) !== this.#underflowAt;
    this.#library.pa_threaded_mainloop_unlock(this.#loop);
    return error < 0 || isDry ? 0 : Math.round((this.#arguments.latencyMicroseconds * SINK_RATE_HZ) / 1e6);
  }

  setCapacity(samples: number): void {
    this.#arguments.setCapacity(samples);
    this.#library.pa_threaded_mainloop_lock(this.#loop);
    const { attributes } = this.#arguments;
    const operation = this.#library.pa_stream_set_buffer_attr(this.#stream, attributes, null, null);
    if (operation !== null) this.#library.pa_operation_unref(operation);
    this.#library.pa_threaded_mainloop_unlock(this.#loop);
  }

  close(): void {
    const library = this.#library;
    library.pa_threaded_mainloop_stop(this.#loop);
    if (this.#stream !== null) {
      library.pa_stream_disconnect(this.#stream);
      library.pa_stream_unref(this.#stream);
    }
    if (this.#context !== null) {
      library.pa_context_disconnect(this.#context);
      library.pa_context_unref(this.#context);
    }
    library.pa_threaded_mainloop_free(this.#loop);
  }

  #connect(): boolean {
    const library = this.#library;
    const { name, title, spec, attributes } = this.#arguments;
    this.#arguments.setCapacity((SINK_RATE_HZ * DEVICE_LATENCY_MS) / 1000);
    const context = library.pa_context_new(library.pa_threaded_mainloop_get_api(this.#loop), name);
    if (context === null) return false;
    this.#context = context as Pointer;
    if (library.pa_context_connect(context, null, 0, null) < 0) return false;
    if (library.pa_threaded_mainloop_start(this.#loop) < 0) return false;
    if (!this.#reaches(CONTEXT_READY, () => library.pa_context_get_state(context))) return false;
    library.pa_threaded_mainloop_lock(this.#loop);
    const stream = library.pa_stream_new(context, title, spec, null);
    this.#stream = stream as Pointer | null;
    const error =
      stream === null
        ? -1
        : library.pa_stream_connect_playback(stream, null, attributes, STREAM_FLAGS, null, null);
    library.pa_threaded_mainloop_unlock(this.#loop);
    return error >= 0 && this.#reaches(STREAM_READY, () => library.pa_stream_get_state(stream));
  }

  /** Waits for a state to become `ready`. Returns false for a failed state; those are above `ready`. */
  #reaches(ready: number, state: () => number): boolean {
    const deadline = performance.now() + CONNECT_MS;
    while (performance.now() < deadline && !this.#isUnwanted()) {
      this.#library.pa_threaded_mainloop_lock(this.#loop);
      const now = state();
      this.#library.pa_threaded_mainloop_unlock(this.#loop);
      if (now >= ready) return now === ready;
      sleepMs(POLL_MS);
    }
    return false;
  }
}
