import { statSync } from "node:fs";
import { InputError } from "../../emu/input-error.ts";
import type { FramePixels, Machine } from "../../emu/machine.ts";
import type { DumpFormat, FrameFormat, FrameWriter } from "../capture/frame-writer.ts";
import { GifWriter } from "../capture/gif.ts";
import { HashWriter } from "../capture/hash.ts";
import { PngFileWriter } from "../capture/png.ts";
import { RawWriter } from "../capture/raw.ts";
import { WavWriter } from "../capture/wav.ts";
import { Y4mWriter } from "../capture/y4m.ts";
import { openSink } from "../files/sink.ts";
import type { Palette } from "../render/colors/palette.ts";

export interface DumpOptions {
  readonly format: DumpFormat;
  /** A file, a folder for many PNGs, or "-" for standard output. */
  readonly out: string;
  /** Machine frames to run from power-on. */
  readonly frames: number;
  /** The first frame to write, and the distance between written frames. */
  readonly from: number;
  readonly every: number;
  readonly palette: Palette;
  /**
   * Called before and after each frame, for movies; the call after the frame receives its picture. If one
   * throws, the dump ends.
   */
  readonly beforeFrame?: () => void;
  readonly afterFrame?: (pixels: FramePixels) => void;
  /** Called from time to time with the number of frames run. */
  readonly onProgress?: (framesDone: number) => void;
  /** Changes the samples of a frame, or returns others. */
  readonly soundOf?: (frame: number, samples: Int16Array) => Int16Array;
  /** Stops the dump without leaving files. Checked from time to time. */
  readonly signal?: AbortSignal;
}

/** Largest picture of machines whose pictures may change their size. */
const MAX_RGB_PIXELS = 2 ** 21;
/** The event loop gets a turn after this time. A frame takes long if it is written to a slow disk. */
const TURN_MS = 50;

/** Number of the `frames` machine frames that are written. */
export function selectedFrames(options: Pick<DumpOptions, "frames" | "from" | "every">): number {
  return Math.max(0, Math.ceil((options.frames - options.from) / options.every));
}

/**
 * Runs `machine` from power-on and writes the frames that the options select. The output appears only when it
 * is complete. Throws `InputError` ("io") if it cannot be written, and the signal's reason if it is aborted.
 */
export async function dump(machine: Machine, options: DumpOptions): Promise<void> {
  const { geometry } = machine;
  const { frames, from, every, palette, signal } = options;
  const writer = openWriter(options, { geometry, palette, every, count: selectedFrames(options) });
  try {
    const area = geometry.width * geometry.height;
    const canvas = machine.drawsRgb === true ? new Uint32Array(MAX_RGB_PIXELS) : new Uint16Array(area);
    let turnMs = performance.now();
    for (let frame = 0; frame < frames; frame++) {
      options.beforeFrame?.();
      machine.runFrame(canvas);
      const size = machine.geometry;
      const pixels = canvas.subarray(0, size.width * size.height);
      options.afterFrame?.(pixels);
      if (frame >= from && (frame - from) % every === 0) {
        const samples = machine.samples.subarray(0, machine.sampleCount);
        writer.write(frame, pixels, options.soundOf?.(frame, samples) ?? samples, size);
      }
      if (frame === 0 || performance.now() - turnMs >= TURN_MS) {
        options.onProgress?.(frame);
        await new Promise(setImmediate);
        signal?.throwIfAborted();
        turnMs = performance.now();
      }
    }
    writer.commit();
    options.onProgress?.(frames);
  } finally {
    writer.abort();
  }
}

/** Returns true for a name that a user gives to one picture: a folder of it would be a surprise. */
function isNameOfPng(path: string): boolean {
  return /\.png$/i.test(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

function openWriter(options: DumpOptions, format: FrameFormat): FrameWriter {
  const { out } = options;
  if (format.count === 0) {
    throw new InputError("usage", "no frames to write", "--from", "--from must be less than --frames");
  }
  if (options.format === "png") {
    if (format.count > 1 && (out === "-" || isNameOfPng(out))) {
      throw new InputError(
        "usage",
        "several PNGs need a folder",
        "--out",
        "--out FOLDER, or choose one frame with --from",
      );
    }
    return new PngFileWriter(out, format);
  }
  const sink = openSink(out);
  switch (options.format) {
    case "gif":
      return new GifWriter(sink, format);
    case "y4m":
      return new Y4mWriter(sink, format);
    case "raw":
      return new RawWriter(sink);
    case "wav":
      return new WavWriter(sink, format);
    case "hash":
      return new HashWriter(sink);
  }
}
