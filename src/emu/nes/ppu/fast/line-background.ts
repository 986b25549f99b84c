import { outputColour } from "../definition/output.ts";
import {
  CTRL_BACKGROUND_TABLE,
  MASK_BACKGROUND,
  MASK_BACKGROUND_LEFT,
  PALETTE_BYTES,
  type PpuState,
  SCREEN_WIDTH,
} from "../state.ts";
import {
  type FastPath,
  KEY_WORDS,
  LINES,
  LINES_PER_ROW,
  NOT_KEPT,
  PALETTE_WORDS,
  TILES_PER_LINE,
  TILES_PER_ROW,
} from "./fast-path.ts";

export const PIXEL_BITS = 4;
/** A line of the picture, two pixels a word. */
const LINE_WORDS = SCREEN_WIDTH / 2;
/** Tiles that the line before has loaded. */
const FIRST_TILES = 2;
// Bits of v.
const COARSE_X = 0x1f;
const NAMETABLE_X = 0x400;
/** The background's half of the palette, four entries a word. */
const BACKGROUND_WORDS = PALETTE_WORDS / 2;
/** In `rowTiles`: the palette is above the address. */
const PALETTE_SHIFT = 30;
const PATTERN_BITS = (1 << PALETTE_SHIFT) - 1;

/**
 * Finds the background of the line, which `lineWords` then has at `lineAt`, and draws it if the picture is
 * used. Most lines look as in the last frame, so lines are kept.
 */
export function showBackground(fast: FastPath): void {
  const { ppu } = fast;
  const at = (ppu.line * SCREEN_WIDTH) >> 1;
  if ((ppu.mask & MASK_BACKGROUND) === 0) {
    fast.lineAt = LINES * TILES_PER_LINE;
    if (fast.draws) fast.words.fill(fast.pairs[0], at, at + LINE_WORDS);
    return;
  }
  const row = (ppu.v >> 5) & 0x1f;
  const line = (row << 3) | (ppu.v >> 12);
  fast.lineAt = line * TILES_PER_LINE;
  findRow(fast, row);
  if (!isKept(fast, row, line)) composeTiles(fast, row, line, at);
  else if (fast.draws) drawKept(fast, line, at);
}

/**
 * Returns true if this line has been composed from the same tiles before. If not, notes what it is composed
 * from.
 */
function isKept(fast: FastPath, row: number, line: number): boolean {
  const { ppu, lineKeys } = fast;
  if (isSameLine(fast, row, line)) return true;
  const at = line * KEY_WORDS;
  lineKeys[at] = fast.knowsPatterns ? fast.rowStamps[row] : NOT_KEPT;
  lineKeys[at + 1] = shiftersOf(ppu);
  lineKeys[at + 2] = firstPalettes(ppu);
  lineKeys[at + 3] = ppu.memory.patternVersion;
  fast.keptColours[line] = 0;
  fast.rowColours[row] = 0;
  return false;
}

/**
 * Addresses and palettes of the tiles are represented by the number of the row's contents, and the bytes at
 * these addresses by the version of the patterns. The first two tiles are in the shifters.
 */
function isSameLine(fast: FastPath, row: number, line: number): boolean {
  const { ppu, lineKeys } = fast;
  const at = line * KEY_WORDS;
  return (
    lineKeys[at] === fast.rowStamps[row] &&
    lineKeys[at + 1] === shiftersOf(ppu) &&
    lineKeys[at + 2] === firstPalettes(ppu) &&
    lineKeys[at + 3] === ppu.memory.patternVersion
  );
}

function shiftersOf(ppu: PpuState): number {
  return ppu.backgroundLow | (ppu.backgroundHigh << 16);
}

/** The palettes of the first two tiles, and what else changes pixels: fine X and the left column's mask. */
function firstPalettes(ppu: PpuState): number {
  const palettes = (ppu.attributeLow & 1) | (ppu.attributeHigh & 2) | (ppu.attributeLatch << 2);
  return palettes | (ppu.fineX << 4) | ((ppu.mask & MASK_BACKGROUND_LEFT) << 6);
}

/**
 * Returns true if the PPU is at the first of eight lines of tiles that were shown in a row before, in the
 * same colours, and have not changed. The lines after the first begin with the tiles that the line before
 * loads.
 */
