import { outputColour } from "../definition/output.ts";
import {
  CTRL_BACKGROUND_TABLE,
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  PALETTE_BYTES,
  SCREEN_WIDTH,
} from "../state.ts";
import { type FastPath, PALETTE_WORDS, TILES_PER_LINE } from "./fast-path.ts";

export const PIXEL_BITS = 4;

/** Composes the background of the line in `lineWords` and draws it, if somebody looks. */
export function showBackground(fast: FastPath): void {
  const { ppu } = fast;
  const { draws, lineWords } = fast;
  if (draws) updateColours(fast);
  const at = (ppu.line * SCREEN_WIDTH) >> 1;
  if ((ppu.mask & MASK_BACKGROUND) === 0) {
    lineWords.fill(0);
    if (draws) fast.words.fill(fast.pairs[0], at, at + SCREEN_WIDTH / 2);
    return;
  }
  findRow(fast);
  composeTiles(fast, at);
  if ((ppu.mask & MASK_BACKGROUND_LEFT) !== 0) return;
  lineWords[0] = 0;
  if (draws) fast.words.fill(fast.pairs[0], at, at + 4);
}

/**
 * Two tiles come from the shifters, the others from v on. `at` is the word of the picture that the line
 * begins at.
 */
function composeTiles(fast: FastPath, at: number): void {
  const { ppu } = fast;
  const { bytes } = ppu;
  const { draws, lineWords, pairs, rowPatterns, rowPalettes, words } = fast;
  const low = ppu.backgroundLow;
  const high = ppu.backgroundHigh;
  const shifted = (ppu.attributeLow & 1) | (ppu.attributeHigh & 2);
  const left = ppu.fineX * PIXEL_BITS;
  const right = 31 - left;
  const fineY = ppu.v >> 12;
  let word = PLANE[low >> 8] | (PLANE[high >> 8] << 1) | PALETTES[shifted];
  let next = PLANE[low & 0xff] | (PLANE[high & 0xff] << 1) | PALETTES[ppu.attributeLatch];
  for (let tile = 0, to = at; tile < TILES_PER_LINE; tile++, to += 4) {
    const shown = (word << left) | ((next >>> 1) >>> right);
    lineWords[tile] = shown;
    if (draws) {
      words[to] = pairs[shown >>> 24];
      words[to + 1] = pairs[(shown >>> 16) & 0xff];
      words[to + 2] = pairs[(shown >>> 8) & 0xff];
      words[to + 3] = pairs[shown & 0xff];
    }
    const pattern = rowPatterns[tile] + fineY;
    word = next;
    next = PLANE[bytes[pattern]] | (PLANE[bytes[pattern + 8]] << 1) | rowPalettes[tile];
  }
}

/** Looks up the tiles and palettes at v. They stay the same for the eight lines of a row until a write. */
function findRow(fast: FastPath): void {
  const { ppu } = fast;
  const table = (ppu.control & CTRL_BACKGROUND_TABLE) << 8;
  const key = (ppu.v & 0x0fff) | table;
  const version = ppu.memory.nametableVersion;
  if (key === fast.rowKey && version === fast.rowVersion) return;
  fast.rowKey = key;
  fast.rowVersion = version;
  const { bytes, readPages } = ppu;
  const { rowPatterns, rowPalettes } = fast;
  let v = ppu.v & 0x0fff;
  const attributeRow = 0x3c0 | ((v >> 4) & 0x38);
  const attributeShift = (v >> 4) & 4;
  let nametable = readPages[8 | (v >> 10)];
  for (let tile = 0; tile < TILES_PER_LINE - 1; tile++) {
    const row = table | (bytes[nametable + (v & 0x3ff)] << 4);
    const attributes = bytes[nametable + (attributeRow | ((v >> 2) & 7))];
    rowPatterns[tile] = readPages[row >> 10] + (row & 0x3ff);
    rowPalettes[tile] = PALETTES[(attributes >> (attributeShift | (v & 2))) & 3];
    if ((v & 0x1f) === 0x1f) {
      v ^= 0x41f;
      nametable = readPages[8 | (v >> 10)];
    } else v++;
  }
}

/** Computes the colours again if the palette or PPUMASK has changed. On most lines neither has. */
function updateColours(fast: FastPath): void {
  const { ppu } = fast;
  const { paletteWords, colourSource } = fast;
  let changed = ppu.outputMask ^ colourSource[PALETTE_WORDS];
  for (let word = 0; word < PALETTE_WORDS; word++) changed |= paletteWords[word] ^ colourSource[word];
  if (changed === 0) return;
  for (let word = 0; word < PALETTE_WORDS; word++) colourSource[word] = paletteWords[word];
  colourSource[PALETTE_WORDS] = ppu.outputMask;
  const { palette } = ppu;
  const { colours, pairs } = fast;
  for (let entry = 0; entry < PALETTE_BYTES; entry++) {
    colours[entry] = outputColour(ppu, palette[(entry & 3) === 0 ? 0 : entry] & 0x3f);
  }
  for (let pair = 0; pair < pairs.length; pair++) {
    pairs[pair] = colours[pair >> 4] | (colours[pair & 0x0f] << 16);
  }
}

/** A byte of a pattern plane as the lowest bit of eight pixels, the first pixel in the highest bits. */
const PLANE = Int32Array.from({ length: 256 }, (_, byte) => {
  let word = 0;
  for (let bit = 0; bit < 8; bit++) word |= ((byte >> bit) & 1) << (bit * PIXEL_BITS);
  return word;
});
/** The attribute bits of eight pixels, by palette. */
const PALETTES = Int32Array.from({ length: 4 }, (_, palette) => palette * 0x44444444);
