import type { Palette } from "./palette.ts";
import { PALETTE_ENTRIES } from "./palette.ts";
import { nearestMap, ownerMap, type SourceArea } from "./scale.ts";

/**
 * Brings a frame to the size of the screen's dots. A dot is a colour id: what it means depends on the
 * sampler, and `colors` gives its RGB. One method, so that an encoder calls one shape.
 */
export interface Sampler {
  /** Colours as 0xRRGGBB by colour id. */
  readonly colors: Uint32Array;
  /** Writes the dots of `frame`, row by row, into `dots`. */
  sample(frame: Uint16Array, dots: Uint16Array): void;
}

/** Shows the pixel under each dot's middle. Colour ids are palette entries. */
export class NearestSampler implements Sampler {
  readonly colors: Uint32Array;
  readonly #across: Int32Array;
  readonly #rowStarts: Int32Array;

  /** `frameWidth` is the stride of a frame's rows in pixels; `across × down` dots show `source`. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number, across: number, down: number) {
    this.colors = palette;
    this.#across = nearestMap(across, source.x, source.width);
    this.#rowStarts = nearestMap(down, source.y, source.height).map((row) => row * frameWidth);
  }

  sample(frame: Uint16Array, dots: Uint16Array): void {
    const across = this.#across;
    const rowStarts = this.#rowStarts;
    const width = across.length;
    for (let y = 0, at = 0; y < rowStarts.length; y++) {
      const start = rowStarts[y]!;
      if (y > 0 && start === rowStarts[y - 1]!) {
        dots.copyWithin(at, at - width, at);
        at += width;
        continue;
      }
      for (let x = 0; x < width; x++) dots[at++] = frame[start + across[x]!]! & (PALETTE_ENTRIES - 1);
    }
  }
}

/** Colour ids of `SmoothSampler` are RGB 5:6:5. */
const SMOOTH_COLORS = 65_536;

let smoothColors: Uint32Array | undefined;

function smoothColorTable(): Uint32Array {
  if (smoothColors === undefined) {
    smoothColors = new Uint32Array(SMOOTH_COLORS);
    for (let id = 0; id < SMOOTH_COLORS; id++) {
      const red = Math.round(((id >> 11) * 255) / 31);
      const green = Math.round((((id >> 5) & 63) * 255) / 63);
      const blue = Math.round(((id & 31) * 255) / 31);
      smoothColors[id] = (red << 16) | (green << 8) | blue;
    }
  }
  return smoothColors;
}

/**
 * Shows the mean of all pixels that belong to a dot: for pictures smaller than the machine's, where the
 * nearest pixel would leave out whole rows. Colour ids are RGB 5:6:5, so that noise below the eye's
 * threshold costs no bytes.
 */
export class SmoothSampler implements Sampler {
  readonly colors = smoothColorTable();
  readonly #palette: Palette;
  readonly #source: SourceArea;
  readonly #frameWidth: number;
  readonly #columnOf: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #columnCount: Int32Array;
  readonly #red: Uint32Array;
  readonly #green: Uint32Array;
  readonly #blue: Uint32Array;

  /** `across` and `down` must not exceed the source's size. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number, across: number, down: number) {
    this.#palette = palette;
    this.#source = source;
    this.#frameWidth = frameWidth;
    this.#columnOf = ownerMap(across, source.width);
    this.#rowOf = ownerMap(down, source.height);
    this.#columnCount = new Int32Array(across);
    for (const column of this.#columnOf) this.#columnCount[column]!++;
    this.#red = new Uint32Array(across);
    this.#green = new Uint32Array(across);
    this.#blue = new Uint32Array(across);
  }

  sample(frame: Uint16Array, dots: Uint16Array): void {
    const { height } = this.#source;
    const rowOf = this.#rowOf;
    for (let y = 0, rows = 0; y < height; y++) {
      this.#add(frame, y);
      rows++;
      const row = rowOf[y]!;
      if (y + 1 < height && rowOf[y + 1]! === row) continue;
      this.#finish(dots, row, rows);
      rows = 0;
    }
  }

  #add(frame: Uint16Array, y: number): void {
    const palette = this.#palette;
    const columnOf = this.#columnOf;
    const red = this.#red;
    const green = this.#green;
    const blue = this.#blue;
    const start = (this.#source.y + y) * this.#frameWidth + this.#source.x;
    for (let x = 0; x < columnOf.length; x++) {
      const color = palette[frame[start + x]! & (PALETTE_ENTRIES - 1)]!;
      const column = columnOf[x]!;
      red[column] = red[column]! + ((color >> 16) & 0xff);
      green[column] = green[column]! + ((color >> 8) & 0xff);
      blue[column] = blue[column]! + (color & 0xff);
    }
  }

  #finish(dots: Uint16Array, row: number, rows: number): void {
    const counts = this.#columnCount;
    const red = this.#red;
    const green = this.#green;
    const blue = this.#blue;
    const start = row * counts.length;
    for (let x = 0; x < counts.length; x++) {
      const pixels = counts[x]! * rows;
      const scale5 = 31 / (255 * pixels);
      const r = (red[x]! * scale5 + 0.5) | 0;
      const g = ((green[x]! * 63) / (255 * pixels) + 0.5) | 0;
      const b = (blue[x]! * scale5 + 0.5) | 0;
      dots[start + x] = (r << 11) | (g << 5) | b;
      red[x] = 0;
      green[x] = 0;
      blue[x] = 0;
    }
  }
}
