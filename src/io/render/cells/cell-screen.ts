import type { ByteWriter } from "../ansi.ts";
import type { ColorTable } from "../colors/colors.ts";
import type { RenderCapabilities } from "../encoder.ts";
import type { Placement } from "../scale.ts";
import { CellGrid } from "./cell-grid.ts";
import { CellPen, MAX_CELL_BYTES, PEN_SLACK_BYTES } from "./cell-pen.ts";
import { glyphForms } from "./glyph-forms.ts";
import type { GlyphSet } from "./glyphs.ts";
import { RowShifter } from "./row-shifter.ts";
import { ThriftyWriter } from "./thrifty-writer.ts";

/** Worst case of a row: two cursor positions, one deletion and one insertion. */
const MAX_SHIFT_BYTES = 40;
/** Assumed bytes per exact cell until some have been measured. */
const FIRST_CELL_BYTES = 24;
/** Frames with fewer cells than this are too small to measure that. */
const MIN_COUNTED_CELLS = 200;
/** Price: the error that a byte must save. First value and bounds, in weighted squared colour distance. */
const FIRST_PRICE = 500;
const MIN_PRICE = 0.01;
const MAX_PRICE = 50_000;
/** After each row the price is adjusted by this factor, to follow the bytes spent. */
const PRICE_UP = 1.15;
const PRICE_DOWN = 0.9;
/** When the limit is exceeded by this factor, the remaining rows wait for the next frame. */
const MAX_EXCESS = 1.25;

/** Writes the difference between the cells that the terminal shows and those that a frame needs. */
export class CellScreen {
  readonly placement: Placement;
  readonly grid: CellGrid;
  readonly maxBytes: number;
  /** Number of cells that do not show what the last frame needs, because of the byte limit. */
  inexactCells = 0;
  readonly #pen: CellPen;
  readonly #thrifty: ThriftyWriter;
  readonly #shifter: RowShifter | undefined;
  /** By row: number of cells that differ from what is shown, and number that the last frame left inexact. */
  readonly #different: Int32Array;
  readonly #inexact: Int32Array;
  #cellBytes = FIRST_CELL_BYTES;
  #price = FIRST_PRICE;
  /** Number of cells that differ, in rows that changed. */
  #changedCells = 0;
  /** The row at which completing unchanged rows resumes. */
  #firstRow = 0;

  /** `maskFollows`: the mapper sets colours only (half-blocks). `rgb` has 0xRRGGBB by colour id. */
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
    const forms = glyphForms(glyphs, !capabilities.fullBlock, capabilities.complementGlyphs);
    this.#pen = new CellPen(placement, table, glyphs, forms, capabilities);
    this.#thrifty = new ThriftyWriter(this.#pen, rgb, glyphs, forms);
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
   * Appends the difference, in at most about `limitBytes`. A mapper has filled in the grid. Assumes nothing
   * about the terminal's attributes and cursor.
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
   * Changed rows come first: exactly if they fit into the limit, otherwise each cell as exactly as its bytes
   * are worth. Then unchanged rows that earlier frames left inexact are completed one after another.
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
        // The next frame resumes here, so that no row waits for long.
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
      // The remaining rows wait for the next frame, whose price will fit the cells' cost better.
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

  /**
   * Counts the cells of each row that differ from what is shown. Returns how many of them are in unchanged
   * rows.
   */
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
