import type { CellGrid } from "./cell-grid.ts";

/** Chooses two colours for each cell, and which dots get the first: a cell cannot show more than two. */
export interface CellMapper {
  /** Fills in `grid.colors`, `grid.masks` and `grid.isRowChanged` for a frame. */
  map(frame: Uint16Array, grid: CellGrid): void;
  /** Marks all cells of the next frame as changed, because what the screen shows is unknown. */
  invalidate(): void;
}
