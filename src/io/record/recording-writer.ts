import type { FramePixels } from "../../emu/machine.ts";
import type { PictureSize } from "../capture/frame-writer.ts";

export const RECORDING_FORMATS = ["gif", "mp4", "png"] as const;
export type RecordingFormat = (typeof RECORDING_FORMATS)[number];

/** Writes a recording's frames in one file format. */
export interface RecordingWriter {
  /** Takes a frame; both arrays may be reused afterwards. */
  write(frame: number, pixels: FramePixels, samples: Int16Array, size?: PictureSize): void;
  /** Resolves when more frames may come. */
  settle(): Promise<void>;
  /** Call after the last frame: completes the file. */
  commit(): Promise<void>;
  /** Discards the recording. */
  abort(): void;
}

/**
 * Machine frames per file frame. GIFs count in hundredths of a second, and browsers slow down delays below
 * two of them.
 */
export const FRAMES_APART: Readonly<Record<RecordingFormat, number>> = { gif: 2, mp4: 1, png: 1 };