export function isRowKept(fast: FastPath): boolean {
  const { ppu } = fast;
  const row = (ppu.v >> 5) & 0x1f;
  if (ppu.v >> 12 !== 0 || fast.rowColours[row] !== fast.colourVersion) return false;
  if ((ppu.mask & MASK_BACKGROUND) === 0) return false;
  findRow(fast, row);
  return isSameLine(fast, row, row << 3);
}

/** Draws the eight lines. Returns the index of the first in `lineWords`. */
export function drawKeptRow(fast: FastPath): number {
  const { ppu } = fast;
  const row = (ppu.v >> 5) & 0x1f;
  fast.words.set(fast.keptRows[row]!, (ppu.line * SCREEN_WIDTH) >> 1);
  return row * LINES_PER_ROW * TILES_PER_LINE;
}

/** The eight lines of the row at v have been shown in a row. Keeps the row if all its pixels are kept. */
export function keepRow(fast: FastPath): void {
  const { ppu, keptColours, colourVersion } = fast;
  if ((ppu.mask & MASK_BACKGROUND) === 0) return;
  const row = (ppu.v >> 5) & 0x1f;
  const first = row * LINES_PER_ROW;
  for (let line = first; line < first + LINES_PER_ROW; line++) {
    if (keptColours[line] !== colourVersion) return;
  }
  fast.rowColours[row] = colourVersion;
}

/** Copies the pixels of a line that has been composed before. They are drawn when it is shown again. */
function drawKept(fast: FastPath, line: number, at: number): void {
  if (fast.keptPixels.length === 0) fast.keepPixels();
  const pixels = fast.keptPixels[line]!;
  if (fast.keptColours[line] !== fast.colourVersion) {
    const { lineWords, lineAt, pairs } = fast;
    for (let tile = 0, to = 0; tile < TILES_PER_LINE; tile++, to += 4) {
      const shown = lineWords[lineAt + tile];
      pixels[to] = pairs[shown >>> 24];
      pixels[to + 1] = pairs[(shown >>> 16) & 0xff];
      pixels[to + 2] = pairs[(shown >>> 8) & 0xff];
      pixels[to + 3] = pairs[shown & 0xff];
    }
    fast.keptColours[line] = fast.colourVersion;
    fast.rowColours[line >> 3] = 0;
  }
  fast.words.set(pixels, at);
}

/**
 * Two tiles come from the shifters, the others from v on. `at` is the word of the picture that the line
 * begins at.
 */
function composeTiles(fast: FastPath, row: number, line: number, at: number): void {
  const { ppu } = fast;
  const { bytes } = ppu;
  const { draws, lineWords, pairs, rowTiles, words } = fast;
  const low = ppu.backgroundLow;
  const high = ppu.backgroundHigh;
  const shifted = (ppu.attributeLow & 1) | (ppu.attributeHigh & 2);
  const left = ppu.fineX * PIXEL_BITS;
  const right = 31 - left;
  const fineY = line & 7;
  const from = row * TILES_PER_ROW + FIRST_TILES;
  const lineAt = line * TILES_PER_LINE;
  let word = PLANE[low >> 8] | (PLANE[high >> 8] << 1) | PALETTES[shifted];
  let next = PLANE[low & 0xff] | (PLANE[high & 0xff] << 1) | PALETTES[ppu.attributeLatch];
  for (let tile = 0, to = at; tile < TILES_PER_LINE; tile++, to += 4) {
    const shown = (word << left) | ((next >>> 1) >>> right);
    lineWords[lineAt + tile] = shown;
    if (draws) {
      words[to] = pairs[shown >>> 24];
      words[to + 1] = pairs[(shown >>> 16) & 0xff];
      words[to + 2] = pairs[(shown >>> 8) & 0xff];
      words[to + 3] = pairs[shown & 0xff];
    }
    const loaded = rowTiles[from + tile];
    const pattern = (loaded & PATTERN_BITS) + fineY;
    word = next;
    next = PLANE[bytes[pattern]] | (PLANE[bytes[pattern + 8]] << 1) | PALETTES[loaded >>> PALETTE_SHIFT];
  }
  if ((ppu.mask & MASK_BACKGROUND_LEFT) !== 0) return;
  lineWords[lineAt] = 0;
  if (draws) fast.words.fill(pairs[0], at, at + 4);
}

/**
 * Looks up the tiles and palettes at v. They stay the same for the eight lines of a row, and from frame to
 * frame, until the nametables change.
 */
