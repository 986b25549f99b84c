import type { CellGrid } from "./cell-grid.ts";
import type { CellMapper } from "./cell-mapper.ts";
import type { Sampler } from "./sampler.ts";

/** Half-blocks: two dots and two colours per cell, so nothing is lost. */
export class HalfBlockMapper implements CellMapper {
  readonly #sampler: Sampler;
  /** The sampler's dots, two per word, the left one in the lower half. */
  readonly #words: Int32Array;

  /** `sampler` provides two dots per cell, one above the other. */
  constructor(sampler: Sampler) {
    const { dots } = sampler;
    this.#sampler = sampler;
    this.#words = new Int32Array(dots.buffer, dots.byteOffset, dots.length >> 1);
  }

  invalidate(): void {
    this.#sampler.invalidate();
  }

  map(frame: Uint16Array, grid: CellGrid): void {
    this.#sampler.sample(frame);
    const { isChanged } = this.#sampler;
    const { isRowChanged } = grid;
    const isEven = grid.columns % 2 === 0;
    for (let row = 0; row < isRowChanged.length; row++) {
      isRowChanged[row] = isChanged[2 * row]! | isChanged[2 * row + 1]!;
      if (isRowChanged[row] === 0) continue;
      if (isEven) this.#mapWords(row, grid);
      else this.#mapDots(row, grid);
    }
  }

  /** Maps a row, two cells at a time. */
  #mapWords(row: number, { columns, colors }: CellGrid): void {
    const words = this.#words;
    const half = columns >> 1;
    const end = (2 * row + 1) * half;
    let at = row * columns;
    for (let upper = 2 * row * half; upper < end; upper++) {
      const above = words[upper]!;
      const below = words[upper + half]!;
      colors[at] = (above << 16) | (below & 0xffff);
      colors[at + 1] = (above & -0x10000) | (below >>> 16);
      at += 2;
    }
  }

  #mapDots(row: number, { columns, colors }: CellGrid): void {
    const { dots } = this.#sampler;
    const end = (2 * row + 1) * columns;
    let at = row * columns;
    for (let upper = 2 * at; upper < end; upper++, at++)
      colors[at] = (dots[upper]! << 16) | dots[upper + columns]!;
  }
}
