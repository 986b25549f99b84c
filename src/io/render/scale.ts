/**
 * The terminal's window, or a part of it. A cell's size is 0 × 0 pixels where the terminal does not report
 * it.
 */
export interface TerminalWindow {
  /** Where the part begins in the whole window, in cells from 0. Default: 0. */
  readonly left?: number;
  readonly top?: number;
  readonly columns: number;
  readonly rows: number;
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
}

/** The part of the machine's picture that is shown, in its own pixels. */
export interface SourceArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Width of a pixel over its height: 8:7 on the NES, 1 for square pixels. */
  readonly pixelAspect: number;
}

/** `fit`: as large as the window allows. `integer`: whole multiples of the picture's own pixels. */
export type ScaleMode = "fit" | "integer";
/** `fill`: the whole window, for pictures that were made for it. */
export type PlacementMode = ScaleMode | "fill";

/** A rectangle of the window, in cells from 0. */
export interface CellRectangle {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** The picture's place in the window, in cells; `left` and `top` count from 0. */
export type Placement = CellRectangle;

/** A smaller picture is unreadable: the window is then reported as too small. */
export const MIN_COLUMNS = 20;
export const MIN_ROWS = 8;
/** Most terminals' cells are about twice as high as wide. */
const DEFAULT_CELL_ASPECT = 0.5;

/**
 * Centres a picture in a window, in whole cells, with its aspect correct to the nearest cell. `dotsPerCell`
 * is the number of picture elements of a cell across and down (half-blocks: 1 × 2); the integer mode makes
 * one source pixel a whole number of them. Returns undefined if the window is too small.
 */
export function placePicture(
  window: TerminalWindow,
  source: SourceArea,
  mode: PlacementMode,
  dotsAcross: number,
  dotsDown: number,
): Placement | undefined {
  if (mode === "fill") {
    const { left = 0, top = 0, columns, rows } = window;
    return { left, top, columns, rows };
  }
  if (window.columns < MIN_COLUMNS || window.rows < MIN_ROWS) return undefined;
  const known = window.cellWidthPixels > 0 && window.cellHeightPixels > 0;
  const cellAspect = known ? window.cellWidthPixels / window.cellHeightPixels : DEFAULT_CELL_ASPECT;
  const columnsPerRow = (source.width * source.pixelAspect) / source.height / cellAspect;
  let columns: number;
  let rows: number;
  if (mode === "integer") {
    const down = Math.max(1, Math.floor((window.rows * dotsDown) / source.height));
    const most = Math.max(1, Math.floor((window.columns * dotsAcross) / source.width));
    const wanted = (((down * source.height) / dotsDown) * columnsPerRow * dotsAcross) / source.width;
    const across = Math.min(most, Math.max(1, Math.round(wanted)));
    columns = Math.ceil((across * source.width) / dotsAcross);
    rows = Math.ceil((down * source.height) / dotsDown);
    // A window that cannot show every pixel gets the fitted picture.
    if (columns > window.columns || rows > window.rows)
      return placePicture(window, source, "fit", dotsAcross, dotsDown);
  } else if (window.rows * columnsPerRow <= window.columns) {
    rows = window.rows;
    columns = Math.round(rows * columnsPerRow);
  } else {
    columns = window.columns;
    rows = Math.round(columns / columnsPerRow);
  }
  columns = Math.min(window.columns, Math.max(1, columns));
  rows = Math.min(window.rows, Math.max(1, rows));
  return {
    columns,
    rows,
    left: (window.left ?? 0) + ((window.columns - columns) >> 1),
    top: (window.top ?? 0) + ((window.rows - rows) >> 1),
  };
}

/**
 * The source pixel that each of `count` picture elements shows: the one under its middle. `start` and
 * `length` are the source's extent in pixels.
 */
export function nearestMap(count: number, start: number, length: number): Int32Array {
  const map = new Int32Array(count);
  for (let i = 0; i < count; i++) map[i] = start + Math.floor(((i + 0.5) * length) / count);
  return map;
}

/**
 * The picture element that each source pixel belongs to, for shrinking: every source pixel counts in exactly
 * one element. `count` must not exceed `length`.
 */
export function ownerMap(count: number, length: number): Int32Array {
  const map = new Int32Array(length);
  for (let i = 0; i < length; i++) map[i] = Math.floor(((i + 0.5) * count) / length);
  return map;
}

/** The picture's pixel under the middle of a window cell; undefined outside the picture. */
export function pictureAt(
  { columns, rows, left, top }: Placement,
  source: SourceArea,
  column: number,
  row: number,
): { readonly x: number; readonly y: number } | undefined {
  const across = column - left;
  const down = row - top;
  if (across < 0 || down < 0 || across >= columns || down >= rows) return undefined;
  return {
    x: source.x + Math.floor(((across + 0.5) * source.width) / columns),
    y: source.y + Math.floor(((down + 0.5) * source.height) / rows),
  };
}
