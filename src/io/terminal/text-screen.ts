import type { ColorMode } from "../render/encoder.ts";
import { cube, type FixedPalette, USUAL_SIXTEEN } from "../render/fixed-colors.ts";

/** The look of text. */
export type TextStyle = "plain" | "dim" | "title" | "key" | "selected" | "bar" | "alert";

interface StyleColors {
  readonly text: number;
  readonly ground: number;
  /** Attributes in a terminal without colours. */
  readonly mono: string;
  /** The look in the first sixteen colours. */
  readonly sixteen: string;
}

const STYLES: Readonly<Record<TextStyle, StyleColors>> = {
  plain: { text: 0xd8d8d8, ground: 0x181820, mono: "", sixteen: "37;40" },
  dim: { text: 0x888890, ground: 0x181820, mono: "", sixteen: "90;40" },
  title: { text: 0xffffff, ground: 0x30304c, mono: ";1;7", sixteen: "97;44" },
  key: { text: 0xffd75f, ground: 0x181820, mono: ";1", sixteen: "93;40" },
  selected: { text: 0x101018, ground: 0xffd75f, mono: ";7", sixteen: "30;103" },
  bar: { text: 0xb0b0b8, ground: 0x000000, mono: "", sixteen: "37;40" },
  alert: { text: 0xffd75f, ground: 0x000000, mono: ";1", sixteen: "93;40" },
};

/** One cell: a character and its look, which may be two colours of a picture. */
interface Cell {
  readonly character: string;
  readonly style: TextStyle;
  readonly colors: readonly [upper: number, lower: number] | undefined;
}

const UPPER_HALF = "▀";

/**
 * Text and small pictures at places of the terminal's window, encoded as the bytes that show them. Cells that
 * nothing was written to do not change on the terminal.
 */
export class TextScreen {
  readonly columns: number;
  readonly rows: number;
  /** Sequence to send before the text, such as a mode of the terminal that goes with it. */
  before = "";
  readonly #mode: ColorMode;
  readonly #cells: (Cell | undefined)[];

  constructor(columns: number, rows: number, mode: ColorMode) {
    this.columns = columns;
    this.rows = rows;
    this.#mode = mode;
    this.#cells = new Array<Cell | undefined>(columns * rows).fill(undefined);
  }

  /**
   * Writes text from a cell on. The text is cut at `width` cells and at the window's edge, and padded to
   * `width` if given.
   */
  write(row: number, column: number, text: string, style: TextStyle, width?: number): void {
    const characters = [...text].map((character) => (isSingleCell(character) ? character : "?"));
    const count = width ?? characters.length;
    for (let i = 0; i < count; i++)
      this.#set(row, column + i, { character: characters[i] ?? " ", style, colors: undefined });
  }

  /** Fills a rectangle with spaces. */
  fill(row: number, column: number, rows: number, columns: number, style: TextStyle): void {
    for (let i = 0; i < rows; i++) this.write(row + i, column, "", style, columns);
  }

  /** Draws a picture of `width` × `height` dots, 0xRRGGBB each: two dots per cell, one above the other. */
  picture(row: number, column: number, colors: Uint32Array, width: number, height: number): void {
    for (let y = 0; y + 1 < height; y += 2)
      for (let x = 0; x < width; x++) {
        const upper = colors[y * width + x]!;
        const lower = colors[(y + 1) * width + x]!;
        this.#set(row + (y >> 1), column + x, {
          character: UPPER_HALF,
          style: "plain",
          colors: [upper, lower],
        });
      }
  }

  /** True if this terminal can show small pictures. */
  get showsPictures(): boolean {
    return this.#mode !== "mono";
  }

  /** The bytes that show everything. They assume and leave no particular cursor position or attributes. */
  encode(): Uint8Array {
    let out = this.before;
    for (let row = 0; row < this.rows; row++) {
      let look = "";
      let isPlaced = false;
      for (let column = 0; column < this.columns; column++) {
        const cell = this.#cells[row * this.columns + column];
        if (cell === undefined) {
          isPlaced = false;
          continue;
        }
        if (!isPlaced) out += `\x1b[${row + 1};${column + 1}H`;
        isPlaced = true;
        const wanted = this.#look(cell);
        if (wanted !== look) out += wanted;
        look = wanted;
        out += cell.character;
      }
    }
    return new TextEncoder().encode(`${out}\x1b[0m`);
  }

  #set(row: number, column: number, cell: Cell): void {
    if (row < 0 || row >= this.rows || column < 0 || column >= this.columns) return;
    this.#cells[row * this.columns + column] = cell;
  }

  #look({ style, colors }: Cell): string {
    const { text, ground, mono, sixteen } = STYLES[style];
    const [fore, back] = colors ?? [text, ground];
    switch (this.#mode) {
      case "true":
        return `\x1b[0;38;2;${components(fore)};48;2;${components(back)}m`;
      case "256":
        return `\x1b[0;38;5;${nearest(CUBE, fore)};48;5;${nearest(CUBE, back)}m`;
      case "16":
        return colors === undefined
          ? `\x1b[0;${sixteen}m`
          : `\x1b[0;${slot16(fore, 30)};${slot16(back, 40)}m`;
      case "mono":
        return `\x1b[0${mono}m`;
    }
  }
}

const CUBE = cube();
const SIXTEEN: FixedPalette = new Map(USUAL_SIXTEEN.entries());
const nearestSlots = new Map<number, number>();

function components(color: number): string {
  return `${color >> 16};${(color >> 8) & 0xff};${color & 0xff}`;
}

function slot16(color: number, base: number): number {
  const slot = nearest(SIXTEEN, color);
  return slot < 8 ? base + slot : base + 60 + slot - 8;
}

function nearest(palette: FixedPalette, color: number): number {
  const key = palette === CUBE ? color : color + 0x1000000;
  const known = nearestSlots.get(key);
  if (known !== undefined) return known;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [slot, other] of palette) {
    const red = (color >> 16) - (other >> 16);
    const green = ((color >> 8) & 0xff) - ((other >> 8) & 0xff);
    const blue = (color & 0xff) - (other & 0xff);
    const distance = 2 * red * red + 4 * green * green + 3 * blue * blue;
    if (distance < least) [best, least] = [slot, distance];
  }
  nearestSlots.set(key, best);
  return best;
}

/**
 * Returns true if a character takes one cell. Control characters and those that take no cell or two would
 * shift what follows.
 */
function isSingleCell(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code >= 0x20 && code !== 0x7f && !(code >= 0x80 && code < 0xa0) && Bun.stringWidth(character) === 1;
}
