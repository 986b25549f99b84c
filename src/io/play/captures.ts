import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { encodePng } from "../capture/png.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { hasFfmpeg } from "../record/mp4-writer.ts";
import { Recording } from "../record/recording.ts";
import type { RecordingFormat } from "../record/recording-writer.ts";
import type { Palette } from "../render/colors/palette.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import { shortFolder } from "./home-folder.ts";

/** Time that a recording in progress gets to finish when the game ends. */
const LAST_WRITE_MS = 10_000;

/** Screenshots and recordings of a game, in files named after it and the time. */
export class Captures {
  readonly #client: EmuClient;
  readonly #folder: string;
  readonly #name: string;
  readonly #log: Log;
  #recording: Recording | undefined;
  /** Called when a recording ends because it cannot be written. The game continues. */
  onFailure: (error: Error) => void = () => {};

  /** `name` is the game's name, without an extension. */
  constructor(client: EmuClient, folder: string, name: string, log: Log = NO_LOG) {
    this.#log = log;
    this.#client = client;
    this.#folder = folder;
    this.#name = name.replaceAll(/[^\w.-]+/g, "-").slice(0, 80) || "game";
  }

  get isRecording(): boolean {
    return this.#recording !== undefined;
  }

  /** Writes the picture as a PNG file and returns its path. Throws `InputError` ("io"). */
  async screenshot(palette: Palette): Promise<string> {
    const path = this.#path("png");
    await writeFileWhole(path, await this.png(palette));
    this.#log.debug({ path }, "screenshot written");
    return path;
  }

  /** The current picture as a PNG file. */
  async png(palette: Palette): Promise<Uint8Array> {
    const { pixels, ...size } = await this.#client.sizedPicture();
    return encodePng(pixels, size, palette);
  }

  /** Starts a recording and returns its path. Throws `InputError` if its folder cannot be created. */
  async startRecording(wanted: RecordingFormat | "auto", palette: Palette): Promise<string> {
    const format = wanted === "auto" ? (hasFfmpeg() ? "mp4" : "gif") : wanted;
    if (format === "mp4" && !hasFfmpeg())
      throw new InputError("unavailable", "MP4 files need ffmpeg", "", "install it, or choose GIF");
    const path = format === "png" ? this.#path("frames") : this.#path(format);
    try {
      await mkdir(this.#folder, { recursive: true });
    } catch {
      throw new InputError("io", "cannot be created", this.#folder);
    }
    const { blocks, description, ready } = this.#client;
    const { buffer } = blocks;
    const recording = new Recording(blocks.tap, {
      buffer,
      description,
      geometry: ready.geometry,
      palette,
      format,
      path,
    });
    this.#recording = recording;
    this.#log.info({ path, format, wanted }, "recording");
    recording.finished.then(
      (counts) => this.#log.info({ path, ...counts }, "recording written"),
      (error) => {
        this.#log.error({ path, error: error.message }, "the recording has failed");
        // If the recording was stopped on purpose, `stopRecording` reports the failure.
        if (this.#recording !== recording) return;
        this.#recording = undefined;
        this.onFailure(error);
      },
    );
    return path;
  }

  /** Ends the recording. Resolves when its file is complete; with undefined if there was none. */
  async stopRecording(): Promise<{ path: string; frames: number; lost: number } | undefined> {
    const recording = this.#recording;
    this.#recording = undefined;
    return recording === undefined ? undefined : { path: recording.path, ...(await recording.stop()) };
  }

  /**
   * Finishes a recording in progress, as far as time allows. Returns the reason if it could not be written.
   */
  async close(): Promise<unknown> {
    const path = this.#recording?.path ?? "";
    const late = new InputError("io", `not written within ${LAST_WRITE_MS / 1000} s`, path);
    const finished = this.stopRecording().then(
      () => undefined,
      (error: unknown) => error,
    );
    return Promise.race([finished, Bun.sleep(LAST_WRITE_MS).then(() => late)]);
  }

  #path(extension: string): string {
    const time = new Date().toISOString().replace("T", "-").replaceAll(":", "").slice(0, 17);
    const hundredths = String(Math.floor(performance.now() / 10) % 100).padStart(2, "0");
    // Two emus that play the same game may take pictures at the same time.
    for (let copy = 1; ; copy++) {
      const name = `${this.#name}-${time}-${hundredths}${copy === 1 ? "" : `-${copy}`}.${extension}`;
      if (!existsSync(join(this.#folder, name))) return join(this.#folder, name);
    }
  }
}

/** A capture for a line that may be cut at its end: the folder, which is the longest part, comes last. */
export function describeCapture(path: string, facts = ""): string {
  return `${basename(path)}${facts} in ${shortFolder(dirname(path))}`;
}
