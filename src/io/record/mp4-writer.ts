import { rmSync } from "node:fs";
import type { FileSink, Subprocess } from "bun";
import { InputError } from "../../emu/input-error.ts";
import type { FrameFormat } from "../dump/frame-writer.ts";
import { openSink, type Sink } from "../dump/sink.ts";
import { WavWriter } from "../dump/wav.ts";
import { Y4mWriter } from "../dump/y4m.ts";
import type { RecordingWriter } from "./recording-writer.ts";

const FFMPEG = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"];
/** The picture in whole pixels of the console, three times as large: players blur what they enlarge. */
const VIDEO = [
  "-vf",
  "scale=iw*3:ih*3:flags=neighbor",
  "-c:v",
  "libx264",
  "-pix_fmt",
  "yuv420p",
  "-crf",
  "16",
];

/** Whether this system can write MP4 files. */
export function hasFfmpeg(): boolean {
  return Bun.which("ffmpeg") !== null;
}

/** MP4 by the system's ffmpeg: the picture goes there as it comes, the sound joins it at the end. */
export class Mp4Writer implements RecordingWriter {
  readonly #path: string;
  readonly #video: string;
  readonly #sound: string;
  readonly #ffmpeg: Subprocess<"pipe", "ignore", "pipe">;
  readonly #input: FileSink;
  readonly #y4m: Y4mWriter;
  readonly #wav: WavWriter;

  constructor(path: string, format: FrameFormat) {
    this.#path = path;
    this.#video = `${path}.video.mp4`;
    this.#sound = `${path}.sound.wav`;
    this.#ffmpeg = Bun.spawn([...FFMPEG, "-f", "yuv4mpegpipe", "-i", "-", ...VIDEO, this.#video], {
      stdin: "pipe",
      stdout: "ignore",
      stderr: "pipe",
    });
    this.#input = this.#ffmpeg.stdin;
    const sink: Sink = { write: (bytes) => void this.#input.write(bytes.slice()), commit() {}, abort() {} };
    this.#y4m = new Y4mWriter(sink, format);
    this.#wav = new WavWriter(openSink(this.#sound), format);
  }

  write(frame: number, pixels: Uint16Array, samples: Int16Array): void {
    this.#y4m.write(frame, pixels);
    this.#wav.write(frame, pixels, samples);
  }

  async settle(): Promise<void> {
    await this.#input.flush();
  }

  async commit(): Promise<void> {
    await this.#input.end();
    this.#wav.commit();
    await finished(this.#ffmpeg, this.#path);
    const mux = ["-i", this.#video, "-i", this.#sound, "-c:v", "copy", "-c:a", "aac", this.#path];
    const join = Bun.spawn([...FFMPEG, ...mux], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
    await finished(join, this.#path);
    this.abort();
  }

  abort(): void {
    this.#ffmpeg.kill();
    this.#wav.abort();
    rmSync(this.#video, { force: true });
    rmSync(this.#sound, { force: true });
  }
}

async function finished(
  program: Subprocess<"pipe" | "ignore", "ignore", "pipe">,
  path: string,
): Promise<void> {
  const [errors, exitCode] = await Promise.all([program.stderr.text(), program.exited]);
  if (exitCode !== 0) throw new InputError("io", `ffmpeg: ${errors.trim().split("\n")[0] ?? "failed"}`, path);
}
