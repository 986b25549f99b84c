import type { FramePixels, MachineGeometry } from "../../emu/machine.ts";
import type { Palette } from "../render/colors/palette.ts";

/** Size of a picture in pixels. */
export type PictureSize = Pick<MachineGeometry, "width" | "height">;

/** Writes frames in one file format. */
export interface FrameWriter {
  /**
   * Takes machine frame number `frame`: `width × height` pixels, and its samples, signed 16 bits with the
   * geometry's channels. Both arrays may be reused afterwards. Without `size`, the picture has the size of
   * the format's geometry.
   */
  write(frame: number, pixels: FramePixels, samples: Int16Array, size?: PictureSize): void;
  /** Call after the last frame: completes the output. */
  commit(): void;
  /** Discards the output. */
  abort(): void;
}

/** What a writer knows about the frames to come. */
export interface FrameFormat {
  readonly geometry: MachineGeometry;
  /** Colours of pictures that are palette indices. */
  readonly palette: Palette;
  /** Machine frames per written frame. */
  readonly every: number;
  /** Number of frames that will be written. */
  readonly count: number;
}

export const DUMP_FORMATS = ["png", "gif", "y4m", "raw", "wav", "hash"] as const;
export type DumpFormat = (typeof DUMP_FORMATS)[number];
