/** A tile, or a sprite, is fetched in eight dots. */
export const CELL_DOTS = 8;
/** The last dot of the last cell; five more dots lead to the first cell of the next line. */
export const CELLS_END = 336;
export const TAIL_DOTS = 5;
export const FIRST_SPRITE_CELL = 256;
export const FIRST_PREFETCH_CELL = 320;
/** Dots 1–340 of a line: all except dot 0. */
export const LINE_DOTS = 340;
