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
