import type { ByteWriter } from "./ansi.ts";
import { CellGrid } from "./cell-grid.ts";
import { CellPen, MAX_CELL_BYTES, PEN_SLACK_BYTES } from "./cell-pen.ts";
import type { ColorTable } from "./colors.ts";
import type { RenderCapabilities } from "./encoder.ts";
import type { GlyphSet } from "./glyphs.ts";
import { RowShifter } from "./row-shifter.ts";
import type { Placement } from "./scale.ts";

/** Worst row: two cursor positions, one deletion and one insertion. */
const MAX_SHIFT_BYTES = 40;

/** Writes what turns the cells that the terminal shows into those that a frame wants. */
export class CellScreen {
  readonly placement: Placement;
  readonly grid: CellGrid;
  readonly maxBytes: number;
  readonly #pen: CellPen;
  readonly #shifter: RowShifter | undefined;

  /** `maskFollows`: the mapper gives colours only, of half-blocks. */
  constructor(
    placement: Placement,
    table: ColorTable,
    glyphs: GlyphSet,
    maskFollows: boolean,
    capabilities: RenderCapabilities,
  ) {
    const cells = placement.columns * placement.rows;
    this.placement = placement;
    this.grid = new CellGrid(placement.columns, placement.rows, maskFollows);
    this.#pen = new CellPen(placement, table, glyphs, capabilities);
    this.#shifter = capabilities.shiftRows ? new RowShifter(placement) : undefined;
    const definitions = table.foregroundLength.length * table.maxDefinitionBytes;
    this.maxBytes = cells * MAX_CELL_BYTES + placement.rows * MAX_SHIFT_BYTES + definitions + PEN_SLACK_BYTES;
  }

  /** Forgets what the terminal shows. */
  invalidate(): void {
    this.grid.invalidate();
  }

  /** Appends the difference; a mapper has filled in the grid. Nothing is known about the terminal's attributes and cursor before it. */
  write(out: ByteWriter): void {
    const { rows } = this.placement;
    const { isRowChanged } = this.grid;
    this.#pen.forget();
    this.#shifter?.shift(this.grid, out);
    for (let row = 0; row < rows; row++)
      if (isRowChanged[row]! !== 0) this.#pen.writeRow(this.grid, row, out);
  }
}
