import { rmSync } from "node:fs";
import type { FileSink, Subprocess } from "bun";
import { InputError } from "../../emu/input-error.ts";
import type { FramePixels } from "../../emu/machine.ts";
import { MIB } from "../../emu/units.ts";
import type { FrameFormat, PictureSize } from "../capture/frame-writer.ts";
import { Y4mWriter } from "../capture/y4m.ts";
import { openSink, type Sink } from "../files/sink.ts";
import type { RecordingWriter } from "./recording-writer.ts";

const FFMPEG = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"];
/**
 * Enlarges the picture to three times the console's pixels, because players blur what they enlarge. Players
 * assume BT.709 at that size, so the picture is converted to it and marked as such.
 */
const SCALE = "scale=iw*3:ih*3:flags=neighbor:in_color_matrix=bt601:out_color_matrix=bt709";
const TAGS = [
  "-colorspace",
  "bt709",
  "-color_primaries",
  "bt709",
  "-color_trc",
  "bt709",
  "-color_range",
  "tv",
];
const CODEC = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"];
const VIDEO = ["-vf", SCALE, ...CODEC, ...TAGS];
/** Four seconds of video: the most that may wait for ffmpeg while it starts or the computer is busy. */
const MAX_WAITING_BYTES = 44 * MIB;

/** Returns true if this system can write MP4 files. */
export function hasFfmpeg(): boolean {
  return Bun.which("ffmpeg") !== null;
}

/** Writes MP4 by the system's ffmpeg. Pictures go to ffmpeg as they come; the sound is added at the end. */
export class Mp4Writer implements RecordingWriter {
  readonly #path: string;
  readonly #video: string;
  readonly #sound: string;
  readonly #ffmpeg: Subprocess<"pipe", "ignore", "pipe">;
  readonly #input: FileSink;
  readonly #y4m: Y4mWriter;
  readonly #soundFormat: readonly string[];
  /** Bytes of video so far, and bytes still in the pipe. */
  #written = 0;
  #sent = 0;
  #sending: Promise<void> | undefined;
  /** True if ffmpeg accepts no more data. */
  #isDeaf = false;
  readonly #samples: Sink;

  constructor(path: string, format: FrameFormat) {
    this.#path = path;
    this.#video = `${path}.video.mp4`;
    this.#sound = `${path}.sound.raw`;
    this.#ffmpeg = Bun.spawn([...FFMPEG, "-f", "yuv4mpegpipe", "-i", "-", ...VIDEO, this.#video], {
      stdin: "pipe",
      stdout: "ignore",
      stderr: "pipe",
    });
    this.#input = this.#ffmpeg.stdin;
    const sink: Sink = { write: (bytes) => this.#send(bytes), commit() {}, abort() {} };
    this.#y4m = new Y4mWriter(sink, format);
    const { sampleRateHz, audioChannels = 1 } = format.geometry;
    this.#soundFormat = ["-f", "s16le", "-ar", `${sampleRateHz}`, "-ac", `${audioChannels}`];
    try {
      this.#samples = openSink(this.#sound);
    } catch (error) {
      this.#ffmpeg.kill();
      throw error;
    }
  }

  write(frame: number, pixels: FramePixels, samples: Int16Array, size?: PictureSize): void {
    this.#y4m.write(frame, pixels, samples, size);
    // Samples go to a file at once: an hour of them is 345 MB.
    this.#samples.write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  /**
   * Waits only if much data is in the pipe: ffmpeg takes half a second to start, and the ring of frames is
   * shorter.
   */
  async settle(): Promise<void> {
    const upTo = this.#written;
    // ffmpeg ended too early: report its output as an error, whatever its exit code.
    if (this.#isDeaf) {
      await finished(this.#ffmpeg, this.#path);
      throw new InputError("io", "ffmpeg ended too early", this.#path);
    }
    this.#sending ??= this.#flush(upTo);
    if (this.#written - this.#sent > MAX_WAITING_BYTES) await this.#sending;
  }

  async commit(): Promise<void> {
    try {
      await this.#input.end();
    } catch {
      this.#isDeaf = true;
    }
    this.#samples.commit();
    await finished(this.#ffmpeg, this.#path);
    const sound = [...this.#soundFormat, "-i", this.#sound];
    const output = ["-c:v", "copy", "-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart", this.#path];
    const join = Bun.spawn([...FFMPEG, "-i", this.#video, ...sound, ...output], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    await finished(join, this.#path).catch((error) => {
      rmSync(this.#path, { force: true });
      throw error;
    });
    this.abort();
  }

  abort(): void {
    this.#ffmpeg.kill();
    this.#samples.abort();
    rmSync(this.#video, { force: true });
    rmSync(this.#sound, { force: true });
  }

  async #flush(upTo: number): Promise<void> {
    try {
      await this.#input.flush();
      this.#sent = upTo;
    } catch {
      this.#isDeaf = true;
    }
    this.#sending = undefined;
  }

  #send(bytes: Uint8Array): void {
    if (this.#isDeaf) return;
    this.#written += bytes.length;
    this.#input.write(bytes.slice());
  }
}

async function finished(
  program: Subprocess<"pipe" | "ignore", "ignore", "pipe">,
  path: string,
): Promise<void> {
  const [errors, exitCode] = await Promise.all([program.stderr.text(), program.exited]);
  if (exitCode !== 0) throw new InputError("io", `ffmpeg: ${errors.trim().split("\n")[0] ?? "failed"}`, path);
}
