import type { MachineGeometry } from "../../emu/machine.ts";
import type { Palette } from "../render/palette.ts";

/** Turns frames into one file format. */
export interface FrameWriter {
  /**
   * Takes machine frame number `frame`: `width × height` palette indices with emphasis bits, and its
   * samples, signed 16-bit mono. Both may be reused afterwards.
   */
  write(frame: number, pixels: Uint16Array, samples: Int16Array): void;
  /** After the last frame: the output is whole. */
  commit(): void;
  /** The output is not wanted any more. */
  abort(): void;
}

/** What a writer knows of the frames to come. */
export interface FrameFormat {
  readonly geometry: MachineGeometry;
  readonly palette: Palette;
  /** Machine frames between two written ones. */
  readonly every: number;
  /** How many frames will be written. */
  readonly count: number;
}

export const DUMP_FORMATS = ["png", "gif", "y4m", "raw", "wav", "hash"] as const;
export type DumpFormat = (typeof DUMP_FORMATS)[number];
