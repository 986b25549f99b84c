import { ChangedRows } from "./changed-rows.ts";
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
  /** By row of dots: 1 where the last frame may have changed some. */
  readonly isChanged: Uint8Array;
  /**
   * Writes the dots of `frame`, row by row, into `dots`, which is the same array every time: rows that have
   * not changed are left as they are.
   */
  sample(frame: Uint16Array, dots: Uint16Array): void;
  /** All rows of the next frame count as changed. */
  invalidate(): void;
}

/** Shows the pixel under each dot's middle. Colour ids are palette entries. */
export class NearestSampler implements Sampler {
  readonly colors: Uint32Array;
  readonly isChanged: Uint8Array;
  readonly #across: Int32Array;
  readonly #rows: Int32Array;
  readonly #rowStarts: Int32Array;
  readonly #changedRows: ChangedRows;

  /** `frameWidth` is the stride of a frame's rows in pixels; `across × down` dots show `source`. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number, across: number, down: number) {
    this.colors = palette;
    this.#across = nearestMap(across, source.x, source.width);
    this.#rows = nearestMap(down, 0, source.height);
    this.#rowStarts = this.#rows.map((row) => (source.y + row) * frameWidth);
    this.#changedRows = new ChangedRows(source, frameWidth);
    this.isChanged = new Uint8Array(down);
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  sample(frame: Uint16Array, dots: Uint16Array): void {
    this.#changedRows.take(frame);
    const changed = this.#changedRows.isChanged;
    const across = this.#across;
    const rows = this.#rows;
    const width = across.length;
    for (let y = 0; y < rows.length; y++) {
      this.isChanged[y] = changed[rows[y]!]!;
      if (this.isChanged[y] === 0) continue;
      let at = y * width;
      const start = this.#rowStarts[y]!;
      if (y > 0 && rows[y] === rows[y - 1]) {
        dots.copyWithin(at, at - width, at);
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
 * Shows the mean of all pixels that belong to a dot: for pictures with fewer rows or columns than the
 * machine's, where the nearest pixel would leave out whole lines. A direction that grows instead repeats
 * pixels. Colour ids are RGB 5:6:5, so that differences below the eye's threshold cost no bytes.
 */
export class SmoothSampler implements Sampler {
  readonly colors = smoothColorTable();
  readonly isChanged: Uint8Array;
  readonly #changedRows: ChangedRows;
  /** By gathered row: whether a source row of it has changed. */
  readonly #isRowChanged: Uint8Array;
  readonly #palette: Palette;
  readonly #source: SourceArea;
  readonly #frameWidth: number;
  /** Sums are gathered by column and row of a picture that is nowhere larger than the source. */
  readonly #columnOf: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #columnCount: Int32Array;
  readonly #red: Uint32Array;
  readonly #green: Uint32Array;
  readonly #blue: Uint32Array;
  readonly #row: Uint16Array;
  /** The gathered column and row that each dot shows. */
  readonly #columnShown: Int32Array;
  readonly #rowShown: Int32Array;

  /** `across × down` dots show `source` of frames with rows of `frameWidth` pixels. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number, across: number, down: number) {
    const columns = Math.min(across, source.width);
    const rows = Math.min(down, source.height);
    this.#palette = palette;
    this.#source = source;
    this.#frameWidth = frameWidth;
    this.#columnOf = ownerMap(columns, source.width);
    this.#rowOf = ownerMap(rows, source.height);
    this.#columnCount = new Int32Array(columns);
    for (const column of this.#columnOf) this.#columnCount[column]!++;
    this.#red = new Uint32Array(columns);
    this.#green = new Uint32Array(columns);
    this.#blue = new Uint32Array(columns);
    this.#row = new Uint16Array(columns);
    this.#columnShown = nearestMap(across, 0, columns);
    this.#rowShown = nearestMap(down, 0, rows);
    this.#changedRows = new ChangedRows(source, frameWidth);
    this.#isRowChanged = new Uint8Array(rows);
    this.isChanged = new Uint8Array(down);
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  sample(frame: Uint16Array, dots: Uint16Array): void {
    const { height } = this.#source;
    const rowOf = this.#rowOf;
    const rowShown = this.#rowShown;
    const isRowChanged = this.#isRowChanged;
    this.#changedRows.take(frame);
    isRowChanged.fill(0);
    for (let y = 0; y < height; y++) isRowChanged[rowOf[y]!]! |= this.#changedRows.isChanged[y]!;
    for (let y = 0, rows = 0, down = 0; y < height; y++) {
      const row = rowOf[y]!;
      const isChanged = isRowChanged[row]!;
      if (isChanged !== 0) this.#add(frame, y);
      rows++;
      if (y + 1 < height && rowOf[y + 1]! === row) continue;
      if (isChanged !== 0) this.#finish(rows);
      for (; down < rowShown.length && rowShown[down]! === row; down++) {
        this.isChanged[down] = isChanged;
        if (isChanged !== 0) this.#show(dots, down);
      }
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

  /** Turns the sums of `rows` source rows into one row of colour ids. */
  #finish(rows: number): void {
    const counts = this.#columnCount;
    const red = this.#red;
    const green = this.#green;
    const blue = this.#blue;
    for (let x = 0; x < counts.length; x++) {
      const pixels = counts[x]! * rows;
      const scale5 = 31 / (255 * pixels);
      const r = (red[x]! * scale5 + 0.5) | 0;
      const g = ((green[x]! * 63) / (255 * pixels) + 0.5) | 0;
      const b = (blue[x]! * scale5 + 0.5) | 0;
      this.#row[x] = (r << 11) | (g << 5) | b;
      red[x] = 0;
      green[x] = 0;
      blue[x] = 0;
    }
  }

  #show(dots: Uint16Array, down: number): void {
    const columnShown = this.#columnShown;
    const row = this.#row;
    const start = down * columnShown.length;
    for (let x = 0; x < columnShown.length; x++) dots[start + x] = row[columnShown[x]!]!;
  }
}

/** The sampler that loses no pixel at this size: exact colours where nothing shrinks, means where it does. */
export function samplerFor(
  palette: Palette,
  source: SourceArea,
  frameWidth: number,
  across: number,
  down: number,
): Sampler {
  const shrinks = across < source.width || down < source.height;
  return shrinks
    ? new SmoothSampler(palette, source, frameWidth, across, down)
    : new NearestSampler(palette, source, frameWidth, across, down);
}
