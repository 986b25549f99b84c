/** A mask that no cell has: what the screen shows there is unknown. */
export const UNKNOWN_MASK = 0xffff;

/**
 * The cells that a frame wants, and those that the terminal shows.
 *
 * A cell is a mask, whose bits say which of its dots are set, and two colour ids: that of the set dots
 * << 16 | that of the others. A mask and its complement with the colours exchanged look the same, so masks
 * have bit 0 set where the glyphs fill their cell. Mask 0 is a cell of one colour, which stands in both
 * halves.
 */
export class CellGrid {
  readonly columns: number;
  readonly rows: number;
  readonly colors: Uint32Array;
  readonly masks: Uint16Array;
  readonly shownColors: Uint32Array;
  readonly shownMasks: Uint16Array;
  /** By row, the cells that differ from what is shown. */
  readonly changed: Int32Array;

  constructor(columns: number, rows: number) {
    const cells = columns * rows;
    this.columns = columns;
    this.rows = rows;
    this.colors = new Uint32Array(cells);
    this.masks = new Uint16Array(cells);
    this.shownColors = new Uint32Array(cells);
    this.shownMasks = new Uint16Array(cells).fill(UNKNOWN_MASK);
    this.changed = new Int32Array(rows);
  }

  /** Forgets what the terminal shows. */
  invalidate(): void {
    this.shownMasks.fill(UNKNOWN_MASK);
  }
}
