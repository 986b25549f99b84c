import { ChangedRows } from "../changed-rows.ts";
import type { Palette } from "../colors/palette.ts";
import { nearestMap, ownerMap, type SourceArea } from "../scale.ts";

/**
 * Scales a frame to the size of the screen's dots. A dot is a colour id, whose meaning depends on the
 * sampler; `colors` has its RGB. The interface has one hot method, so that call sites stay monomorphic.
 */
export interface Sampler {
  /** 0xRRGGBB by colour id. */
  readonly colors: Uint32Array;
  /** The dots of the last frame, row by row. */
  readonly dots: Uint16Array;
  /** By row of dots: 1 if the last frame may have changed it. */
  readonly isChanged: Uint8Array;
  /** Fills in the dots of `frame`. Rows that have not changed are not written. */
  sample(frame: Uint16Array): void;
  /** Marks all rows of the next frame as changed. */
  invalidate(): void;
}

/** Shows the pixel under each dot's middle. Colour ids are palette entries. */
class NearestSampler implements Sampler {
  readonly colors: Uint32Array;
  readonly dots: Uint16Array;
  readonly isChanged: Uint8Array;
  readonly #across: Int32Array;
  readonly #rows: Int32Array;
  readonly #frameWidth: number;
  readonly #changedRows: ChangedRows;
  /** True if every dot is exactly one pixel, so no lookup is needed. */
  readonly #isSame: boolean;

  /** `frameWidth` is the stride of a frame's rows in pixels; `across × down` dots show `source`. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number, across: number, down: number) {
    this.colors = palette;
    this.#across = nearestMap(across, source.x, source.width);
    this.#rows = nearestMap(down, 0, source.height);
    this.#frameWidth = frameWidth;
    this.#changedRows = new ChangedRows(source, frameWidth);
    this.#isSame = across === frameWidth && source.width === frameWidth && down === source.height;
    this.isChanged = this.#isSame ? this.#changedRows.isChanged : new Uint8Array(down);
    this.dots = this.#isSame ? this.#changedRows.pixels : new Uint16Array(across * down);
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  sample(frame: Uint16Array): void {
    this.#changedRows.take(frame);
    if (this.#isSame) return;
    const { pixels, isChanged: changed } = this.#changedRows;
    const { dots, isChanged } = this;
    const across = this.#across;
    const rows = this.#rows;
    const width = across.length;
    for (let y = 0; y < rows.length; y++) {
      isChanged[y] = changed[rows[y]!]!;
      if (isChanged[y] === 0) continue;
      let at = y * width;
      const start = rows[y]! * this.#frameWidth;
      if (y > 0 && rows[y] === rows[y - 1]) {
        dots.copyWithin(at, at - width, at);
        continue;
      }
      for (let x = 0; x < width; x++) dots[at++] = pixels[start + across[x]!]!;
    }
  }
}

/** Colour ids of `SmoothSampler` are RGB 5:6:5. White has no id, because its value means "unknown". */
const SMOOTH_COLORS = 65_536;
const SMOOTH_WHITE = 0xfffe;

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
    smoothColors[SMOOTH_WHITE] = 0xffffff;
  }
  return smoothColors;
}

/**
 * Shows the mean of all pixels of a dot: for pictures with fewer rows or columns than the machine's, where
 * the nearest pixel would drop whole lines. A direction that grows repeats pixels instead. Colour ids are RGB
 * 5:6:5, so invisible differences cost no bytes.
 */
class SmoothSampler implements Sampler {
  readonly colors = smoothColorTable();
  readonly dots: Uint16Array;
  readonly isChanged: Uint8Array;
  readonly #changedRows: ChangedRows;
  /** By gathered row: 1 if one of its source rows has changed. */
  readonly #isRowChanged: Uint8Array;
  readonly #palette: Palette;
  readonly #source: SourceArea;
  readonly #frameWidth: number;
  /** Sums are gathered by column and row of a picture that is at most as large as the source. */
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
    this.dots = new Uint16Array(across * down);
    this.isChanged = new Uint8Array(down);
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  sample(frame: Uint16Array): void {
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
      if (isChanged !== 0) this.#add(y);
      rows++;
      if (y + 1 < height && rowOf[y + 1]! === row) continue;
      if (isChanged !== 0) this.#finish(rows);
      for (; down < rowShown.length && rowShown[down]! === row; down++) {
        this.isChanged[down] = isChanged;
        if (isChanged !== 0) this.#show(down);
      }
      rows = 0;
    }
  }

  #add(y: number): void {
    const { pixels } = this.#changedRows;
    const palette = this.#palette;
    const columnOf = this.#columnOf;
    const red = this.#red;
    const green = this.#green;
    const blue = this.#blue;
    const start = y * this.#frameWidth + this.#source.x;
    for (let x = 0; x < columnOf.length; x++) {
      const color = palette[pixels[start + x]!]!;
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
      this.#row[x] = Math.min(SMOOTH_WHITE, (r << 11) | (g << 5) | b);
      red[x] = 0;
      green[x] = 0;
      blue[x] = 0;
    }
  }

  #show(down: number): void {
    const { dots } = this;
    const columnShown = this.#columnShown;
    const row = this.#row;
    const start = down * columnShown.length;
    for (let x = 0; x < columnShown.length; x++) dots[start + x] = row[columnShown[x]!]!;
  }
}

/**
 * Chooses the sampler that drops no pixel at this size: exact colours unless a direction shrinks, otherwise
 * means.
 */
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
