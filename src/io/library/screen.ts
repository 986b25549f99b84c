import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { frameHash } from "../capture/hash.ts";
import { PixelConverters } from "../capture/pixel-converters.ts";
import { type PixelLayoutOptions, pictureBytes, pixelLayout } from "../capture/pixel-layout.ts";
import { encodePng } from "../capture/png.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { PALETTE_ENTRIES, type Palette, paletteFor } from "../render/colors/palette.ts";
import type { LazyPicture } from "../shared/lazy-picture.ts";
import { methodsThrowAtCaller } from "./throw-at-caller.ts";

const COLUMNS = 32;
const ROWS = 30;
const NAMETABLE = 0x2000;
const NAMETABLE_BYTES = 0x400;
const SPRITES = 64;

/**
 * The characters of tiles: a text whose first character is tile `first`, or one entry per tile. Other tiles
 * read as spaces.
 */
export type TileMap =
  | { readonly first: number; readonly characters: string }
  | Readonly<Record<number, string>>;

/** Tiles numbered as in ASCII, as in many games and most test ROMs. */
export const ASCII_TILES: TileMap = {
  first: 0x20,
  characters: Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join(""),
};

export interface TextOptions {
  /** By default the `tiles` of the game, or ASCII. */
  readonly tiles?: TileMap;
  /** 0 to 3: $2000, $2400, $2800, $2C00. */
  readonly nametable?: number;
}

/** A sprite in OAM. https://www.nesdev.org/wiki/PPU_OAM */
export interface Sprite {
  readonly x: number;
  /** The line of its first row, which is the OAM value plus one. */
  readonly y: number;
  readonly tile: number;
  readonly palette: number;
  readonly behind: boolean;
  readonly flippedX: boolean;
  readonly flippedY: boolean;
}

/**
 * The palette of a television, for showing and saving pictures: 0xRRGGBB by the value of a pixel, 64 colours
 * for each of the 8 combinations of emphasis bits. Arcade games have other colours: see `Screen.palette`.
 */
export function screenPalette(): Palette {
  return paletteFor();
}

/** The picture of the last frame, and the current PPU memory. */
export class Screen {
  readonly width: number;
  readonly height: number;
  /** True if `pixels` was read, so that every frame must be drawn into it. */
  isHeld = false;
  readonly #nes: Nes;
  readonly #picture: LazyPicture;
  readonly #tiles: TileMap;
  /** The colours of this console: 0xRRGGBB by the value of a pixel. */
  readonly palette: Palette;
  readonly #converters: PixelConverters;

  constructor(nes: Nes, picture: LazyPicture, tiles: TileMap = ASCII_TILES, palette?: Palette) {
    this.#nes = nes;
    this.#tiles = tiles;
    this.palette = paletteFor(nes.geometry, palette);
    this.width = nes.geometry.width;
    this.#converters = new PixelConverters(this.palette, this.width);
    this.height = nes.geometry.height;
    this.#picture = picture;
  }

  /** A live view: palette index in bits 0–5, emphasis in bits 6–8, row by row. */
  get pixels(): Uint16Array {
    this.isHeld = true;
    return this.#picture.look();
  }

  /** A copy of `pixels` as they are now. Unlike `pixels`, it does not make later frames slower. */
  copy(): Uint16Array {
    return this.#picture.look().slice();
  }

  /** CRC-32 of the pixels, as `emu dump --format hash` prints it. */
  get hash(): string {
    return frameHash(this.#picture.look());
  }

  /**
   * The NES colour of a pixel, $00–$3F. Throws `InputError` outside of the picture, and in the second screen
   * of a PlayChoice-10, whose colours are not the NES's.
   */
  colorAt(x: number, y: number): number {
    const pixel = this.#pixelAt(x, y);
    if (pixel < PALETTE_ENTRIES) return pixel & 0x3f;
    throw new InputError("usage", `the pixel at ${x}, ${y} has no NES colour`, "", "use rgbAt");
  }

  #pixelAt(x: number, y: number): number {
    const pixel = x >= 0 && x < this.width ? this.#picture.look()[y * this.width + x] : undefined;
    if (pixel === undefined) throw new InputError("usage", `there is no pixel at ${x}, ${y}`);
    return pixel;
  }

