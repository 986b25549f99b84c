import type { FramePixels } from "../../../emu/machine.ts";
import { type AreaAxis, areaAxis, type PixelSize } from "../area-axis.ts";
import { mixedColor } from "../colors/mixed-color.ts";
import type { PlacementMode } from "../scale.ts";
import type { PixelSource } from "./pixel-source.ts";

const RGB_BYTES = 3;

/**
 * A picture at the terminal's own size, scaled by area. Only rows that changed are scaled again. Each row is
 * widened once, and copied to the rows of the terminal that show it alone. A row of the terminal on the edge
 * between two source rows is their mixture.
 */
export class AreaImage implements PixelSource {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly isChanged: Uint8Array;
  readonly #source: PixelSource;
  readonly #across: AreaAxis;
  readonly #down: AreaAxis;
  readonly #view: DataView;
  /** The source's rows at full width, red in the lowest byte. */
  readonly #wide: Int32Array;
  /** Rows of `source` for each entry of its `isChanged`. */
  readonly #rowsPerChange: number;

  constructor(source: PixelSource, { width, height }: PixelSize, mode: PlacementMode) {
    this.#source = source;
    this.isChanged = source.isChanged;
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * RGB_BYTES);
    this.#view = new DataView(this.pixels.buffer);
    this.#across = areaAxis(width, source.width, mode);
    this.#down = areaAxis(height, source.height, mode);
    this.#wide = new Int32Array(width * source.height);
    this.#rowsPerChange = source.height / source.isChanged.length;
  }

  invalidate(): void {
    this.#source.invalidate();
  }

  take(frame: FramePixels): boolean {
    if (!this.#source.take(frame)) return false;
    const { isChanged, height } = this.#source;
    const perChange = this.#rowsPerChange;
    // Whether the row above the current one has changed: the edge between the two is then mixed again.
    let isAboveChanged = 0;
    for (let row = 0; row < height; row++) {
      const isRowChanged = isChanged[(row / perChange) | 0]!;
      if (isRowChanged !== 0) {
        this.#widen(row);
        this.#copyWhole(row);
      }
      if (row > 0 && (isRowChanged | isAboveChanged) !== 0) this.#mixEdge(row - 1);
      isAboveChanged = isRowChanged;
    }
    return true;
  }

  #widen(row: number): void {
    const { starts, ends, weights } = this.#across;
    const { pixels, width } = this.#source;
    const wide = this.#wide;
    const start = row * this.width;
    let from = row * width * RGB_BYTES;
    let color = pixels[from]! | (pixels[from + 1]! << 8) | (pixels[from + 2]! << 16);
    for (let x = 0; x < width; x++) {
      const end = start + ends[x]!;
      for (let at = start + starts[x]!; at < end; at++) wide[at] = color;
      if (x === width - 1) break;
      from += RGB_BYTES;
      const next = pixels[from]! | (pixels[from + 1]! << 8) | (pixels[from + 2]! << 16);
      const weight = weights[x]!;
      if (weight !== 0) wide[end] = color === next ? color : mixedColor(color, next, weight);
      color = next;
    }
  }

  /** Writes a source row to all rows of the picture that show it alone. */
  #copyWhole(row: number): void {
    const first = this.#down.starts[row]!;
    const end = this.#down.ends[row]!;
    if (first >= end) return;
    const wide = this.#wide;
    const view = this.#view;
    const rowBytes = this.width * RGB_BYTES;
    const from = row * this.width;
    const last = from + this.width - 1;
    let to = first * rowBytes;
    // Four bytes at a time: the next pixel overwrites the last of them.
    for (let at = from; at < last; at++, to += RGB_BYTES) view.setInt32(to, wide[at]!, true);
    this.#writeLast(to, wide[last]!);
    const start = first * rowBytes;
    for (let y = first + 1; y < end; y++) this.pixels.copyWithin(y * rowBytes, start, start + rowBytes);
  }

  /** Writes the row of the picture that shows the edge between a source row and the next. */
  #mixEdge(row: number): void {
    const weight = this.#down.weights[row]!;
    if (weight === 0) return;
    const { width } = this;
    const wide = this.#wide;
    const view = this.#view;
    let upper = row * width;
    let to = this.#down.ends[row]! * width * RGB_BYTES;
    const last = upper + width - 1;
    let one = 0;
    let other = 0;
    let mixed = 0;
    for (; upper <= last; upper++, to += RGB_BYTES) {
      const above = wide[upper]!;
      const below = wide[upper + width]!;
      if (above === below) mixed = above;
      else if (above !== one || below !== other) mixed = mixedColor(above, below, weight);
      one = above;
      other = below;
      if (upper === last) this.#writeLast(to, mixed);
      else view.setInt32(to, mixed, true);
    }
  }

  #writeLast(to: number, color: number): void {
    this.#view.setInt16(to, color, true);
    this.#view.setInt8(to + 2, color >> 16);
  }
}
