import { linuxC } from "../ffi/libc.ts";
import type { TerminalWindow } from "../render/scale.ts";

/** ioctl TIOCGWINSZ: rows, columns, width and height in pixels as four 16-bit words. */
const TIOCGWINSZ = 0x5413;
const STDOUT = 1;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

let sizeWords: Uint16Array<SharedArrayBuffer> | undefined;

/**
 * The terminal's window as the kernel knows it. Cells are 0 × 0 pixels where the terminal did not fill
 * in its size in pixels.
 */
export function readWindow(): TerminalWindow {
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
    cellWidthPixels: 0,
    cellHeightPixels: 0,
  };
}
