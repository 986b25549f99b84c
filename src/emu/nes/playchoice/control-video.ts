import { CONTROL_PLANE_BYTES, CONTROL_TILE_BYTES } from "./control-roms.ts";

const COLUMNS = 32;
/** The rows of video RAM that are seen: two above and two below them are masked. */
const FIRST_ROW = 2;
const LAST_ROW = 29;
/** The line in which the first one begins: the 28 rows are in the middle of 240 lines. */
const TOP_LINE = 8;
const LINES = 240;
const TILE_PIXELS = 64;
const TILES = CONTROL_PLANE_BYTES / 8;

/**
 * The picture of the control side: 32 × 28 tiles with three bits per pixel. A tile has two bytes in video
 * RAM: eight bits of its number, then three more and five bits of its palette.
 * https://problemkaputt.de/everynes.htm
 */
export class ControlVideo {
  readonly #ram: Uint8Array;
  /** Bits of the pixels of each tile, row by row. */
  readonly #tiles = new Uint8Array(TILES * TILE_PIXELS);

  /** `ram` is video RAM, and `tiles` the tile ROMs of `ControlRoms`. */
  constructor(ram: Uint8Array, tiles: Uint8Array) {
    this.#ram = ram;
    if (tiles.length !== CONTROL_TILE_BYTES) throw new Error(`${tiles.length} bytes of tiles`);
    for (let at = 0; at < TILES * TILE_PIXELS; at++) {
      const bit = 7 - (at & 7);
      const row = at >> 3;
      const high = (tiles[row] >> bit) & 1;
      const middle = (tiles[CONTROL_PLANE_BYTES + row] >> bit) & 1;
      const low = (tiles[2 * CONTROL_PLANE_BYTES + row] >> bit) & 1;
      this.#tiles[at] = (high << 2) | (middle << 1) | low;
    }
  }

  /**
   * Draws the picture, 256 × 240, into `target` from `start` on, whose rows have `width` pixels. A pixel is
   * its colour, plus `base`. If the CPU has video RAM, `isOn` is false: the shift registers are cleared,
   * which is colour 0 everywhere, as in the border.
   */
  draw(target: Uint16Array, start: number, width: number, base: number, isOn: boolean): void {
    const ram = this.#ram;
    const tiles = this.#tiles;
    for (let y = 0; y < LINES; y++) {
      if (!isOn || y < TOP_LINE || y >= LINES - TOP_LINE)
        target.fill(base, start + y * width, start + y * width + 8 * COLUMNS);
    }
    if (!isOn) return;
    for (let row = FIRST_ROW; row <= LAST_ROW; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        const entry = 2 * (row * COLUMNS + column);
        const attribute = ram[entry + 1];
        const tile = (ram[entry] | (attribute << 8)) & (TILES - 1);
        const color = base + (attribute & 0xf8);
        let from = tile * TILE_PIXELS;
        let to = start + (TOP_LINE + (row - FIRST_ROW) * 8) * width + column * 8;
        for (let y = 0; y < 8; y++, to += width) {
          for (let x = 0; x < 8; x++) target[to + x] = color + tiles[from++];
        }
      }
    }
  }
}
