import { CONTROL_PLANE_BYTES, CONTROL_TILE_BYTES } from "../../../../emu/nes/playchoice/control-roms.ts";

/** Rows of each character, five pixels each, from the top down. */
const FONT: Readonly<Record<string, string>> = {
  A: "0e 11 11 1f 11 11 11",
  B: "1e 11 11 1e 11 11 1e",
  C: "0e 11 10 10 10 11 0e",
  D: "1e 11 11 11 11 11 1e",
  E: "1f 10 10 1e 10 10 1f",
  F: "1f 10 10 1e 10 10 10",
  G: "0e 11 10 17 11 11 0e",
  H: "11 11 11 1f 11 11 11",
  I: "0e 04 04 04 04 04 0e",
  J: "07 02 02 02 02 12 0c",
  K: "11 12 14 18 14 12 11",
  L: "10 10 10 10 10 10 1f",
  M: "11 1b 15 15 11 11 11",
  N: "11 19 15 13 11 11 11",
  O: "0e 11 11 11 11 11 0e",
  P: "1e 11 11 1e 10 10 10",
  Q: "0e 11 11 11 15 12 0d",
  R: "1e 11 11 1e 14 12 11",
  S: "0f 10 10 0e 01 01 1e",
  T: "1f 04 04 04 04 04 04",
  U: "11 11 11 11 11 11 0e",
  V: "11 11 11 11 11 0a 04",
  W: "11 11 11 15 15 1b 11",
  X: "11 11 0a 04 0a 11 11",
  Y: "11 11 0a 04 04 04 04",
  Z: "1f 01 02 04 08 10 1f",
  "0": "0e 11 13 15 19 11 0e",
  "1": "04 0c 04 04 04 04 0e",
  "2": "0e 11 01 06 08 10 1f",
  "3": "1e 01 01 0e 01 01 1e",
  "4": "02 06 0a 12 1f 02 02",
  "5": "1f 10 1e 01 01 11 0e",
  "6": "0e 10 10 1e 11 11 0e",
  "7": "1f 01 02 04 08 08 08",
  "8": "0e 11 11 0e 11 11 0e",
  "9": "0e 11 11 0f 01 01 0e",
  ".": "00 00 00 00 00 0c 0c",
  ":": "00 0c 0c 00 0c 0c 00",
  "-": "00 00 00 1f 00 00 00",
  "+": "00 04 04 1f 04 04 00",
  ">": "08 04 02 01 02 04 08",
  "<": "02 04 08 10 08 04 02",
  "/": "01 01 02 04 08 10 10",
};

/** A tile without a background. Tiles 20h to 5Fh are characters, with their ASCII codes. */
export const SOLID = 1;
/** The first of four tiles of a large 0: its corners, row by row. The other digits follow. */
export const BIG_DIGITS = 0x80;

/** Values of pixels: 0 is the background. */
const SHADOW = 1;
const INK = 7;

/** Sets a pixel of a tile: bit 2 of its value is in the first ROM, bit 0 in the third. */
function setPixel(tiles: Uint8Array, tile: number, x: number, y: number, value: number): void {
  for (let plane = 0; plane < 3; plane++) {
    const at = plane * CONTROL_PLANE_BYTES + 8 * tile + y;
    const mask = 0x80 >> x;
    const isSet = ((value >> (2 - plane)) & 1) !== 0;
    tiles[at] = isSet ? tiles[at]! | mask : tiles[at]! & ~mask;
  }
}

/** Draws a character with a shadow, `scale` times its size, into tiles that are `scale` in a row. */
function drawCharacter(tiles: Uint8Array, first: number, rows: string, scale: number): void {
  const bits = rows.split(" ").map((row) => Number.parseInt(row, 16));
  for (const [offset, value] of [
    [1, SHADOW],
    [0, INK],
  ] as const) {
    for (let y = 0; y < 7 * scale; y++) {
      for (let x = 0; x < 5 * scale; x++) {
        if (((bits[Math.floor(y / scale)]! >> (4 - Math.floor(x / scale))) & 1) === 0) continue;
        const [column, row] = [x + scale + offset, y + offset];
        setPixel(tiles, first + (row >> 3) * scale + (column >> 3), column & 7, row & 7, value);
      }
    }
  }
}

/** The tiles of `controlProgram`: characters, large digits and a solid one. */
export function controlTiles(): Uint8Array<ArrayBuffer> {
  const tiles = new Uint8Array(CONTROL_TILE_BYTES);
  for (let pixel = 0; pixel < 64; pixel++) setPixel(tiles, SOLID, pixel & 7, pixel >> 3, INK);
  for (const [character, rows] of Object.entries(FONT)) {
    drawCharacter(tiles, character.charCodeAt(0), rows, 1);
    if (/\d/.test(character)) drawCharacter(tiles, BIG_DIGITS + 4 * Number(character), rows, 2);
  }
  return tiles;
}
