import { PALETTE_BYTES, type PpuState, SCREEN_HEIGHT, SCREEN_WIDTH } from "../state.ts";

export const TILES_PER_LINE = 32;
/** Number of tiles of which a line shows pixels, with fine X. */
export const TILES_PER_ROW = TILES_PER_LINE + 1;
/** Rows of tiles that v can name, including the two in the attribute tables. */
const ROWS = 32;
/** Rows of pixels that v can name. */
export const LINES = 256;
export const LINES_PER_ROW = LINES / ROWS;
/** Number of values that a line's background depends on. */
export const KEY_WORDS = 4;
/** In `lineKeys` instead of the number of a row's contents: the line must be composed again. */
export const NOT_KEPT = -1;
export const PALETTE_WORDS = PALETTE_BYTES / 4;
const CELL_PIXELS = 8;

/** What the fast path keeps beside the state. All of it is derived, so none of it is saved. */
export class FastPath {
  readonly ppu: PpuState;

  /** From this time on events need the PPU at the exact dot, not just at the start of a line. */
  preciseFromUnits = 0;

  /**
   * Flags of $2002 that are set at the time of the last read of it, but not yet in the state, because the PPU
   * has not run so far.
   */
  foreseenStatus = 0;

  /** True if the picture is used. The program cannot notice the difference. */
  draws = true;
  /** The memory of `PpuState.pixels`, two pixels a word. */
  words: Int32Array;
  /** Callers pass the same few pictures repeatedly. Views are cached, as one per frame would allocate. */
  readonly wordsByPixels = new WeakMap<Uint16Array, Int32Array>();

  /** Height of sprites that the counts below are for; 0 after OAM has changed. */
  countedHeight = 0;
  /** Number of sprites in range on each line. */
  readonly spritesOnLine = new Uint8Array(SCREEN_HEIGHT);
  /** The first line from each line on with eight sprites or more. */
  readonly crowdedFrom = new Uint8Array(SCREEN_HEIGHT + 1);
  /** With sprites of 8×16, the pattern table of each of a line's eight sprites, a bit a unit. */
  readonly tablesOnLine = new Uint8Array(SCREEN_HEIGHT);

  /** Sprites of a cell: palette index and the bits above. */
  readonly cellSprites = new Uint8Array(CELL_PIXELS);
  /** Colours of a cell as they leave the palette. */
  readonly cellColours = new Uint8Array(CELL_PIXELS);

  /**
   * Tiles of each of the 32 rows that v can name: the address of the pattern in memory, and the palette in
   * the highest two bits. Composing a line looks at one tile more than it shows.
   */
  readonly rowTiles = new Int32Array(ROWS * TILES_PER_ROW + 1);
  /** Where on the nametables a row's tiles are, and the version of the nametables when they were read. */
  readonly rowKeys = new Int32Array(ROWS).fill(-1);
  readonly rowVersions = new Int32Array(ROWS);
  /** Numbers of the rows' contents. Rows with the same number have not changed in between. */
  readonly rowStamps = new Int32Array(ROWS);
  lastStamp = 0;
  /** The version of the nametables for which the two values below were found. */
  mappedVersion = -1;
  /** True if all pattern tables and nametables are mapped. */
  isAllMapped = false;
  /** True if `CartridgeMemory.patternVersion` counts the changes of all pattern tables. */
  knowsPatterns = false;

  /**
   * Backgrounds of lines, by the row of pixels in the nametables that v names: eight 4-bit pixels a word, the
   * first highest, each attribute and pattern bits. The last one is empty, for lines without background.
   */
  readonly lineWords = new Int32Array((LINES + 1) * TILES_PER_LINE);
  /** What each of them was composed from, KEY_WORDS values each; see `line-background.ts`. */
  readonly lineKeys = new Int32Array(LINES * KEY_WORDS).fill(NOT_KEPT);
  /** Their pixels in the colours of `colourVersion`, two a word. Allocated when a line is kept. */
  keptPixels: readonly Int32Array[] = [];
  /** The same, of the eight lines of a row. */
  keptRows: readonly Int32Array[] = [];
  /** `colourVersion` of each line of `keptPixels`; 0 if it has not been drawn. */
  readonly keptColours = new Int32Array(LINES);
  /**
   * `colourVersion` of a row whose eight lines were shown one after the other, and whose pixels are all kept;
   * 0 after any of them has changed.
   */
  readonly rowColours = new Int32Array(ROWS);
  /** Index in `lineWords` of the current line. */
  lineAt = 0;

  /** 1 where a sprite of the line has an opaque pixel already. */
  readonly taken = new Uint8Array(SCREEN_WIDTH + CELL_PIXELS);

  /** Output colours of the palette's 32 entries. */
  readonly colours = new Uint16Array(PALETTE_BYTES);
  /** Colours of two background pixels side by side, the left one in the lower half. */
  readonly pairs = new Int32Array(256);
  /** The palette and PPUMASK that the colours were computed from. */
  readonly colourSource = new Int32Array(PALETTE_WORDS + 1).fill(-1);
  /** Incremented when the background's colours change; never 0. */
  colourVersion = 1;
  readonly paletteWords: Int32Array;
  /** Secondary OAM and the sprite units, four bytes a word. */
  readonly secondaryWords: Int32Array;
  readonly lowWords: Int32Array;
  readonly highWords: Int32Array;
  readonly counterWords: Int32Array;
  readonly attributeWords: Int32Array;

  constructor(ppu: PpuState) {
    this.ppu = ppu;
    this.words = wordsOf(ppu.pixels);
    this.paletteWords = wordsOf(ppu.palette);
    this.secondaryWords = wordsOf(ppu.secondaryOam);
    this.lowWords = wordsOf(ppu.spriteLow);
    this.highWords = wordsOf(ppu.spriteHigh);
    this.counterWords = wordsOf(ppu.spriteCounter);
    this.attributeWords = wordsOf(ppu.spriteAttributes);
  }

  /** The picture goes to `pixels`, which must begin at a multiple of four bytes. */
  setPixels(pixels: Uint16Array, isSeen: boolean): void {
    this.draws = isSeen;
    let words = this.wordsByPixels.get(pixels);
    if (words === undefined) {
      words = wordsOf(pixels);
      this.wordsByPixels.set(pixels, words);
    }
    this.words = words;
  }

  /** Allocates the pixels of kept lines. */
  keepPixels(): void {
    const pixels = new Int32Array((LINES * SCREEN_WIDTH) / 2);
    const part = (lines: number, index: number): Int32Array =>
      pixels.subarray((lines * index * SCREEN_WIDTH) / 2, (lines * (index + 1) * SCREEN_WIDTH) / 2);
    this.keptPixels = Array.from({ length: LINES }, (_, line) => part(1, line));
    this.keptRows = Array.from({ length: ROWS }, (_, row) => part(LINES_PER_ROW, row));
  }

  /** Fields of the state have been set from outside. */
  forget(): void {
    this.countedHeight = 0;
  }
}

/** The memory of an array that begins at a multiple of four bytes. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}
