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

/** Letters in punctuation, or a number. */
const WORD = /^["'([]*([A-Za-z][A-Za-z'’-]*|[\d.,:/-]+)["')\].,:;!?]*$/;
const VOWEL = /[aeiouy]/i;
const CHANGE_OF_CASE = /[a-z][A-Z]/;
const THRICE = /(.)\1\1/;
/** Tiles of a picture are often numbered in a row. */
const MAX_ALPHABETICAL = 3;

/**
 * Returns `text` if it reads as words of a Latin alphabet, otherwise an empty text: the tiles of a game are
 * rarely numbered as in ASCII, and their numbers then make no words.
 */
export function readable(text: string): string {
  const words = text.split(/[\s/_-]+/).filter((word) => word !== "");
  const lengthOf = (some: readonly string[]) => some.join("").length;
  const hasWord = words.some((word) => /[A-Za-z]{3}/.test(word) && isWord(word));
  return hasWord && lengthOf(words.filter(isWord)) * 2 >= lengthOf(words) ? text : "";
}

function isWord(word: string): boolean {
  const letters = WORD.exec(word)?.[1];
  if (letters === undefined) return false;
  if (/^[^A-Za-z]/.test(letters) || letters.length < 3) return true;
  if (!VOWEL.test(letters) || CHANGE_OF_CASE.test(letters) || THRICE.test(letters)) return false;
  let run = 1;
  for (let at = 1; at < letters.length; at++) {
    run = letters.charCodeAt(at) === letters.charCodeAt(at - 1) + 1 ? run + 1 : 1;
    if (run > MAX_ALPHABETICAL) return false;
  }
  return true;
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
