/** Maps a program's tiles to characters. */
export interface TileText {
  /** The character of each of 256 tiles; a space for tiles without one. */
  readonly characters: string;
  /** Nametables to read, from 0 to 3. */
  readonly nametables: readonly number[];
}

/** Tiles numbered as in ASCII, on nametable 0, as in blargg's and many other tests. */
export const ASCII_TILE_TEXT: TileText = {
  characters: Array.from({ length: 256 }, (_, tile) =>
    tile > 0x20 && tile < 0x7f ? String.fromCharCode(tile) : " ",
  ).join(""),
  nametables: [0],
};
