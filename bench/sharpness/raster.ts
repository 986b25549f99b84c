import { OCTANTS } from "../../src/io/render/cells/glyphs.ts";
import type { VirtualTerminal } from "../../test/support/virtual-terminal.ts";

/** Pixels of a cell in the pictures that are compared. Eighths, thirds (nearly) and quarters fit. */
export const CELL_WIDTH = 8;
export const CELL_HEIGHT = 24;

/** Where a picture is in the terminal, in cells. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** Draws the cells of an area as an ideal terminal does: 0xRRGGBB, `columns × 8` by `rows × 24` pixels. */
export function rasterize(terminal: VirtualTerminal, { left, top, columns, rows }: Area): Int32Array {
  const width = columns * CELL_WIDTH;
  const picture = new Int32Array(width * rows * CELL_HEIGHT);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const { char, foreground, background } = terminal.cell(top + row, left + column);
      const [set, unset] = [Math.max(0, foreground), Math.max(0, background)];
      const shape = shapeOf(char);
      for (let y = 0; y < CELL_HEIGHT; y++)
        for (let x = 0; x < CELL_WIDTH; x++)
          picture[(row * CELL_HEIGHT + y) * width + column * CELL_WIDTH + x] = shape(x, y) ? set : unset;
    }
  return picture;
}

type Shape = (x: number, y: number) => boolean;

const shapes = new Map<string, Shape>();

function shapeOf(char: string): Shape {
  const known = shapes.get(char) ?? makeShape(char);
  shapes.set(char, known);
  return known;
}

/** Block elements U+2580–259F, sextants and octants. Throws for glyphs whose form depends on the font. */
function makeShape(char: string): Shape {
  const code = char.codePointAt(0) ?? 0x20;
  if (code === 0x20 || code === 0xa0) return () => false;
  if (code === 0x2580) return (_, y) => y < CELL_HEIGHT / 2;
  // Lower one eighth to the full block.
  if (code >= 0x2581 && code <= 0x2588) return (_, y) => y >= CELL_HEIGHT * (1 - (code - 0x2580) / 8);
  // Left seven eighths to left one eighth.
  if (code >= 0x2589 && code <= 0x258f) return (x) => x < CELL_WIDTH * ((0x2590 - code) / 8);
  if (code === 0x2590) return (x) => x >= CELL_WIDTH / 2;
  if (code === 0x2594) return (_, y) => y < CELL_HEIGHT / 8;
  if (code === 0x2595) return (x) => x >= (CELL_WIDTH * 7) / 8;
  const quadrants = QUADRANTS.indexOf(char);
  if (quadrants >= 0) return dots(quadrants, 2);
  if (code >= 0x1fb00 && code <= 0x1fb3b) return dots(sextantMask(code - 0x1fb00), 3);
  const octant = OCTANTS.glyphs.indexOf(char);
  if (octant >= 0) return dots(octant, 4);
  throw new Error(`a glyph without a known form: ${JSON.stringify(char)} U+${code.toString(16)}`);
}

const QUADRANTS = [..." ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"];

/** Masks in order, without those that have characters elsewhere: left half, right half, none and all. */
function sextantMask(index: number): number {
  return [...Array(64).keys()].filter((mask) => ![0, 21, 42, 63].includes(mask))[index]!;
}

function dots(mask: number, down: number): Shape {
  return (x, y) => {
    const dot = Math.floor((y * down) / CELL_HEIGHT) * 2 + Math.floor((x * 2) / CELL_WIDTH);
    return ((mask >> dot) & 1) === 1;
  };
}
