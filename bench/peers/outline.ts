import type { Picture } from "./peer.ts";

const WIDTH = 256;
const HEIGHT = 240;

/**
 * Where neighbouring pixels of a picture differ, whatever the palette: one row of hexadecimal digits per
 * line. Lines and columns that an emulator leaves out are removed equally on both sides.
 */
export interface Outline {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** One digit per pixel: bit 0 is set if the left neighbour differs, bit 1 if the upper one does. */
  readonly rows: readonly string[];
}

export function outlineOf({ width, height, colours }: Picture): Outline {
  const rows: string[] = [];
  for (let y = 1; y < height; y++) {
    let row = "";
    for (let x = 1; x < width; x++) {
      const at = y * width + x;
      const differs =
        (colours[at] === colours[at - 1] ? 0 : 1) | (colours[at] === colours[at - width] ? 0 : 2);
      row += differs;
    }
    rows.push(row);
  }
  return { left: (WIDTH - width) >> 1, top: (HEIGHT - height) >> 1, width, height, rows };
}

/** Share of the edges of two pictures that both have, 0–1, where both have pixels. */
export function similarity(a: Outline, b: Outline): number {
  let either = 0;
  let both = 0;
  for (let y = Math.max(a.top, b.top) + 1; y < HEIGHT; y++) {
    const rowA = a.rows[y - a.top - 1];
    const rowB = b.rows[y - b.top - 1];
    if (rowA === undefined || rowB === undefined) continue;
    for (let x = Math.max(a.left, b.left) + 1; x < WIDTH; x++) {
      const edgeA = Number(rowA[x - a.left - 1] ?? 0);
      const edgeB = Number(rowB[x - b.left - 1] ?? 0);
      either += ONES[edgeA | edgeB]!;
      both += ONES[edgeA & edgeB]!;
    }
  }
  return either === 0 ? 1 : both / either;
}

const ONES = [0, 1, 1, 2] as const;
