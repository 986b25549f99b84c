/** A mask that no cell has. It means that the content of the screen is unknown there. */
export const UNKNOWN_MASK = 0xffff;
/**
 * The colours that go with `UNKNOWN_MASK`. No pair of palette entries has this value, but a pair of averaged
 * colours may.
 */
export const UNKNOWN_COLORS = -1;

/**
 * The cells that a frame needs and the cells that the terminal shows.
 *
 * A cell is a mask, whose bits say which dots are set, and two colour ids: that of the set dots << 16 | that
 * of the others. A mask and its complement with the colours exchanged look the same, so bit 0 of a mask is
 * always set where the glyphs fill their cell. Mask 0 is a cell of one colour; both halves then hold that
 * colour.
 */
export class CellGrid {
  readonly columns: number;
  readonly rows: number;
  /** Signed, because JavaScriptCore treats values read from a `Uint32Array` as floating-point numbers. */
  readonly colors: Int32Array;
  readonly masks: Uint16Array;
  readonly shownColors: Int32Array;
  readonly shownMasks: Uint16Array;
  /** By row: 1 if the frame differs from the previous one there, so cells may differ from what is shown. */
  readonly isRowChanged: Uint8Array;
  /**
   * True if masks follow from the colours and are not filled in: half-blocks, whose upper dot has the first
   * colour.
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

  /** The mask that the frame needs for a cell. */
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
