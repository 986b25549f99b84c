import type { Subject, TileText } from "./types.ts";

const NAMETABLES = 0x2000;
const NAMETABLE_BYTES = 0x400;
const COLUMNS = 32;
const ROWS = 30;

/** Tiles numbered as in ASCII, on nametable 0, as in blargg's and many other tests. */
export const ASCII_TILE_TEXT: TileText = {
  characters: Array.from({ length: 256 }, (_, tile) =>
    tile > 0x20 && tile < 0x7f ? String.fromCharCode(tile) : " ",
  ).join(""),
  nametables: [0],
};

/** The text on the nametables, one line per row. Tiles without a character become spaces. */
export async function screenText(subject: Subject, tiles: TileText = ASCII_TILE_TEXT): Promise<string> {
  const rows: string[] = [];
  for (const nametable of tiles.nametables) {
    const bytes = await subject.peek("ppu", NAMETABLES + nametable * NAMETABLE_BYTES, ROWS * COLUMNS);
    for (let row = 0; row < ROWS; row++) {
      let line = "";
      for (let column = 0; column < COLUMNS; column++)
        line += tiles.characters[bytes[row * COLUMNS + column]!];
      rows.push(line.trimEnd());
    }
  }
  return rows.join("\n");
}

const MAX_DETAIL_CHARACTERS = 200;

/** Text of several lines as one short line for a report. */
export function condense(text: string): string {
  const line = text
    .split("\n")
    .map((row) => row.replace(/\s+/g, " ").trim())
    .filter((row) => row !== "")
    .join("; ");
  return line.length <= MAX_DETAIL_CHARACTERS ? line : `${line.slice(0, MAX_DETAIL_CHARACTERS - 1)}…`;
}
