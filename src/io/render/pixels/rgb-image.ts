import { ChangedRows } from "../changed-rows.ts";
import type { Palette } from "../colors/palette.ts";
import type { SourceArea } from "../scale.ts";

const RGB_BYTES = 3;

/** The shown part of a frame in red, green and blue. Unchanged rows are not written again. */
export class RgbImage {
  readonly width: number;
  readonly height: number;
  /** `width × height` pixels of red, green and blue. */
  readonly pixels: Uint8Array;
  readonly #view: DataView;
  /** Colours in memory order: red in the lowest byte. */
  readonly #colors: Int32Array;
  readonly #rows: ChangedRows;
  readonly #left: number;
  readonly #frameWidth: number;

  /** Frames have rows of `frameWidth` pixels, of which `source` is shown. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number) {
    this.width = source.width;
    this.height = source.height;
    this.pixels = new Uint8Array(source.width * source.height * RGB_BYTES);
    this.#view = new DataView(this.pixels.buffer);
    this.#colors = Int32Array.from(
      palette,
      (color) => (color >> 16) | (color & 0xff00) | ((color & 0xff) << 16),
    );
    this.#rows = new ChangedRows(source, frameWidth);
    this.#left = source.x;
    this.#frameWidth = frameWidth;
  }

  /** By row: 1 if the last frame changed it. */
  get isChanged(): Uint8Array {
    return this.#rows.isChanged;
  }

  /** Marks the next frame as changed. */
  invalidate(): void {
    this.#rows.invalidate();
  }

  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: Uint16Array): boolean {
    if (this.#rows.take(frame) === 0) return false;
    const { isChanged } = this.#rows;
    for (let row = 0; row < isChanged.length; row++) if (isChanged[row] !== 0) this.#convert(row);
    return true;
  }

  /** Writes four bytes per pixel; the next pixel overwrites the last of them. */
  #convert(row: number): void {
    const colors = this.#colors;
    const view = this.#view;
    const from = this.#rows.pixels;
    const first = row * this.#frameWidth + this.#left;
    const last = first + this.width - 1;
    let to = row * this.width * RGB_BYTES;
    for (let at = first; at < last; at++, to += RGB_BYTES) view.setInt32(to, colors[from[at]!]!, true);
    const color = colors[from[last]!]!;
    view.setInt16(to, color, true);
    view.setInt8(to + 2, color >> 16);
  }
}
