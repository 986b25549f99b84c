import type { FrameFormat } from "../capture/frame-writer.ts";
import { GifWriter } from "../capture/gif.ts";
import { PngWriter } from "../capture/png.ts";
import { openSink } from "../files/sink.ts";
import { Mp4Writer } from "./mp4-writer.ts";

export const RECORDING_FORMATS = ["gif", "mp4", "png"] as const;
export type RecordingFormat = (typeof RECORDING_FORMATS)[number];

/** Turns a recording's frames into one file format. */
export interface RecordingWriter {
  /** Takes a frame; both arrays may be reused afterwards. */
  write(frame: number, pixels: Uint16Array, samples: Int16Array): void;
  /** Resolves when what was written is on its way: more may come then. */
  settle(): Promise<void>;
  /** After the last frame: the file is whole. */
  commit(): Promise<void>;
  /** The recording is not wanted any more. */
  abort(): void;
}

/** Machine frames between two of the file: GIFs count in hundredths of a second, and browsers in no fewer than two. */
export const FRAMES_APART: Readonly<Record<RecordingFormat, number>> = { gif: 2, mp4: 1, png: 1 };

/** Opens a recording; `path` is a file, or a folder for many PNGs. Throws `InputError` ("io", "missing"). */
export function openRecording(kind: RecordingFormat, path: string, format: FrameFormat): RecordingWriter {
  if (kind === "mp4") return new Mp4Writer(path, format);
  const writer = kind === "gif" ? new GifWriter(openSink(path), format) : new PngWriter(path, format);
  return {
    write: (frame, pixels) => writer.write(frame, pixels),
    settle: async () => {},
    commit: async () => writer.commit(),
    abort: () => writer.abort(),
  };
}
