import { Terminal } from "@xterm/headless";

/** The part of xterm.js's cell that tests use. */
interface Cell {
  getChars(): string;
  isFgRGB(): boolean;
  isBgRGB(): boolean;
  isFgPalette(): boolean;
  isBgPalette(): boolean;
  getFgColor(): number;
  getBgColor(): number;
}

/** A terminal without a window, to see how bytes change a screen. */
export class VirtualTerminal {
  readonly #terminal: Terminal;
  readonly columns: number;
  readonly rows: number;
  /** Colours that OSC 4 has set, 0xRRGGBB by slot. */
  readonly palette = new Map<number, number>();

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
    // The encoders never write in the last column with wrapping on.
    this.#terminal.write("\x1b[?7l");
    this.#terminal.parser.registerOscHandler(4, (data) => {
      const [slot, color] = data.split(";rgb:");
      // Queries are not answered here.
      if (color !== undefined) this.palette.set(Number(slot), Number.parseInt(color.replaceAll("/", ""), 16));
      return true;
    });
  }

  /** Resolves when the bytes have been processed. */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  /** The character, and foreground and background as 0xRRGGBB; −1 for a colour that was not set. */
  cell(row: number, column: number): { char: string; foreground: number; background: number } {
    const cell = this.#cellAt(row, column);
    return {
      char: cell.getChars() || " ",
      foreground: this.#color(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()),
      background: this.#color(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()),
    };
  }

  /** The colours of a cell's halves, upper then lower, as visible for a space, a half or a full block. */
  halves(row: number, column: number): [upper: number, lower: number] {
    const { char, foreground, background } = this.cell(row, column);
    if (char === " ") return [background, background];
    if (char === "█") return [foreground, foreground];
    if (char === "▀") return [foreground, background];
    if (char === "▄") return [background, foreground];
    throw new Error(`unexpected ${JSON.stringify(char)} at ${row}, ${column}`);
  }

  /** A row as text. */
  text(row: number): string {
    return this.#terminal.buffer.active.getLine(row)?.translateToString(true) ?? "";
  }

  #color(isRgb: boolean, isSlot: boolean, value: number): number {
    if (isRgb) return value;
    return isSlot ? (this.palette.get(value) ?? -1) : -1;
  }

  #cellAt(row: number, column: number): Cell {
    const cell = this.#terminal.buffer.active.getLine(row)?.getCell(column);
    if (cell === undefined) throw new Error(`no cell at ${row}, ${column}`);
    return cell;
  }
}
