import type { FramePixels } from "../../emu/machine.ts";
import { nearestMap } from "../render/scale.ts";
import type { PictureSize } from "./frame-writer.ts";

/** Keeps a film at the size of its first picture: consoles may change theirs between frames. */
export class FixedSize implements PictureSize {
  width = 0;
  height = 0;

  /** Returns the picture at the first one's size, its nearest pixels repeated or left out. */
  fit(pixels: FramePixels, size: PictureSize): FramePixels {
    if (this.width === 0) {
      this.width = size.width;
      this.height = size.height;
    }
    if (size.width === this.width && size.height === this.height) return pixels;
    const fitted = pixels instanceof Uint32Array ? new Uint32Array(this.area) : new Uint16Array(this.area);
    const columns = nearestMap(this.width, 0, size.width);
    const rows = nearestMap(this.height, 0, size.height);
    let at = 0;
    for (const row of rows) for (const column of columns) fitted[at++] = pixels[row * size.width + column]!;
    return fitted;
  }

  /** Number of pixels. */
  get area(): number {
    return this.width * this.height;
  }
}
