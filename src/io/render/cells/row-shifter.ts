import type { ByteWriter } from "../ansi.ts";
import type { Placement } from "../scale.ts";
import { type CellGrid, UNKNOWN_COLORS, UNKNOWN_MASK } from "./cell-grid.ts";

/** Maximum number of cells that the picture may scroll between two frames; larger shifts are not detected. */
const MAX_SHIFT = 16;
/** A picture with fewer changed cells than this many rows' worth is treated as not scrolling. */
const MIN_CHANGED_ROWS = 2;
/** Number of rows from which the shift is guessed. */
const MAX_SAMPLE_ROWS = 12;
/** One in this many of their cells is compared. */
const SAMPLE_STEP = 5;
/** Number of changed cells that a shift is first tried on, before whole rows are compared. */
const MAX_PROBES = 64;
/**
 * A shift is compared only if it explains at least this share of the probes, and about as many as the best
 * shift so far.
 */
const MIN_PROBED_SHARE = 0.25;
const NEARLY = 0.9;
/** A shift is accepted if it leaves less than this share of the samples' changes. */
const MAX_LEFT_SHARE = 0.75;
/** The search ends at a shift that leaves less than this share. */
const SURE_LEFT_SHARE = 0.25;
/** A row is shifted if that saves at least this many cells: the shift itself takes about 20 bytes. */
const MIN_SAVED_CELLS = 4;

/**
 * Finds rows whose cells have moved sideways, and moves them on the terminal by deleting characters at one
 * end and inserting them at the other. A scrolling row then costs its new edge instead of every cell. One
 * shift is guessed for the whole picture, since a search row by row takes a millisecond. Each row then
 * decides whether to use it, since status bars stand still.
 */
export class RowShifter {
  readonly #placement: Placement;
  /** By row: number of cells that differ from what is shown, estimated from the compared ones. */
  readonly #changed: Int32Array;
  readonly #samples = new Int32Array(MAX_SAMPLE_ROWS);
  /** Changed cells of the samples, by index. */
  readonly #probes = new Int32Array(MAX_PROBES);
  /** The last two different shifts: a speed of 1.5 cells per frame alternates between 1 and 2. */
  #last = 0;
  #lastBut = 0;

  constructor(placement: Placement) {
    this.#placement = placement;
    this.#changed = new Int32Array(placement.rows);
  }

  /**
   * Appends the shifts that save bytes and applies them to the grid's shown cells; the new cells at the edge
   * become unknown.
   */
  shift(grid: CellGrid, out: ByteWriter): void {
    const { columns, rows } = grid;
    const changed = this.#changed;
    if (columns < 2 * MAX_SHIFT) return;
    const samples = this.#pick(grid);
    if (samples === 0) return;
    const distance = this.#guess(grid, samples);
    if (distance === 0) return;
    if (distance !== this.#last) {
      this.#lastBut = this.#last;
      this.#last = distance;
    }
    for (let row = 0; row < rows; row++) {
      const limit = changed[row]! - MIN_SAVED_CELLS - Math.abs(distance);
      if (limit < 0) continue;
      const sampleLimit = (limit / SAMPLE_STEP) | 0;
      if (mismatches(grid, row, distance) > sampleLimit) continue;
      this.#move(row, distance, out);
      moveShown(grid, row * columns, distance);
    }
  }