  /** The colour of a pixel in the palette, 0xRRGGBB. */
  rgbAt(x: number, y: number): number {
    return this.palette[this.#pixelAt(x, y)]!;
  }

  /** Red, green and blue of every pixel, row by row, in the first `3 × width × height` bytes of `into`. */
  rgb(into?: Uint8Array): Uint8Array {
    return this.resize({ format: "rgb" }, into);
  }

  /** The grey of every pixel (luma of BT.601), row by row, in the first `width × height` bytes of `into`. */
  gray(into?: Uint8Array): Uint8Array {
    return this.resize({ format: "gray" }, into);
  }

  /**
   * The picture cropped, resized by area and in a format: "rgb" (the default), "gray", or "indices", which
   * are NES colours, resized without mixing them. It is written to the beginning of `into`, or to a new
   * array. Returns the part of `into` that holds it. Throws `InputError` for invalid options or if `into` is
   * too short.
   */
  resize(options: PixelLayoutOptions, into?: Uint8Array): Uint8Array {
    const layout = pixelLayout(options, this);
    const bytes = pictureBytes(layout);
    if (into !== undefined && into.length < bytes)
      throw new InputError("usage", `the picture has ${bytes} bytes, the array ${into.length}`);
    return this.#converters.convert(this.#picture.look(), layout, into?.subarray(0, bytes));
  }

  /** The picture as a PNG file. */
  png(): Uint8Array {
    return encodePng(this.#picture.look(), this, this.palette);
  }

  /** Writes the picture to a PNG file. */
  async savePng(path: string): Promise<void> {
    await writeFileWhole(path, this.png());
  }

  /** A tile of the background, by column (0–31) and row (0–29). */
  tileAt(column: number, row: number, nametable = 0): number {
    return this.#nes.peek("ppu", NAMETABLE + nametable * NAMETABLE_BYTES + row * COLUMNS + column);
  }

  /** The rows of a nametable as text, without spaces at their ends. */
  lines(options: TextOptions = {}): string[] {
    const characters = tileCharacters(options.tiles ?? this.#tiles);
    const nametable = options.nametable ?? 0;
    return Array.from({ length: ROWS }, (_, row) => {
      let line = "";
      for (let column = 0; column < COLUMNS; column++) {
        line += characters[this.tileAt(column, row, nametable)];
      }
      return line.trimEnd();
    });
  }

  /** The text of a nametable without empty rows at its top and bottom. */
  text(options: TextOptions = {}): string {
    return this.lines(options)
      .join("\n")
      .replace(/^\n+|\n+$/g, "");
  }

  /** All sprites whose first row is on the screen, in OAM order. */
  sprites(): Sprite[] {
    return Array.from({ length: SPRITES }, (_, index) => {
      const byte = (offset: number): number => this.#nes.peek("oam", 4 * index + offset);
      const attributes = byte(2);
      return {
        x: byte(3),
        y: byte(0) + 1,
        tile: byte(1),
        palette: attributes & 3,
        behind: (attributes & 0x20) !== 0,
        flippedX: (attributes & 0x40) !== 0,
        flippedY: (attributes & 0x80) !== 0,
      };
    }).filter((sprite) => sprite.y < this.height);
  }
}

methodsThrowAtCaller(Screen);

function tileCharacters(tiles: TileMap): string[] {
  const characters = new Array<string>(256).fill(" ");
  if ("characters" in tiles && typeof tiles.characters === "string") {
    const first = Number(tiles.first);
    for (const [index, character] of [...tiles.characters].entries()) characters[first + index] = character;
  } else {
    for (const [tile, character] of Object.entries(tiles)) characters[Number(tile)] = String(character);
  }
  return characters;
}
