/** A mask that no cell has: what the screen shows there is unknown. */
export const UNKNOWN_MASK = 0xffff;
/** Goes with it: no pair of palette entries, though one of averaged colours may be the same. */
export const UNKNOWN_COLORS = -1;

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
  /** Signed, because JavaScriptCore takes what it reads from a `Uint32Array` for a fraction. */
  readonly colors: Int32Array;
  readonly masks: Uint16Array;
  readonly shownColors: Int32Array;
  readonly shownMasks: Uint16Array;
  /** By row: 1 where the frame differs from the one before, so that cells may differ from what is shown. */
  readonly isRowChanged: Uint8Array;
  /**
   * Masks follow from the colours, and are not filled in: half-blocks, whose upper dot has the first colour.
   */
  readonly maskFollows: boolean;

  constructor(columns: number, rows: number, maskFollows: boolean) {
    const cells = columns * rows;
    this.maskFollows = maskFollows;
    this.columns = columns;
    this.rows = rows;
    this.colors = new Int32Array(cells);
    this.masks = new Uint16Array(cells);
    this.shownColors = new Int32Array(cells).fill(UNKNOWN_COLORS);
    this.shownMasks = new Uint16Array(cells).fill(UNKNOWN_MASK);
    this.isRowChanged = new Uint8Array(rows);
  }

  /** The mask of a wanted cell. */
  maskAt(at: number): number {
    if (!this.maskFollows) return this.masks[at]!;
    const pair = this.colors[at]!;
    return pair >>> 16 === (pair & 0xffff) ? 0 : 1;
  }

  /** Forgets what the terminal shows. */
  invalidate(): void {
    this.shownColors.fill(UNKNOWN_COLORS);
    this.shownMasks.fill(UNKNOWN_MASK);
  }
}