  /** Picks the rows to guess from. Returns their number; 0 if little has changed. */
  #pick(grid: CellGrid): number {
    const { columns, rows, isRowChanged } = grid;
    const changed = this.#changed;
    let total = 0;
    let busy = 0;
    for (let row = 0; row < rows; row++) {
      changed[row] = isRowChanged[row] === 0 ? 0 : SAMPLE_STEP * mismatches(grid, row, 0);
      total += changed[row]!;
      if (changed[row]! >= MIN_SAVED_CELLS) busy++;
    }
    if (total < MIN_CHANGED_ROWS * columns) return 0;
    const step = Math.max(1, Math.ceil(busy / MAX_SAMPLE_ROWS));
    let samples = 0;
    for (let row = 0, seen = 0; row < rows; row++) {
      if (changed[row]! < MIN_SAVED_CELLS) continue;
      if (seen++ % step === 0) this.#samples[samples++] = row;
    }
    return samples;
  }

  /**
   * Finds the shift to the left (negative: to the right) that explains the samples best; 0 if none does. The
   * previous shifts are tried first: if one fits again, the others are rejected after a few cells.
   */
  #guess(grid: CellGrid, samples: number): number {
    let changed = 0;
    for (let i = 0; i < samples; i++) changed += this.#changed[this.#samples[i]!]!;
    let best = Math.floor((changed / SAMPLE_STEP) * MAX_LEFT_SHARE);
    const sure = Math.floor((changed / SAMPLE_STEP) * SURE_LEFT_SHARE);
    const probes = this.#probe(grid, samples, changed);
    let least = probes * MIN_PROBED_SHARE;
    let guess = 0;
    for (let turn = -2; turn < 2 * MAX_SHIFT; turn++) {
      // After the previous shifts, try 1, −1, 2, −2 and so on.
      const size = (turn >> 1) + 1;
      const sideways = (turn & 1) === 0 ? size : -size;
      const distance = turn === -2 ? this.#last : turn === -1 ? this.#lastBut : sideways;
      if (distance === 0 || distance === guess) continue;
      const explained = this.#explained(grid, probes, distance);
      if (explained < least) continue;
      let left = 0;
      for (let i = 0; i < samples && left < best; i++) left += mismatches(grid, this.#samples[i]!, distance);
      if (left >= best) continue;
      best = left;
      guess = distance;
      least = Math.max(least, explained * NEARLY);
      if (best < sure) break;
    }
    return guess;
  }

  /** Picks changed cells of the samples that are far enough from the edges. Returns their number. */
  #probe({ columns, colors, shownColors }: CellGrid, samples: number, changed: number): number {
    const step = Math.max(1, Math.ceil(changed / MAX_PROBES));
    let probes = 0;
    let skip = 0;
    for (let i = 0; i < samples; i++) {
      const start = this.#samples[i]! * columns;
      for (let at = start + MAX_SHIFT; at < start + columns - MAX_SHIFT; at++) {
        if (colors[at]! === shownColors[at]! || --skip >= 0) continue;
        skip = step - 1;
        if (probes < MAX_PROBES) this.#probes[probes++] = at;
      }
    }
    return probes;
  }

  /** Number of probes that a shift by `distance` would make right. */
  #explained({ colors, shownColors }: CellGrid, probes: number, distance: number): number {
    let count = 0;
    for (let i = 0; i < probes; i++) {
      const at = this.#probes[i]!;
      if (colors[at]! === shownColors[at + distance]!) count++;
    }
    return count;
  }

  /** Moves the picture's part of a row; cells beside it do not move. */
  #move(row: number, distance: number, out: ByteWriter): void {
    const { columns, left, top } = this.#placement;
    const size = Math.abs(distance);
    const firstColumn = left + 1;
    const edgeColumn = left + columns - size + 1;
    out.moveTo(top + row + 1, distance > 0 ? firstColumn : edgeColumn);
    control(out, size, DELETE_CHARACTERS);
    out.moveTo(top + row + 1, distance > 0 ? edgeColumn : firstColumn);
    control(out, size, INSERT_CHARACTERS);
  }
}

/** DCH: the rest of the row moves left. ICH: it moves right. */
const DELETE_CHARACTERS = 0x50;
const INSERT_CHARACTERS = 0x40;

function control(out: ByteWriter, count: number, final: number): void {
  out.csi();
  if (count > 1) out.decimal(count);
  out.byte(final);
}

function moveShown(grid: CellGrid, start: number, distance: number): void {
  const { columns, shownColors, shownMasks, maskFollows } = grid;
  const end = start + columns;
  const from = distance > 0 ? start + distance : start;
  const to = distance > 0 ? start : start - distance;
  const length = columns - Math.abs(distance);
  shownColors.copyWithin(to, from, from + length);
  if (!maskFollows) shownMasks.copyWithin(to, from, from + length);
  const edge = distance > 0 ? end - distance : start;
  for (let at = edge; at < edge + columns - length; at++) {
    shownColors[at] = UNKNOWN_COLORS;
    if (!maskFollows) shownMasks[at] = UNKNOWN_MASK;
  }
}

/**
 * Number of a row's cells that a shift by `distance` to the left would leave wrong. Cells that move in from
 * outside do not count; every `SAMPLE_STEP`th one is compared. The comparison has no branch, which would be
 * mispredicted half the time: without it this is three times as fast.
 */
function mismatches(grid: CellGrid, row: number, distance: number): number {
  const { columns, colors, masks, shownColors, shownMasks, maskFollows } = grid;
  const first = row * columns + Math.max(0, -distance);
  const end = (row + 1) * columns - Math.max(0, distance);
  let count = 0;
  if (maskFollows)
    for (let at = first; at < end; at += SAMPLE_STEP) {
      const change = colors[at]! ^ shownColors[at + distance]!;
      count += (change | -change) >>> 31;
    }
  else
    for (let at = first; at < end; at += SAMPLE_STEP) {
      const change = (colors[at]! ^ shownColors[at + distance]!) | (masks[at]! ^ shownMasks[at + distance]!);
      count += (change | -change) >>> 31;
    }
  return count;
}
