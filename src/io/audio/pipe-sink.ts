import type { FileSink, Subprocess } from "bun";
import { type AudioSink, SINK_RATE_HZ } from "./sink.ts";

/** Programs that play raw samples from their standard input. */
const PLAYERS: readonly (readonly string[])[] = [
  ["pw-cat", "--playback", "--format=s16", `--rate=${SINK_RATE_HZ}`, "--channels=1", "--latency=40ms", "-"],
  ["pacat", "--raw", "--format=s16le", `--rate=${SINK_RATE_HZ}`, "--channels=1", "--latency-msec=40"],
  ["aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", `${SINK_RATE_HZ}`, "-c", "1", "--buffer-time=60000"],
  ["play", "-q", "-t", "raw", "-r", `${SINK_RATE_HZ}`, "-e", "signed", "-b", "16", "-c", "1", "-"],
];

/**
 * A program of the system's own that plays what it is sent. How much it holds cannot be told, so nothing
 * but the machine's own pace keeps the latency.
 */
export class PipeSink implements AudioSink {
  readonly name: string;
  readonly #player: Subprocess<"pipe", "ignore", "ignore">;
  readonly #input: FileSink;

  /** Throws when there is no such program. */
  constructor() {
    const command = PLAYERS.find(([name]) => Bun.which(name!) !== null);
    if (command === undefined) throw new Error("no program that plays samples is installed");
    this.name = `pipe to ${command[0]}`;
    this.#player = Bun.spawn([...command], { stdin: "pipe", stdout: "ignore", stderr: "ignore" });
    this.#player.unref();
    this.#input = this.#player.stdin;
  }

  write(samples: Int16Array, count: number): number {
    if (this.#player.exitCode !== null) throw new Error(`${this.name} has ended`);
    this.#input.write(new Uint8Array(samples.buffer, samples.byteOffset, count * 2));
    this.#input.flush();
    return count;
  }

  queued(): undefined {
    return undefined;
  }

  close(): void {
    this.#player.kill();
  }
}
