import { type ByteWriter, utf8 } from "../ansi.ts";
import { COLOR_WORDS, type ColorTable } from "../colors/colors.ts";
import type { RenderCapabilities } from "../encoder.ts";
import type { Placement } from "../scale.ts";
import type { CellGrid } from "./cell-grid.ts";
import type { GlyphForms } from "./glyph-forms.ts";
import type { GlyphSet } from "./glyphs.ts";

/** Marks that no colour is selected. */
export const NONE = -1;
/** Bytes reserved for a glyph: UTF-8 takes at most four. */
const GLYPH_STRIDE = 4;
/** ESC [ as a little-endian word. */
const CSI = 0x5b1b;
const SEMICOLON = 0x3b;
const SELECT = 0x6d;
/** Estimated bytes of a colour that has not been used yet. */
const USUAL_COLOR_BYTES = 12;
/**
 * Fonts draw some glyphs wider than the cell, and xterm clips only at the end of what it draws at once. It
 * draws what it has when a control character comes, of which terminals ignore NUL (ECMA-48).
 */
const NUL = 0;
/** A gap of up to this many cells is written again if that takes fewer bytes than moving the cursor. */
const MAX_REWRITTEN_GAP = 4;
/** Parameters are written as whole words, which may touch this many bytes after the text. */
export const PEN_SLACK_BYTES = 16;
/** Worst cell: cursor (10), attributes with both colours (3 + 2 × 16 + 1) or NUL, and glyph (4). */
export const MAX_CELL_BYTES = 50;

/** Writes cells in as few bytes as the currently selected colours allow. */
export class CellPen {
  readonly #placement: Placement;
  readonly #table: ColorTable;
  readonly #glyphs: Int32Array;
  readonly #glyphLength: Uint8Array;
  readonly #full: number;
  readonly #fullBlock: boolean;
  readonly #forms: GlyphForms;
  #foreground = NONE;
  #background = NONE;

  constructor(
    placement: Placement,
    table: ColorTable,
    { glyphs, fills, full }: GlyphSet,
    forms: GlyphForms,
    { fullBlock }: RenderCapabilities,
  ) {
    const bytes = new Uint8Array(glyphs.length * GLYPH_STRIDE);
    this.#placement = placement;
    this.#table = table;
    this.#full = full;
    this.#glyphLength = new Uint8Array(glyphs.length);
    glyphs.forEach((glyph, mask) => {
      bytes.set(utf8(glyph), mask * GLYPH_STRIDE);
      this.#glyphLength[mask] = utf8(glyph).length;
    });
    this.#glyphs = new Int32Array(bytes.buffer);
    this.#fullBlock = fullBlock && fills;
    this.#forms = forms;
  }

  /** Marks the terminal's attributes as unknown. */
  forget(): void {
    this.#foreground = NONE;
    this.#background = NONE;
  }

  /**
   * Writes the cells of a row that differ from what is shown. This is one long loop on purpose: splitting it
   * into methods, or its variables into fields, doubles its time.
   */
  writeRow(grid: CellGrid, row: number, out: ByteWriter): void {
    const { columns, colors, masks, shownColors, shownMasks, maskFollows } = grid;
    const { foregroundWords, foregroundLength, backgroundWords, backgroundLength } = this.#table;
    const glyphs = this.#glyphs;
    const glyphLength = this.#glyphLength;
    const { written, exchanges, runsOver } = this.#forms;
    const { view } = out;
    const start = row * columns;
    let to = out.length;
    let foreground = this.#foreground;
    let background = this.#background;
    // The cursor's position as a cell index; starts before the row.
    let cursor = start - 1;
    // 1 if the last glyph would run into a space that has the same colours.
    let isOpen = 0;
    for (let at = start; at < start + columns; at++) {
      const pair = colors[at]!;
      if (pair === shownColors[at]! && (maskFollows || masks[at]! === shownMasks[at]!)) continue;
      if (cursor !== at) {
        out.length = to;
        this.#foreground = foreground;
        this.#background = background;
        isOpen = 0;
        if (cursor < start) this.moveTo(out, row, at - start);
        else isOpen = this.#crossGap(grid, out, cursor, at);
        foreground = this.#foreground;
        background = this.#background;
        to = out.length;
      }
      cursor = at + 1;
      let fore = pair >>> 16;
      let back = pair & 0xffff;
      let mask = maskFollows ? (fore === back ? 0 : 1) : masks[at]!;
      shownColors[at] = pair;
      if (!maskFollows) shownMasks[at] = mask;
      // Choose the form with the fewest colour changes of those that look best.
      if (mask === 0) {
        fore = foreground;
        if (foreground === back && background !== back && this.#fullBlock) {
          back = background;
          mask = this.#full;
        }
      } else {
        const isMet = foreground === back || background === fore;
        const isFew = foreground !== fore && background !== back && isMet;
        const other = written[mask]! || (isFew ? exchanges[mask]! : 0);
        if (other !== 0) {
          fore = back;
          back = pair >>> 16;
          mask = other;
        }
      }
      if (fore !== foreground || back !== background) {
        const isFore = fore !== foreground;
        const isBack = back !== background;
        if ((isFore && foregroundLength[fore]! === 0) || (isBack && backgroundLength[back]! === 0)) {
          out.length = to;
          this.#define(out, fore, back);
          to = out.length;
        }
        view.setInt16(to, CSI, true);
        to += 2;
        if (isFore) {
          to = parameters(view, to, foregroundWords, fore, foregroundLength[fore]!);
          if (isBack) view.setUint8(to++, SEMICOLON);
        }
        if (isBack) to = parameters(view, to, backgroundWords, back, backgroundLength[back]!);
        view.setUint8(to++, SELECT);
        foreground = fore;
        background = back;
      } else if (mask === 0 && isOpen !== 0) view.setUint8(to++, NUL);
      isOpen = runsOver[mask]!;
      view.setInt32(to, glyphs[mask]!, true);
      to += glyphLength[mask]!;
    }
    out.length = to;
    this.#foreground = foreground;
    this.#background = background;
  }

