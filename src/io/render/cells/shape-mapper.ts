import { ChangedRows } from "../changed-rows.ts";
import { OkLabColors } from "../colors/oklab.ts";
import type { Palette } from "../colors/palette.ts";
import { nearestMap, type SourceArea } from "../scale.ts";
import type { CellGrid } from "./cell-grid.ts";
import type { CellMapper } from "./cell-mapper.ts";
import { KnownCells } from "./known-cells.ts";
import { CELL_PLAIN, CELL_SAME } from "./shape-areas.ts";
import { ShapeChoice } from "./shape-choice.ts";
import { PARTS_ACROSS, PARTS_DOWN, type PartPixels, type ShapeSet } from "./shapes.ts";

/** No pixel has this value, because the cells' encoders use it for unknown content. */
const NO_COLOR = 0xffff;

/**
 * Chooses the glyph and the two colours of each cell that differ least from the pixels under it. The
 * colours are pixels' own, never means: text of one colour on another keeps both, pictures have as few
 * colours as the game's, and the error is smaller than with means. The error of a cell is the area that shows
 * another colour than the picture, weighted by how different the two colours look, and a little of the
 * structure that is lost.
 */
export class ShapeMapper implements CellMapper {
  readonly #changedRows: ChangedRows;
  readonly #frameWidth: number;
  /** The last frame. Before the first frame, all of it is `NO_COLOR`, which no pixel equals. */
  readonly #before: Uint16Array;
  readonly #choice: ShapeChoice;
  /** The pixel of each row of parts. */
  readonly #pixelY: Int32Array;
  readonly #known: KnownCells;

  /**
   * `seams` are those of `GlyphForms`. `frameWidth` is the stride of a frame's rows in pixels;
   * `columns × rows` cells show `source`.
   */
  constructor(
    set: ShapeSet,
    seams: Float64Array,
    palette: Palette,
    source: SourceArea,
    frameWidth: number,
    { columns, rows }: { readonly columns: number; readonly rows: number },
  ) {
    this.#changedRows = new ChangedRows(source, frameWidth);
    this.#frameWidth = frameWidth;
    this.#before = new Uint16Array(this.#changedRows.pixels.length).fill(NO_COLOR);
    this.#pixelY = nearestMap(rows * PARTS_DOWN, 0, source.height);
    const x = nearestMap(columns * PARTS_ACROSS, source.x, source.width);
    const pixels: PartPixels = { x, y: this.#pixelY, stride: frameWidth };
    this.#choice = new ShapeChoice(set, seams, pixels, new OkLabColors(palette));
    this.#known = new KnownCells(pixels);
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  map(frame: Uint16Array, grid: CellGrid): void {
    const { isRowChanged, columns, colors, masks } = grid;
    const choice = this.#choice;
    const { areas } = choice;
    const known = this.#known;
    this.#changedRows.take(frame);
    const { pixels } = this.#changedRows;
    const before = this.#before;
    for (let row = 0; row < isRowChanged.length; row++) {
      isRowChanged[row] = this.#isRowChanged(row) ? 1 : 0;
      if (isRowChanged[row] === 0) continue;
      areas.startRow(row);
      for (let column = 0, at = row * columns; column < columns; column++, at++) {
        const look = areas.look(pixels, before, column);
        // The grid still holds the cell's glyph and colours.
        if (look === CELL_SAME) continue;
        if (look === CELL_PLAIN) {
          const color = areas.colors[0]!;
          colors[at] = (color << 16) | color;
          masks[at] = 0;
          continue;
        }
        if (!known.find(pixels, column, row)) {
          choice.choose(pixels, column, row);
          known.keep(choice.colors, choice.glyph);
        }
        colors[at] = known.colors;
        masks[at] = known.glyph;
      }
    }
    this.#keep();
  }

  /** Keeps the frame, to find the cells in which the next one differs. */
  #keep(): void {
    const { pixels, isChanged } = this.#changedRows;
    const width = this.#frameWidth;
    const before = this.#before;
    for (let y = 0; y < isChanged.length; y++) {
      if (isChanged[y] === 0) continue;
      for (let at = y * width; at < (y + 1) * width; at++) before[at] = pixels[at]!;
    }
  }

  #isRowChanged(row: number): boolean {
    const { isChanged } = this.#changedRows;
    const last = this.#pixelY[(row + 1) * PARTS_DOWN - 1]!;
    for (let y = this.#pixelY[row * PARTS_DOWN]!; y <= last; y++) if (isChanged[y] !== 0) return true;
    return false;
  }
}
