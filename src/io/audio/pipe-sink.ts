import { closeSync, writeSync } from "node:fs";
import type { Subprocess } from "bun";
import { sleepMs } from "../ffi/clock.ts";
import { linuxC } from "../ffi/libc.ts";
import { FillEstimate } from "./fill-estimate.ts";
import { type AudioChannels, type AudioSink, SINK_RATE_HZ } from "./sink.ts";

const RATE = `${SINK_RATE_HZ}`;
/** Programs that play raw samples from their standard input. */
const PLAYERS: readonly ((channels: string) => readonly string[])[] = [
  (channels) => [
    "pw-cat",
    "--playback",
    "--format=s16",
    `--rate=${RATE}`,
    `--channels=${channels}`,
    "--latency=40ms",
    "-",
  ],
  (channels) => [
    "pacat",
    "--raw",
    "--format=s16le",
    `--rate=${RATE}`,
    `--channels=${channels}`,
    "--latency-msec=40",
  ],
  (channels) => [
    "aplay",
    "-q",
    "-t",
    "raw",
    "-f",
    "S16_LE",
    "-r",
    RATE,
    "-c",
    channels,
    "--buffer-time=60000",
  ],
  (channels) => ["play", "-q", "-t", "raw", "-r", RATE, "-e", "signed", "-b", "16", "-c", channels, "-"],
];
const O_CLOEXEC = 0x80000;
const F_SETPIPE_SZ = 1031;
/**
 * Per channel. For one it is Linux's smallest pipe, 2,048 samples; the usual 64 KiB would be a delay of 0.7
 * s.
 */
const PIPE_BYTES = 4096;
/** ioctl: bytes in the pipe. */
const FIONREAD = 0x541b;
/** Number of writes that determine if samples usually wait in the pipe. */
const WRITES_SEEN = 32;
/** A player without a device has ended after this time. */
const REFUSAL_MS = 150;

/** Plays through one of the system's programs and a short pipe. Writing blocks. */
export class PipeSink implements AudioSink {
  readonly name: string;
  /** How many of the last writes found samples of the previous one still waiting. */
  #waiting = 0;
  readonly #player: Subprocess<number, "ignore", "ignore">;
  readonly #pipe: number;
  readonly #fill = new FillEstimate();
  readonly #bytes = new Int32Array(new SharedArrayBuffer(4));
  readonly #channels: AudioChannels;

  /** Throws if there is no such program. */
  constructor(channels: AudioChannels) {
    this.#channels = channels;
    const libc = linuxC();
    const commands = PLAYERS.map((commandOf) => commandOf(String(channels)));
    const command = commands.find(([name]) => Bun.which(name!) !== null);
    if (libc === undefined || command === undefined)
      throw new Error("none of pw-cat, pacat, aplay and play is installed");
    this.name = command[0]!;
    const ends = new Int32Array(new SharedArrayBuffer(8));
    if (libc.pipe2(ends, O_CLOEXEC) !== 0) throw new Error("a pipe cannot be created");
    this.#pipe = ends[1]!;
    libc.fcntl(this.#pipe, F_SETPIPE_SZ, PIPE_BYTES * channels);
    this.#player = Bun.spawn([...command], { stdin: ends[0]!, stdout: "ignore", stderr: "ignore" });
    this.#player.unref();
    // Close our copy of the read end, so that the player's death breaks the pipe.
    closeSync(ends[0]!);
    this.#awaitRefusal();
  }

  /** Players without a device end at once; only a write reveals it. */
  #awaitRefusal(): void {
    sleepMs(REFUSAL_MS);
    try {
      const samples = SINK_RATE_HZ / 1000;
      this.write(new Int16Array(samples * this.#channels), samples);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get paces(): boolean {
    return this.#waiting > 0.75 * WRITES_SEEN;
  }

  write(samples: Int16Array, count: number): number {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, 2 * count * this.#channels);
    const hasWaiting = linuxC()!.ioctl(this.#pipe, FIONREAD, this.#bytes) === 0 && this.#bytes[0]! > 0;
    this.#waiting += ((hasWaiting ? WRITES_SEEN : 0) - this.#waiting) / WRITES_SEEN;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#pipe, bytes, at);
    } catch {
      throw new Error(`${this.name} has ended`);
    }
    this.#fill.add(count);
    return count;
  }

  queued(): number {
    return this.#fill.samples;
  }

  close(): void {
    closeSync(this.#pipe);
    this.#player.kill();
  }
}
