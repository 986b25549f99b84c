import { type ByteWriter, utf8 } from "./ansi.ts";
import { CellGrid } from "./cell-grid.ts";
import { COLOR_STRIDE, type ColorTable } from "./colors.ts";
import type { RenderCapabilities } from "./encoder.ts";
import type { GlyphSet } from "./glyphs.ts";
import { RowShifter } from "./row-shifter.ts";
import type { Placement } from "./scale.ts";

/** Bytes reserved for a glyph: UTF-8 takes at most four. */
const GLYPH_STRIDE = 4;
/** No colour id is selected. */
const NONE = -1;
/** A gap up to this many cells is written again if that takes fewer bytes than moving the cursor. */
const MAX_REWRITTEN_GAP = 4;
/** Worst cell: cursor (10), attributes with both colours (3 + 2 × 16 + 1), glyph (4). */
const MAX_CELL_BYTES = 50;
/** Worst row: two cursor positions, one deletion and one insertion. */
const MAX_SHIFT_BYTES = 40;

/** Writes what turns the cells that the terminal shows into those that a frame wants. */
export class CellScreen {
  readonly placement: Placement;
  readonly grid: CellGrid;
  readonly maxBytes: number;
  readonly #table: ColorTable;
  readonly #glyphBytes: Uint8Array;
  readonly #glyphLength: Uint8Array;
  readonly #fullMask: number;
  readonly #fullBlock: boolean;
  readonly #complement: boolean;
  readonly #shifter: RowShifter | undefined;
  #foreground = NONE;
  #background = NONE;

  /** `maskFollows`: the mapper gives colours only, of half-blocks. */
  constructor(
    placement: Placement,
    table: ColorTable,
    glyphs: GlyphSet,
    maskFollows: boolean,
    { fullBlock, complementGlyphs, shiftRows }: RenderCapabilities,
  ) {
    const cells = placement.columns * placement.rows;
    this.placement = placement;
    this.grid = new CellGrid(placement.columns, placement.rows, maskFollows);
    this.#table = table;
    this.#fullMask = glyphs.glyphs.length - 1;
    this.#glyphBytes = new Uint8Array(glyphs.glyphs.length * GLYPH_STRIDE);
    this.#glyphLength = new Uint8Array(glyphs.glyphs.length);
    glyphs.glyphs.forEach((glyph, mask) => {
      const bytes = utf8(glyph);
      this.#glyphBytes.set(bytes, mask * GLYPH_STRIDE);
      this.#glyphLength[mask] = bytes.length;
    });
    this.#fullBlock = fullBlock && glyphs.fills;
    this.#complement = complementGlyphs && glyphs.fills;
    this.#shifter = shiftRows ? new RowShifter(placement) : undefined;
    const definitions = table.foregroundLength.length * table.maxDefinitionBytes;
    this.maxBytes = cells * MAX_CELL_BYTES + placement.rows * MAX_SHIFT_BYTES + definitions;
  }

  /** Forgets what the terminal shows. */
  invalidate(): void {
    this.grid.invalidate();
  }

  /** Appends the difference; a mapper has filled in the grid. Nothing is known about the terminal's attributes and cursor before it. */
  write(out: ByteWriter): void {
    const { columns, rows, left, top } = this.placement;
    const { colors, masks, shownColors, shownMasks, changed, maskFollows } = this.grid;
    this.#foreground = NONE;
    this.#background = NONE;
    this.#shifter?.shift(this.grid, out);
    for (let row = 0; row < rows; row++) {
      if (changed[row]! === 0) continue;
      const start = row * columns;
      // Where the cursor is, as a cell index; −1 when it is not in this row.
      let cursor = -1;
      for (let at = start; at < start + columns; at++) {
        if (colors[at]! === shownColors[at]! && (maskFollows || masks[at]! === shownMasks[at]!)) continue;
        if (cursor < 0) out.moveTo(top + row + 1, left + at - start + 1);
        else if (cursor < at) this.#crossGap(out, cursor, at);
        this.#cell(out, this.grid.maskAt(at), colors[at]!);
        cursor = at + 1;
        shownColors[at] = colors[at]!;
        if (!maskFollows) shownMasks[at] = masks[at]!;
      }
    }
  }

  /** Brings the cursor from cell `from` to `to` in the same row, by moving it or by writing what is there. */
  #crossGap(out: ByteWriter, from: number, to: number): void {
    const gap = to - from;
    const moveBytes = gap === 1 ? 3 : gap < 10 ? 4 : gap < 100 ? 5 : 6;
    if (gap <= MAX_REWRITTEN_GAP) {
      let bytes = 0;
      for (let at = from; at < to && bytes < moveBytes; at++) bytes += this.#plainBytes(at);
      if (bytes < moveBytes) {
        for (let at = from; at < to; at++) this.#cell(out, this.grid.maskAt(at), this.grid.colors[at]!);
        return;
      }
    }
    out.moveRight(gap);
  }

  /** Bytes to write cell `at` with the colours selected now; many when that is not possible. */
  #plainBytes(at: number): number {
    const mask = this.grid.maskAt(at);
    const first = this.grid.colors[at]! >>> 16;
    const second = this.grid.colors[at]! & 0xffff;
    if (mask === 0) return second === this.#background ? 1 : MAX_CELL_BYTES;
    const isSelected = first === this.#foreground && second === this.#background;
    return isSelected ? this.#glyphLength[mask]! : MAX_CELL_BYTES;
  }

  /** Emits one cell at the cursor, in whichever form needs the fewest colour changes. */
  #cell(out: ByteWriter, mask: number, colors: number): void {
    const first = colors >>> 16;
    const second = colors & 0xffff;
    if (mask === 0) {
      if (this.#background === second) out.byte(0x20);
      else if (this.#fullBlock && this.#foreground === second) this.#glyph(out, this.#fullMask);
      else {
        this.#select(out, this.#foreground, second);
        out.byte(0x20);
      }
      return;
    }
    const straight = (this.#foreground === first ? 0 : 1) + (this.#background === second ? 0 : 1);
    const swapped = (this.#foreground === second ? 0 : 1) + (this.#background === first ? 0 : 1);
    if (this.#complement && swapped < straight) {
      this.#select(out, second, first);
      this.#glyph(out, this.#fullMask ^ mask);
    } else {
      this.#select(out, first, second);
      this.#glyph(out, mask);
    }
  }

  #glyph(out: ByteWriter, mask: number): void {
    out.copy(this.#glyphBytes, mask * GLYPH_STRIDE, this.#glyphLength[mask]!);
  }

  /** Selects both colours, in one sequence. */
  #select(out: ByteWriter, foreground: number, background: number): void {
    const table = this.#table;
    const fore = foreground !== this.#foreground;
    const back = background !== this.#background;
    if (!fore && !back) return;
    if (fore && table.foregroundLength[foreground]! === 0) table.define(foreground, out);
    if (back && table.backgroundLength[background]! === 0) table.define(background, out);
    out.csi();
    if (fore) out.copy(table.foreground, foreground * COLOR_STRIDE, table.foregroundLength[foreground]!);
    if (fore && back) out.byte(0x3b);
    if (back) out.copy(table.background, background * COLOR_STRIDE, table.backgroundLength[background]!);
    out.byte(0x6d);
    this.#foreground = foreground;
    this.#background = background;
  }
}
