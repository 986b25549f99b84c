import { colorDistance } from "../render/colors/color-distance.ts";
import { isFixedSlot } from "../render/colors/colors.ts";
import { cube } from "../render/colors/fixed-colors.ts";
import type { ColorMode } from "../render/encoder.ts";
import type { CellRectangle } from "../render/scale.ts";
import type { StillPainter, StillPicture } from "../render/still-picture.ts";

/** The number of cells in which `TextScreen` writes a text. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += cellsOf(character).length;
  return width;
}

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

interface Cell {
  /** Empty in the second cell of a wide character. */
  readonly character: string;
  readonly style: TextStyle;
  /** 0xRRGGBB of the character in place of the style's, where the terminal has more than 16 colours. */
  readonly color?: number;
}

/**
 * Text and a small picture at places of the terminal's window, encoded as the bytes that show them. Cells
 * that nothing was written to do not change on the terminal.
 */
export class TextScreen {
  readonly columns: number;
  readonly rows: number;
  /** Sequence to send before the text, such as a mode of the terminal that goes with it. */
  before = "";
  /**
   * Where the picture's bytes begin in what `encode` returned; 0 without a picture, and if text is written to
   * its cells: the picture then has to be drawn after the text each time.
   */
  pictureStart = 0;
  readonly #mode: ColorMode;
  readonly #cells: (Cell | undefined)[];
  readonly #painter: StillPainter | undefined;
  #picture: { readonly picture: StillPicture; readonly rectangle: CellRectangle } | undefined;

  /** `painter` draws pictures; undefined for a screen of text alone. */
  constructor(columns: number, rows: number, mode: ColorMode, painter?: StillPainter) {
    this.columns = columns;
    this.rows = rows;
    this.#mode = mode;
    this.#painter = painter;
    this.#cells = new Array<Cell | undefined>(columns * rows).fill(undefined);
  }

  /**
   * Writes text from a cell on. The text is cut at `width` cells and at the window's edge, and padded to
   * `width` if given.
   */
  write(row: number, column: number, text: string, style: TextStyle, width?: number): void {
    const cells = [...text].flatMap(cellsOf);
    const count = width ?? cells.length;
    for (let i = 0; i < count; i++) {
      const isHalf = cells[i + 1] === "" && (i + 1 === count || column + i + 1 === this.columns);
      this.#set(row, column + i, { character: isHalf ? "?" : (cells[i] ?? " "), style });
    }
  }

  /** Fills a cell with a colour, 0xRRGGBB. */
  swatch(row: number, column: number, color: number): void {
    this.#set(row, column, { character: "█", style: "plain", color });
  }

  /** Fills a rectangle with spaces. */
  fill(row: number, column: number, rows: number, columns: number, style: TextStyle): void {
    for (let i = 0; i < rows; i++) this.write(row + i, column, "", style, columns);
  }

  /** Draws a picture over a rectangle, in this terminal's best way. There is one picture at a time. */
  picture(picture: StillPicture, rectangle: CellRectangle): void {
    this.#picture = { picture, rectangle };
  }

  /** True if this terminal can show small pictures. */
  get showsPictures(): boolean {
    return this.#painter !== undefined && this.#mode !== "mono";
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
    const text = new TextEncoder().encode(`${out}\x1b[0m`);
    if (!this.showsPictures) return text;
    const painter = this.#painter!;
    const shown = this.#picture;
    // The picture before stays until then, as kitty keeps images apart from text.
    const picture =
      shown === undefined
        ? new TextEncoder().encode(painter.remove)
        : painter.paint(shown.picture, shown.rectangle);
    this.pictureStart = shown === undefined || this.#hasTextIn(shown.rectangle) ? 0 : text.length;
    return Buffer.concat([text, picture, AFTER_PICTURE]);
  }

  #set(row: number, column: number, cell: Cell): void {
    if (row < 0 || row >= this.rows || column < 0 || column >= this.columns) return;
    const at = row * this.columns + column;
    // What covers one half of a wide character replaces both.
    if (this.#cells[at]?.character === "" && cell.character !== "") this.#blank(at - 1);
    if (column + 1 < this.columns && this.#cells[at + 1]?.character === "") this.#blank(at + 1);
    this.#cells[at] = cell;
  }

  #hasTextIn({ left, top, columns, rows }: CellRectangle): boolean {
    for (let row = top; row < top + rows; row++)
      for (let column = left; column < left + columns; column++)
        if (this.#cells[row * this.columns + column] !== undefined) return true;
    return false;
  }

  #blank(at: number): void {
    const cell = this.#cells[at];
    if (cell !== undefined) this.#cells[at] = { ...cell, character: " " };
  }

  #look({ style, color }: Cell): string {
    const { text: usual, ground, mono, sixteen } = STYLES[style];
    const text = color ?? usual;
    switch (this.#mode) {
      case "true":
        // mlterm 3.9 reads ten parameters of a sequence: a reset in the same one would cost the background.
        return `\x1b[0m\x1b[38;2;${components(text)};48;2;${components(ground)}m`;
      case "256":
        return `\x1b[0;38;5;${nearest(text)};48;5;${nearest(ground)}m`;
      case "16":
        return `\x1b[0;${sixteen}m`;
      case "mono":
        return `\x1b[0${mono}m`;
    }
  }
}

/** What follows a picture must not depend on the attributes that drew it. */
const AFTER_PICTURE = new TextEncoder().encode("\x1b[0m");

/** The colours that no picture changes. */
const FIXED_SLOTS = [...cube()].filter(([slot]) => isFixedSlot(slot));
const nearestSlots = new Map<number, number>();

function components(color: number): string {
  return `${color >> 16};${(color >> 8) & 0xff};${color & 0xff}`;
}

/** The slot that is nearest to a colour, of those of the 256 colours that no picture changes. */
function nearest(color: number): number {
  const known = nearestSlots.get(color);
  if (known !== undefined) return known;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [slot, other] of FIXED_SLOTS) {
    const distance = colorDistance(color, other);
    if (distance < least) [best, least] = [slot, distance];
  }
  nearestSlots.set(color, best);
  return best;
}

/** Characters that every terminal shows in two cells. Terminals differ about emoji. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー、。「」・！？～：＆]$/u;

/**
 * A character in the cells that it takes, one or two. Control characters, and those of another or an unsure
 * width, would shift what follows.
 */
function cellsOf(character: string): string[] {
  const code = character.codePointAt(0)!;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return ["?"];
  const width = Bun.stringWidth(character);
  if (width === 2 && WIDE.test(character)) return [character, ""];
  return [width === 1 ? character : "?"];
}
