/** How a program's tiles stand for characters. */
export interface TileText {
  /** The character of each of 256 tiles; a space where a tile is none. */
  readonly characters: string;
  /** Nametables that are read, from 0 to 3. */
  readonly nametables: readonly number[];
}

/** Tile numbers are ASCII, on nametable 0: what blargg's and many other tests do. */
export const ASCII_TILES: TileText = {
  characters: Array.from({ length: 256 }, (_, tile) =>
    tile > 0x20 && tile < 0x7f ? String.fromCharCode(tile) : " ",
  ).join(""),
  nametables: [0],
};
