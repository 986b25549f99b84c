import type { CellGrid } from "./cell-grid.ts";

/** Decides for each cell which two colours it gets and which dots have the first: a cell cannot show more. */
export interface CellMapper {
  /** Fills in `grid.colors`, `grid.masks` and `grid.isRowChanged` for a frame. */
  map(frame: Uint16Array, grid: CellGrid): void;
  /** What is shown is unknown: all cells of the next frame count as changed. */
  invalidate(): void;
}