function findRow(fast: FastPath, row: number): void {
  const { ppu } = fast;
  const { rowKeys, rowVersions } = fast;
  const table = (ppu.control & CTRL_BACKGROUND_TABLE) << 8;
  const key = (ppu.v & 0x0fff) | table;
  const { nametableVersion } = ppu.memory;
  const isSameKey = rowKeys[row] === key;
  if (isSameKey && rowVersions[row] === nametableVersion) return;
  rowKeys[row] = key;
  rowVersions[row] = nametableVersion;
  if (lookUpTiles(fast, row, table)) {
    fast.lastStamp = (fast.lastStamp + 1) & 0x7fff_ffff;
    fast.rowStamps[row] = fast.lastStamp;
  }
}

/** Returns true if any of the row's tiles is not what it was. */
function lookUpTiles(fast: FastPath, row: number, table: number): boolean {
  const { ppu, rowTiles } = fast;
  const { bytes, readPages } = ppu;
  // The first two tiles have passed v.
  let v = (ppu.v & 0x0fff) - FIRST_TILES;
  if ((ppu.v & COARSE_X) < FIRST_TILES) v = (v + TILES_PER_LINE) ^ NAMETABLE_X;
  const attributeRow = 0x3c0 | ((v >> 4) & 0x38);
  const attributeShift = (v >> 4) & 4;
  let nametable = readPages[8 | (v >> 10)];
  let changes = 0;
  const end = (row + 1) * TILES_PER_ROW;
  for (let at = row * TILES_PER_ROW; at < end; at++) {
    const address = table | (bytes[nametable + (v & 0x3ff)] << 4);
    const attributes = bytes[nametable + (attributeRow | ((v >> 2) & 7))];
    const palette = (attributes >> (attributeShift | (v & 2))) & 3;
    const tile = (readPages[address >> 10] + (address & 0x3ff)) | (palette << PALETTE_SHIFT);
    changes |= tile ^ rowTiles[at];
    rowTiles[at] = tile;
    if ((v & COARSE_X) === COARSE_X) {
      v ^= COARSE_X | NAMETABLE_X;
      nametable = readPages[8 | (v >> 10)];
    } else v++;
  }
  return changes !== 0;
}

/** Loads the shifters with the first two tiles of the line, as the end of the line before it does. */
export function loadFirstTiles(fast: FastPath): void {
  const { ppu, rowTiles } = fast;
  const { bytes } = ppu;
  const row = (ppu.v >> 5) & 0x1f;
  const fineY = ppu.v >> 12;
  findRow(fast, row);
  const first = rowTiles[row * TILES_PER_ROW];
  const second = rowTiles[row * TILES_PER_ROW + 1];
  const firstPattern = (first & PATTERN_BITS) + fineY;
  const secondPattern = (second & PATTERN_BITS) + fineY;
  ppu.backgroundLow = (bytes[firstPattern] << 8) | bytes[secondPattern];
  ppu.backgroundHigh = (bytes[firstPattern + 8] << 8) | bytes[secondPattern + 8];
  ppu.attributeLow = (first >>> PALETTE_SHIFT) & 1 ? 0xff : 0;
  ppu.attributeHigh = first < 0 ? 0xff : 0;
  ppu.attributeLatch = second >>> PALETTE_SHIFT;
}

/** Computes the colours again if the palette or PPUMASK has changed. On most lines neither has. */
export function updateColours(fast: FastPath): void {
  const { ppu } = fast;
  const { paletteWords, colourSource } = fast;
  let background = ppu.outputMask ^ colourSource[PALETTE_WORDS];
  for (let word = 0; word < BACKGROUND_WORDS; word++) background |= paletteWords[word] ^ colourSource[word];
  let sprites = background;
  for (let word = BACKGROUND_WORDS; word < PALETTE_WORDS; word++)
    sprites |= paletteWords[word] ^ colourSource[word];
  if (sprites === 0) return;
  for (let word = 0; word < PALETTE_WORDS; word++) colourSource[word] = paletteWords[word];
  colourSource[PALETTE_WORDS] = ppu.outputMask;
  const { palette } = ppu;
  const { colours, pairs } = fast;
  for (let entry = 0; entry < PALETTE_BYTES; entry++) {
    colours[entry] = outputColour(ppu, palette[(entry & 3) === 0 ? 0 : entry] & 0x3f);
  }
  if (background === 0) return;
  fast.colourVersion = (fast.colourVersion + 1) & 0x7fff_ffff || 1;
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