  /** The selected foreground colour, or `NONE`. */
  get foreground(): number {
    return this.#foreground;
  }

  get background(): number {
    return this.#background;
  }

  /** Number of bytes that `put` would write, without the definitions of new colours. */
  bytesFor(mask: number, foreground: number, background: number): number {
    const { foregroundLength, backgroundLength } = this.#table;
    const isFore = foreground !== this.#foreground;
    const isBack = background !== this.#background;
    let bytes = this.#glyphLength[mask]!;
    if (isFore) bytes += foregroundLength[foreground]! || USUAL_COLOR_BYTES;
    if (isBack) bytes += backgroundLength[background]! || USUAL_COLOR_BYTES;
    return isFore || isBack ? bytes + 4 : bytes;
  }

  /** Writes a glyph with these colours at the cursor. */
  put(out: ByteWriter, mask: number, foreground: number, background: number): void {
    const { foregroundWords, foregroundLength, backgroundWords, backgroundLength } = this.#table;
    const isFore = foreground !== this.#foreground;
    const isBack = background !== this.#background;
    if (isFore || isBack) {
      this.#define(out, foreground, background);
      out.csi();
      const { view } = out;
      let to = out.length;
      if (isFore) to = parameters(view, to, foregroundWords, foreground, foregroundLength[foreground]!);
      if (isFore && isBack) view.setUint8(to++, SEMICOLON);
      if (isBack) to = parameters(view, to, backgroundWords, background, backgroundLength[background]!);
      view.setUint8(to++, SELECT);
      out.length = to;
      this.#foreground = foreground;
      this.#background = background;
    }
    out.view.setInt32(out.length, this.#glyphs[mask]!, true);
    out.length += this.#glyphLength[mask]!;
  }

  /** Moves the cursor to a cell of the picture. */
  moveTo(out: ByteWriter, row: number, column: number): void {
    out.moveTo(this.#placement.top + row + 1, this.#placement.left + column + 1);
  }

  /**
   * Moves the cursor from cell `from` to `to` of the same row, by a cursor sequence or by rewriting the cells
   * between. Returns 1 if the last of these would run into a space.
   */
  #crossGap(grid: CellGrid, out: ByteWriter, from: number, to: number): number {
    const gap = to - from;
    const moveBytes = gap === 1 ? 3 : gap < 10 ? 4 : gap < 100 ? 5 : 6;
    if (gap <= MAX_REWRITTEN_GAP) {
      let bytes = 0;
      for (let at = from; at < to && bytes < moveBytes; at++) bytes += this.#plainBytes(grid, at);
      if (bytes < moveBytes) {
        const { runsOver } = this.#forms;
        let isOpen = runsOver[this.#writtenAt(grid, from - 1)]!;
        for (let at = from; at < to; at++) {
          const mask = this.#writtenAt(grid, at);
          if (mask === 0 && isOpen !== 0) out.view.setUint8(out.length++, NUL);
          isOpen = runsOver[mask]!;
          out.view.setInt32(out.length, this.#glyphs[mask]!, true);
          out.length += this.#glyphLength[mask]!;
        }
        return isOpen;
      }
    }
    out.moveRight(gap);
    return 0;
  }

  /** Bytes needed to write cell `at` with the colours selected now; a large number if these do not fit it. */
  #plainBytes(grid: CellGrid, at: number): number {
    const mask = grid.maskAt(at);
    const pair = grid.colors[at]!;
    const isExchanged = this.#forms.written[mask]! !== 0;
    const fore = isExchanged ? pair & 0xffff : pair >>> 16;
    const back = isExchanged ? pair >>> 16 : pair & 0xffff;
    if (back !== this.#background) return MAX_CELL_BYTES;
    if (mask === 0) return 1;
    return fore === this.#foreground ? this.#glyphLength[mask]! : MAX_CELL_BYTES;
  }

  /** The glyph that is written for a cell. */
  #writtenAt(grid: CellGrid, at: number): number {
    const mask = grid.maskAt(at);
    return this.#forms.written[mask]! || mask;
  }

  /**
   * Writes the definitions of those of two colours that have none yet. They come before the colours' first
   * use.
   */
  #define(out: ByteWriter, one: number, other: number): void {
    const table = this.#table;
    if (one !== NONE && table.foregroundLength[one]! === 0) table.define(one, out);
    if (other !== NONE && table.backgroundLength[other]! === 0) table.define(other, out);
  }
}

/** Writes `length` bytes of a colour's parameters. Returns the offset after them. */
function parameters(view: DataView, at: number, words: Int32Array, id: number, length: number): number {
  const word = id * COLOR_WORDS;
  view.setInt32(at, words[word]!, true);
  view.setInt32(at + 4, words[word + 1]!, true);
  if (length > 8) {
    view.setInt32(at + 8, words[word + 2]!, true);
    view.setInt32(at + 12, words[word + 3]!, true);
  }
  return at + length;
}
