import { type Pointer, toArrayBuffer } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { PulseSink } from "../../../src/io/audio/pulse-sink.ts";

type Library = NonNullable<ConstructorParameters<typeof PulseSink>[2]>;

const SOMETHING = 16 as Pointer;

/** A server whose device is `deviceMicroseconds` behind, with a stream that has run dry at some byte. */
class FakePulse {
  deviceMicroseconds = 10_000;
  underflowAt = -1;
  room = 4000;
  /** Bytes of the last write. */
  written = 0;
  channels = 0;

  functions(): Library {
    const nothing = () => {};
    const functions = {
      pa_threaded_mainloop_new: () => SOMETHING,
      pa_threaded_mainloop_get_api: () => SOMETHING,
      pa_threaded_mainloop_start: () => 0,
      pa_threaded_mainloop_lock: nothing,
      pa_threaded_mainloop_unlock: nothing,
      pa_context_new: () => SOMETHING,
      pa_context_connect: () => 0,
      pa_context_get_state: () => 4,
      pa_stream_new: (_context: Pointer, _name: Pointer, spec: Pointer) => {
        this.channels = new Uint8Array(toArrayBuffer(spec, 0, 9))[8]!;
        return SOMETHING;
      },
      pa_stream_connect_playback: () => 0,
      pa_stream_get_state: () => 2,
      pa_stream_writable_size: () => this.room,
      pa_stream_write: (_stream: Pointer, _samples: Int16Array, bytes: number) => {
        this.written = bytes;
        return 0;
      },
      pa_stream_get_underflow_index: () => this.underflowAt,
      pa_stream_get_latency: (_stream: Pointer, latency: Pointer) => {
        new Uint32Array(toArrayBuffer(latency, 0, 12)).set([this.deviceMicroseconds, 0, 0]);
        return 0;
      },
    };
    return functions as unknown as Library;
  }
}

describe("PulseSink", () => {
  test("writes as much as there is room for, and reports how much is queued", () => {
    const pulse = new FakePulse();
    const sink = new PulseSink(1, undefined, pulse.functions());
    const samples = new Int16Array(new SharedArrayBuffer(8000));
    expect(sink.write(samples, 500)).toBe(500);
    pulse.room = 301;
    expect(sink.write(samples, 500)).toBe(150);
    expect(sink.queued()).toBe(480);
    pulse.room = -1;
    expect(() => sink.write(samples, 500)).toThrow("is gone");
  });

  test("writes whole pairs of stereo samples and counts them per channel", () => {
    const pulse = new FakePulse();
    const sink = new PulseSink(2, undefined, pulse.functions());
    expect(pulse.channels).toBe(2);
    const samples = new Int16Array(new SharedArrayBuffer(8000));
    expect([sink.write(samples, 500), pulse.written]).toEqual([500, 2000]);
    pulse.room = 303;
    expect([sink.write(samples, 500), pulse.written]).toEqual([75, 300]);
  });

  test("is empty after an underrun at any device latency, and counts the underrun at the next write", () => {
    const pulse = new FakePulse();
    const sink = new PulseSink(1, undefined, pulse.functions());
    const samples = new Int16Array(new SharedArrayBuffer(8000));
    sink.write(samples, 500);
    pulse.underflowAt = 1000;
    expect(sink.queued()).toBe(0);
    expect(sink.underruns).toBe(0);
    sink.write(samples, 500);
    expect(sink.queued()).toBe(480);
    expect(sink.underruns).toBe(1);
  });
});
