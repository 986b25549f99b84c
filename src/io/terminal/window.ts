import { linuxC } from "../ffi/libc.ts";
import type { TerminalWindow } from "../render/scale.ts";

/** ioctl TIOCGWINSZ: rows, columns, width and height in pixels as four 16-bit words. */
const TIOCGWINSZ = 0x5413;
const STDOUT = 1;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

let sizeWords: Uint16Array<SharedArrayBuffer> | undefined;

/** A larger window is a mistake or an attack: 8,192 × 8,192 pixels in cells of 8 × 16 are this many. */
const MAX_COLUMNS = 1024;
const MAX_ROWS = 512;
const MAX_SIDE_PIXELS = 8192;

interface CellSize {
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
}

const UNKNOWN_CELL: CellSize = { cellWidthPixels: 0, cellHeightPixels: 0 };

/**
 * Reads the window's size from the kernel. Where the kernel does not know the cell's size, it is the
 * terminal's reply `answered`. Cells are 0 × 0 pixels where neither knows it or the size is impossible.
 */
export function readWindow(answered: CellSize = UNKNOWN_CELL): TerminalWindow {
  const window = kernelWindow();
  return boundedWindow(
    window.cellWidthPixels > 0 && window.cellHeightPixels > 0 ? window : { ...window, ...cellOf(answered) },
  );
}

/** Limits a window to a size for which encoders can be made: their memory grows with it. */
export function boundedWindow(window: TerminalWindow): TerminalWindow {
  const columns = Math.min(window.columns, MAX_COLUMNS);
  const rows = Math.min(window.rows, MAX_ROWS);
  const { cellWidthPixels, cellHeightPixels } = window;
  const isPossible =
    cellWidthPixels > 0 &&
    cellHeightPixels > 0 &&
    columns * cellWidthPixels <= MAX_SIDE_PIXELS &&
    rows * cellHeightPixels <= MAX_SIDE_PIXELS;
  return { columns, rows, ...(isPossible ? cellOf(window) : UNKNOWN_CELL) };
}

function cellOf({ cellWidthPixels, cellHeightPixels }: CellSize): CellSize {
  return { cellWidthPixels, cellHeightPixels };
}

function kernelWindow(): TerminalWindow {
  const libc = linuxC();
  if (libc !== undefined) {
    sizeWords ??= new Uint16Array(new SharedArrayBuffer(8));
    if (libc.ioctl(STDOUT, TIOCGWINSZ, sizeWords) === 0) {
      const [rows, columns, width, height] = sizeWords as unknown as [number, number, number, number];
      if (rows > 0 && columns > 0)
        return {
          columns,
          rows,
          cellWidthPixels: Math.floor(width / columns),
          cellHeightPixels: Math.floor(height / rows),
        };
    }
  }
  const [columns, rows] = process.stdout.getWindowSize?.() ?? [DEFAULT_COLUMNS, DEFAULT_ROWS];
  return {
    columns: columns || DEFAULT_COLUMNS,
    rows: rows || DEFAULT_ROWS,
    ...UNKNOWN_CELL,
  };
}
