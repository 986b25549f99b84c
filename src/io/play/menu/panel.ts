import type { CellRectangle } from "../../render/scale.ts";
import type { MenuPage, PageShape } from "./page.ts";

/** The menu's rectangle, in cells. */
export interface Panel {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

const MAX_COLUMNS = 78;
const MAX_ROWS = 23;
/** Width of a panel beside the picture, and the least width that is left for the picture. */
const BESIDE_COLUMNS = { least: 46, most: 60, share: 0.4 };
const MIN_PREVIEW_COLUMNS = 30;
/** Picture of a page in the middle: two thirds of the panel's height. */
const PICTURE_COLUMNS = 34;
const PICTURE_ROWS = 14;
const MIN_LIST_COLUMNS = 30;
/** In the whole window the picture grows with it, to this width. */
const MAX_PICTURE_COLUMNS = 72;
const PICTURE_SHARE = 0.4;
/** Rows per column of a television's picture in usual cells, and the rows that the facts below it need. */
const PICTURE_SHAPE = 3 / 8;
const FACT_ROWS = 6;
const GAP = 2;

/**
 * The place of a page. It is the same for every page of a shape, so that no page leaves traces of another.
 * The window's last row belongs to the status line.
 */
export function panelOf(window: WindowSize, shape: PageShape = "middle"): Panel {
  const { rows, columns } = window;
  if (shape === "window") return { row: 0, column: 0, rows: rows - 1, columns };
  const preview = shape === "beside" ? previewArea(window) : undefined;
  if (preview !== undefined) return { row: 0, column: 0, rows: rows - 1, columns: preview.left };
  const width = Math.min(MAX_COLUMNS, columns);
  const height = Math.min(MAX_ROWS, rows - 1);
  return { row: (rows - 1 - height) >> 1, column: (columns - width) >> 1, rows: height, columns: width };
}

/** Where the game's picture is shown beside a page; undefined if the window is too small for both. */
export function previewArea({ rows, columns }: WindowSize): CellRectangle | undefined {
  const { least, most, share } = BESIDE_COLUMNS;
  const left = Math.min(most, Math.max(least, Math.floor(columns * share)));
  if (columns - left < MIN_PREVIEW_COLUMNS) return undefined;
  return { left, top: 0, columns: columns - left, rows: rows - 1 };
}

/** The columns and rows of a page's picture, at the right end of its panel; undefined without one. */
export function pictureArea(
  panel: Panel,
  { shape, picture }: Pick<MenuPage, "shape" | "picture">,
  firstRow: number,
): CellRectangle | undefined {
  const { row, column, rows, columns } = panel;
  if (picture === undefined || columns < PICTURE_COLUMNS + MIN_LIST_COLUMNS) return undefined;
  const top = row + firstRow;
  if (shape !== "window") {
    const left = column + columns - PICTURE_COLUMNS - GAP;
    return { left, top, columns: PICTURE_COLUMNS, rows: Math.min(PICTURE_ROWS, rows - firstRow) };
  }
  const most = Math.floor((rows - firstRow - FACT_ROWS) / PICTURE_SHAPE);
  const wanted = Math.min(MAX_PICTURE_COLUMNS, Math.floor(columns * PICTURE_SHARE), most);
  const width = Math.max(PICTURE_COLUMNS, wanted);
  const left = column + columns - width - GAP;
  return { left, top, columns: width, rows: Math.floor(width * PICTURE_SHAPE) };
}
