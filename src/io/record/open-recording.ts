import type { FrameFormat } from "../capture/frame-writer.ts";
import { GifWriter } from "../capture/gif.ts";
import { PngFileWriter } from "../capture/png.ts";
import { openSink } from "../files/sink.ts";
import { Mp4Writer } from "./mp4-writer.ts";
import type { RecordingFormat, RecordingWriter } from "./recording-writer.ts";

/** Opens a recording. `path` is a file, or a folder for PNGs. Throws `InputError` ("io", "missing"). */
export function openRecording(kind: RecordingFormat, path: string, format: FrameFormat): RecordingWriter {
  if (kind === "mp4") return new Mp4Writer(path, format);
  const writer = kind === "gif" ? new GifWriter(openSink(path), format) : new PngFileWriter(path, format);
  return {
    write: (frame, pixels, samples, size) => writer.write(frame, pixels, samples, size),
    settle: async () => {},
    commit: async () => writer.commit(),
    abort: () => writer.abort(),
  };
}
