import type { ByteWriter } from "./ansi.ts";
import { CellGrid } from "./cell-grid.ts";
import { CellPen, MAX_CELL_BYTES, PEN_SLACK_BYTES } from "./cell-pen.ts";
import type { ColorTable } from "./colors.ts";
import type { RenderCapabilities } from "./encoder.ts";
import type { GlyphSet } from "./glyphs.ts";
import { RowShifter } from "./row-shifter.ts";
import type { Placement } from "./scale.ts";
import { ThriftyWriter } from "./thrifty-writer.ts";

/** Worst row: two cursor positions, one deletion and one insertion. */
const MAX_SHIFT_BYTES = 40;
/** What a cell takes when all is written exactly, until it has been seen. */
const FIRST_CELL_BYTES = 24;
/** Frames with fewer cells say little about that. */
const MIN_COUNTED_CELLS = 200;
/** Error that a byte must save at first, and within which bounds: squared distance of colours, as weighted. */
const FIRST_PRICE = 500;
const MIN_PRICE = 0.01;
const MAX_PRICE = 50_000;
/** The price follows the bytes from row to row. */
const PRICE_UP = 1.15;
const PRICE_DOWN = 0.9;
/** Beyond so many times the limit the rest of the rows waits for the next frame. */
const MAX_EXCESS = 1.25;

/** Writes what turns the cells that the terminal shows into those that a frame wants. */
export class CellScreen {
  readonly placement: Placement;
  readonly grid: CellGrid;
  readonly maxBytes: number;
  /** Cells that do not show what the last frame wants, because it had a limit. */
  inexactCells = 0;
  readonly #pen: CellPen;
  readonly #thrifty: ThriftyWriter;
  readonly #shifter: RowShifter | undefined;
  /** By row: cells that differ from what is shown, and those that were left so by the last frame. */
  readonly #different: Int32Array;
  readonly #inexact: Int32Array;
  #cellBytes = FIRST_CELL_BYTES;
  #price = FIRST_PRICE;
  /** Cells of changed rows that differ. */
  #changedCells = 0;
  /** Where completing rows that hold still goes on. */
  #firstRow = 0;

  /** `maskFollows`: the mapper gives colours only, of half-blocks. `rgb` gives 0xRRGGBB by colour id. */
  constructor(
    placement: Placement,
    table: ColorTable,
    glyphs: GlyphSet,
    maskFollows: boolean,
    rgb: Uint32Array,
    capabilities: RenderCapabilities,
  ) {
    const cells = placement.columns * placement.rows;
    this.placement = placement;
    this.grid = new CellGrid(placement.columns, placement.rows, maskFollows);
    this.#pen = new CellPen(placement, table, glyphs, capabilities);
    this.#thrifty = new ThriftyWriter(this.#pen, rgb, glyphs, capabilities.complementGlyphs);
    this.#shifter = capabilities.shiftRows ? new RowShifter(placement) : undefined;
    this.#different = new Int32Array(placement.rows);
    this.#inexact = new Int32Array(placement.rows);
    const definitions = table.foregroundLength.length * table.maxDefinitionBytes;
    this.maxBytes = cells * MAX_CELL_BYTES + placement.rows * MAX_SHIFT_BYTES + definitions + PEN_SLACK_BYTES;
  }

  /** Forgets what the terminal shows. */
  invalidate(): void {
    this.grid.invalidate();
    this.#inexact.fill(0);
    this.inexactCells = 0;
  }

  /**
   * Appends the difference, in about `limitBytes` at most; a mapper has filled in the grid. Nothing is known
   * about the terminal's attributes and cursor before it.
   */
  write(out: ByteWriter, limitBytes: number): void {
    this.#pen.forget();
    this.#shifter?.shift(this.grid, out);
    if (limitBytes !== Number.POSITIVE_INFINITY || this.inexactCells > 0) {
      this.#writeWithin(out, limitBytes);
      return;
    }
    const { isRowChanged } = this.grid;
    for (let row = 0; row < isRowChanged.length; row++)
      if (isRowChanged[row]! !== 0) this.#pen.writeRow(this.grid, row, out);
  }

  /**
   * What has changed comes first, exactly where that fits into the limit, else each cell as exactly as is
   * worth its bytes. Rows that earlier frames have left inexact, and that hold still, then become exact one
   * after another.
   */
  #writeWithin(out: ByteWriter, limitBytes: number): void {
    const { isRowChanged } = this.grid;
    const { rows } = this.placement;
    const start = out.length;
    const stillCells = this.#count();
    this.#writeChanged(out, limitBytes - Math.min(limitBytes / 2, stillCells * this.#cellBytes));
    const firstRow = this.#firstRow;
    let isFull = false;
    for (let i = 0; i < rows; i++) {
      const row = (firstRow + i) % rows;
      if (isRowChanged[row] !== 0 || this.#inexact[row] === 0) continue;
      if (!isFull && out.length - start >= limitBytes) {
        // The next frame goes on here, so that no row waits for long.
        isFull = true;
        this.#firstRow = row;
      }
      if (isFull) continue;
      this.#pen.writeRow(this.grid, row, out);
      this.#inexact[row] = 0;
    }
    this.inexactCells = 0;
    for (let row = 0; row < rows; row++) this.inexactCells += this.#inexact[row]!;
  }

  #writeChanged(out: ByteWriter, limitBytes: number): void {
    const { isRowChanged } = this.grid;
    const different = this.#different;
    const start = out.length;
    const total = this.#changedCells;
    const isTight = total * this.#cellBytes > limitBytes;
    let cells = 0;
    for (let row = 0; row < isRowChanged.length; row++) {
      if (isRowChanged[row] === 0 || different[row] === 0) continue;
      const written = out.length - start;
      // Rows beyond are left for the next frame, which will know better what cells cost.
      if (written > limitBytes * MAX_EXCESS) continue;
      if (isTight) {
        const isOver = written * total > limitBytes * cells;
        const price = this.#price * (isOver ? PRICE_UP : PRICE_DOWN);
        this.#price = Math.max(MIN_PRICE, Math.min(MAX_PRICE, price));
        this.#inexact[row] = this.#thrifty.writeRow(this.grid, row, out, this.#price);
      } else {
        this.#pen.writeRow(this.grid, row, out);
        this.#inexact[row] = 0;
      }
      cells += different[row]!;
    }
    if (!isTight && total >= MIN_COUNTED_CELLS) this.#cellBytes = (out.length - start) / total;
  }

  /** Counts the cells of each row that differ from what is shown. Returns how many lie in rows that hold still. */
  #count(): number {
    const { columns, rows, colors, masks, shownColors, shownMasks, maskFollows, isRowChanged } = this.grid;
    let still = 0;
    this.#changedCells = 0;
    for (let row = 0; row < rows; row++) {
      let count = 0;
      if (isRowChanged[row]! !== 0 || this.#inexact[row]! !== 0)
        for (let at = row * columns; at < (row + 1) * columns; at++)
          if (colors[at]! !== shownColors[at]! || (!maskFollows && masks[at]! !== shownMasks[at]!)) count++;
      this.#different[row] = count;
      this.#inexact[row] = count;
      if (isRowChanged[row]! === 0) still += count;
      else this.#changedCells += count;
    }
    return still;
  }
}
