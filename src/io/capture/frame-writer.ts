import type { MachineGeometry } from "../../emu/machine.ts";
import type { Palette } from "../render/palette.ts";

/** Writes frames in one file format. */
export interface FrameWriter {
  /**
   * Takes machine frame number `frame`: `width × height` palette indices with emphasis bits, and its samples,
   * signed 16-bit mono. Both arrays may be reused afterwards.
   */
  write(frame: number, pixels: Uint16Array, samples: Int16Array): void;
  /** Call after the last frame: completes the output. */
  commit(): void;
  /** Discards the output. */
  abort(): void;
}

/** What a writer knows about the frames to come. */
export interface FrameFormat {
  readonly geometry: MachineGeometry;
  readonly palette: Palette;
  /** Machine frames per written frame. */
  readonly every: number;
  /** Number of frames that will be written. */
  readonly count: number;
}

export const DUMP_FORMATS = ["png", "gif", "y4m", "raw", "wav", "hash"] as const;
export type DumpFormat = (typeof DUMP_FORMATS)[number];
