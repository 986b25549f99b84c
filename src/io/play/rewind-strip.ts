import type { StillPicture } from "../render/still-picture.ts";
import { resized } from "../render/still-resize.ts";
import { minutesText } from "../shared/minutes.ts";
import type { TextScreen } from "../terminal/text-screen.ts";
import type { PastPictures } from "./past-pictures.ts";

/** Where rewinding is: positions in the history, in frames. */
export interface RewindPlace {
  /** The oldest position that is kept, the one where rewinding began, and the one that it has reached. */
  readonly oldest: number;
  readonly newest: number;
  readonly position: number;
  readonly frameRateHz: number;
}

/** The window, and the shape of the game's picture in it. */
export interface StripWindow {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of a cell; 0 × 0 if the terminal does not report them. */
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
  /** Width of the picture over its height. */
  readonly pictureShape: number;
}

/** Where the strip's pictures lie. The time bar is in the row below them. */
export interface StripArea {
  readonly top: number;
  readonly left: number;
  readonly count: number;
  readonly pictureColumns: number;
  readonly pictureRows: number;
}

/** Smaller windows show the bar of the status line instead. */
const MIN_COLUMNS = 60;
const MIN_ROWS = 20;
const PICTURE_ROWS = { least: 4, most: 10, share: 0.2 };
const GAP_COLUMNS = 1;
/** Columns of the times at the ends of the bar. */
const TIME_COLUMNS = 8;
/** The bar shows at least the last minute, and twice as much whenever its left end is near. */
const MIN_SPAN_SECONDS = 60;
const NEAR_LEFT_END = 0.1;
/** Pixels of a cell where the terminal does not report them. */
const USUAL_CELL = { width: 8, height: 16 };
const FRAME_PIXELS = 3;
const FRAME_COLOR = 0xffd75f;

/** The place of the strip above the window's last row; undefined in windows that are too small for it. */
export function stripArea(window: StripWindow): StripArea | undefined {
  const { columns, rows, pictureShape } = window;
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) return undefined;
  const { width, height } = cellOf(window);
  const { least, most, share } = PICTURE_ROWS;
  const pictureRows = Math.max(least, Math.min(most, Math.floor(rows * share)));
  const pictureColumns = Math.max(4, Math.round((pictureRows * height * pictureShape) / width));
  const room = columns - 2 * TIME_COLUMNS + GAP_COLUMNS;
  const count = Math.floor(room / (pictureColumns + GAP_COLUMNS));
  if (count < 2) return undefined;
  const used = count * (pictureColumns + GAP_COLUMNS) - GAP_COLUMNS;
  return { top: rows - 2 - pictureRows, left: (columns - used) >> 1, count, pictureColumns, pictureRows };
}

function cellOf({ cellWidthPixels, cellHeightPixels }: StripWindow): { width: number; height: number } {
  if (cellWidthPixels === 0 || cellHeightPixels === 0) return USUAL_CELL;
  return { width: cellWidthPixels, height: cellHeightPixels };
}

/** The part of the history that the bar shows: its first position. It ends where rewinding began. */
export function firstShown({ oldest, newest, position, frameRateHz }: RewindPlace): number {
  let span = MIN_SPAN_SECONDS * frameRateHz;
  while (newest - span > oldest && position < newest - span * (1 - NEAR_LEFT_END)) span *= 2;
  return Math.max(oldest, newest - span);
}

/** The part of the history that a strip shows, the picture that was reached, and its position. */
interface StripPlace {
  readonly first: number;
  readonly span: number;
  readonly reached: number;
  readonly position: number;
}

/** What a strip was made of, and its picture. */
interface Drawn {
  readonly key: string;
  readonly shown: readonly (StillPicture | undefined)[];
  readonly picture: StillPicture;
}

/** Draws small pictures of the past above a time bar, on which the moment that rewinding has reached is. */
export class RewindStrip {
  readonly #past: PastPictures;
  /** The last strip: the same picture is not sent again. */
  #drawn: Drawn | undefined;

  constructor(past: PastPictures) {
    this.#past = past;
  }

  draw(screen: TextScreen, window: StripWindow, area: StripArea, place: RewindPlace): void {
    const { top, left, count, pictureColumns, pictureRows } = area;
    const columns = count * (pictureColumns + GAP_COLUMNS) - GAP_COLUMNS;
    const first = firstShown(place);
    const span = Math.max(1, place.newest - first);
    const share = Math.max(0, Math.min(1, (place.position - first) / span));
    const reached = Math.min(count - 1, Math.floor(share * count));
    if (screen.showsPictures)
      screen.picture(this.#picture(window, area, { first, span, reached, position: place.position }), {
        left,
        top,
        columns,
        rows: pictureRows,
      });
    const row = top + pictureRows;
    const at = Math.round(share * (columns - 1));
    const start = `-${minutesText(span / place.frameRateHz)}`;
    screen.write(row, 0, "", "bar", screen.columns);
    screen.write(row, Math.max(0, left - 1 - start.length), start, "bar");
    screen.write(row, left, "━".repeat(at), "alert");
    screen.write(row, left + at, "●", "alert");
    screen.write(row, left + at + 1, "─".repeat(columns - 1 - at), "bar");
    screen.write(row, left + columns + 1, "now", "bar");
  }

  /**
   * The pictures of the middle of each part, side by side. One has a frame: it shows the moment that
   * rewinding has reached.
   */
  #picture(
    window: StripWindow,
    { count, pictureColumns, pictureRows }: StripArea,
    { first, span, reached, position }: StripPlace,
  ): StillPicture {
    const cell = cellOf(window);
    const shown = Array.from({ length: count }, (_, i) =>
      this.#past.nearest(i === reached ? position : first + ((i + 0.5) / count) * span),
    );
    const key = JSON.stringify([window, reached]);
    const drawn = this.#drawn;
    if (drawn?.key === key && shown.every((picture, i) => picture === drawn.shown[i])) return drawn.picture;
    const slotWidth = (pictureColumns + GAP_COLUMNS) * cell.width;
    const width = count * slotWidth - GAP_COLUMNS * cell.width;
    const height = pictureRows * cell.height;
    const colors = new Uint32Array(width * height);
    for (const [i, picture] of shown.entries()) {
      const pictureWidth = pictureColumns * cell.width;
      const small = picture === undefined ? undefined : resized(picture, pictureWidth, height);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < pictureWidth; x++) {
          const edge = Math.min(x, y, pictureWidth - 1 - x, height - 1 - y);
          const isFrame = i === reached && edge < FRAME_PIXELS;
          const color = isFrame ? FRAME_COLOR : (small?.colors[y * pictureWidth + x] ?? 0);
          colors[y * width + i * slotWidth + x] = color;
        }
    }
    const picture = { width, height, colors, fillsPlace: true } as const;
    this.#drawn = { key, shown, picture };
    return picture;
  }
}
