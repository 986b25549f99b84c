import { type AreaAxis, areaAxis, type PixelSize, WHOLE_WEIGHT } from "../area-axis.ts";
import { colorDistance } from "../colors/color-distance.ts";
import { mixedColor } from "../colors/mixed-color.ts";
import type { PlacementMode } from "../scale.ts";
import { type IndexedImage, MAX_INDEXED_COLORS } from "./indexed-image.ts";
import type { IndexedPixels } from "./png.ts";

/** Mixtures come in quarters: finer steps would need more than 256 colours in most games. */
const STEPS = 4;
const STEP_WEIGHT = WHOLE_WEIGHT / STEPS;
const UNKNOWN = -1;
/** Bits of a colour's index. */
const INDEX_BITS = 8;

/**
 * A picture of at most 256 colours at the terminal's own size, scaled by area. Mixed colours are added while
 * there is room, and are replaced by the most similar colour afterwards.
 */
export class AreaIndexedImage implements IndexedPixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly colors = new Uint32Array(MAX_INDEXED_COLORS);
  colorCount = 0;
  readonly #source: IndexedImage;
  readonly #across: AreaAxis;
  readonly #down: AreaAxis;
  /** The index of the mixture of each pair of colours in each step. */
  readonly #mixtures = new Int16Array(STEPS << (2 * INDEX_BITS)).fill(UNKNOWN);
  /** Places in `#mixtures` that are set. They are cleared before the next frame. */
  readonly #known = new Int32Array(this.#mixtures.length);
  #knownCount = 0;
  /** Two source rows at full width. */
  #upper: Uint8Array;
  #lower: Uint8Array;

  constructor(source: IndexedImage, { width, height }: PixelSize, mode: PlacementMode) {
    this.#source = source;
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
    this.#across = inSteps(areaAxis(width, source.width, mode));
    this.#down = inSteps(areaAxis(height, source.height, mode));
    this.#upper = new Uint8Array(width);
    this.#lower = new Uint8Array(width);
  }

  invalidate(): void {
    this.#source.invalidate();
  }

  take(frame: Uint16Array): boolean {
    if (!this.#source.take(frame)) return false;
    this.#scale();
    return true;
  }

  #scale(): void {
    this.#forget();
    const { height, colors, colorCount } = this.#source;
    this.colors.set(colors.subarray(0, colorCount));
    this.colorCount = colorCount;
    const { starts, ends, weights } = this.#down;
    for (let row = 0; row < height; row++) {
      this.#widen(row, this.#lower);
      if (row > 0) this.#mixRow(ends[row - 1]!, weights[row - 1]!);
      for (let y = starts[row]!; y < ends[row]!; y++) this.pixels.set(this.#lower, y * this.width);
      const done = this.#upper;
      this.#upper = this.#lower;
      this.#lower = done;
    }
  }

  #forget(): void {
    for (let at = 0; at < this.#knownCount; at++) this.#mixtures[this.#known[at]!] = UNKNOWN;
    this.#knownCount = 0;
  }

  #widen(row: number, wide: Uint8Array): void {
    const { starts, ends, weights } = this.#across;
    const { pixels, width } = this.#source;
    const from = row * width;
    let color = pixels[from]!;
    for (let x = 0; x < width; x++) {
      const end = ends[x]!;
      for (let at = starts[x]!; at < end; at++) wide[at] = color;
      if (x === width - 1) break;
      const next = pixels[from + x + 1]!;
      const step = weights[x]!;
      if (step !== 0) wide[end] = color === next ? color : this.#mixture(step, color, next);
      color = next;
    }
  }

  /** Writes the row of the picture on the edge between the upper and the lower row. */
  #mixRow(y: number, step: number): void {
    if (step === 0) return;
    const upper = this.#upper;
    const lower = this.#lower;
    const { pixels, width } = this;
    for (let x = 0, to = y * width; x < width; x++, to++) {
      const above = upper[x]!;
      const below = lower[x]!;
      pixels[to] = above === below ? above : this.#mixture(step, above, below);
    }
  }

  /** Returns the index of the mixture of two colours; `step` is the number of quarters of the second one. */
  #mixture(step: number, one: number, other: number): number {
    const place = (((step << INDEX_BITS) | one) << INDEX_BITS) | other;
    const index = this.#mixtures[place]!;
    return index === UNKNOWN ? this.#mix(place, step, one, other) : index;
  }

  #mix(place: number, step: number, one: number, other: number): number {
    const { colors } = this;
    const index = this.#indexOf(mixedColor(colors[one]!, colors[other]!, step * STEP_WEIGHT));
    const twin = ((((STEPS - step) << INDEX_BITS) | other) << INDEX_BITS) | one;
    this.#mixtures[place] = index;
    this.#known[this.#knownCount++] = place;
    this.#mixtures[twin] = index;
    this.#known[this.#knownCount++] = twin;
    return index;
  }

  /** Adds a colour, or finds the most similar one if there is no room. */
  #indexOf(color: number): number {
    const { colors, colorCount } = this;
    if (colorCount < MAX_INDEXED_COLORS) {
      colors[colorCount] = color;
      return this.colorCount++;
    }
    let best = Number.POSITIVE_INFINITY;
    let nearest = 0;
    for (let index = 0; index < MAX_INDEXED_COLORS; index++) {
      const distance = colorDistance(color, colors[index]!);
      if (distance < best) {
        best = distance;
        nearest = index;
      }
    }
    return nearest;
  }
}

/** The axis with weights in steps; edges that round to a whole pixel belong to the pixel beside them. */
function inSteps({ starts, ends, weights }: AreaAxis): AreaAxis {
  const steps = weights.map((weight) => Math.round(weight / STEP_WEIGHT));
  weights.forEach((weight, at) => {
    if (weight === 0) return;
    if (steps[at] === 0) ends[at]!++;
    else if (steps[at] === STEPS) {
      starts[at + 1]!--;
      steps[at] = 0;
    }
  });
  return { starts, ends, weights: steps };
}
