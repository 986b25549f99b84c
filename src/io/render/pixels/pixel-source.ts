import type { FramePixels } from "../../../emu/machine.ts";

/** Pictures for terminals that take raw pixels. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** `width × height` pixels of red, green and blue. */
  readonly pixels: Uint8Array;
  /** By row of the frame, or by several rows of the picture: 1 if the last frame changed it. */
  readonly isChanged: Uint8Array;
  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: FramePixels): boolean;
  /** Marks the next frame as changed. */
  invalidate(): void;
}
