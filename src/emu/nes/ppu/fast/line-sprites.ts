/** The sprites of a whole line: evaluation for the next line, and the fetches. */
import { noteA12 } from "../definition/address-bus.ts";
import { spriteHeight } from "../definition/sprite-evaluation.ts";
import { REVERSED } from "../definition/sprite-fetches.ts";
import { CTRL_BACKGROUND_TABLE, type PpuState, SPRITES_PER_LINE } from "../state.ts";
import { searchTwoDots, spritePattern } from "./cells.ts";
import type { FastPath } from "./fast-path.ts";
import { spriteCount } from "./sprite-counts.ts";
import { FIRST_PREFETCH_CELL, FIRST_SPRITE_CELL } from "./timing.ts";
import { videoByte } from "./video-byte.ts";

/** The first dot in which evaluation examines a sprite. */
const FIRST_SEARCH_DOT = 66;
const SPRITE_COUNT = 64;

/** Sprite evaluation: dots 1–256. Returns the number of sprites in secondary OAM. */
export function evaluateLine(fast: FastPath): number {
  const { ppu } = fast;
  const { oam, secondaryOam, line } = ppu;
  const height = spriteHeight(ppu);
  ppu.evaluationByte = 0;
  ppu.oamWrapped = 0;
  ppu.ninthSpriteFound = 0;
  ppu.oddDotCorrupted = 0;
  ppu.sprite0OnNextLine = 0;
  const count = spriteCount(fast, line);
  const end = 4 * (count < SPRITES_PER_LINE ? count : SPRITES_PER_LINE);
  let free = 0;
  for (let at = 0; free < end; at += 4) {
    const row = line - oam[at];
    if (row < 0 || row >= height) continue;
    if (at === 0) ppu.sprite0OnNextLine = 1;
    secondaryOam[free] = oam[at];
    secondaryOam[free + 1] = oam[at + 1];
    secondaryOam[free + 2] = oam[at + 2];
    secondaryOam[free + 3] = oam[at + 3];
    free += 4;
    if (free === 4 * SPRITES_PER_LINE) {
      searchOn(ppu, at);
      return SPRITES_PER_LINE;
    }
  }
  const { secondaryWords } = fast;
  for (let slot = free >> 2; slot < SPRITES_PER_LINE; slot++) secondaryWords[slot] = -1;
  // Evaluation writes each Y that it examines, in range or not, so the last one stays in the next free slot.
  const lastRow = line - oam[4 * SPRITE_COUNT - 4];
  if (lastRow < 0 || lastRow >= height) secondaryOam[free] = oam[4 * SPRITE_COUNT - 4];
  ppu.oamWrapped = 1;
  return free >> 2;
}

/**
 * The sprite at `eighth` has filled secondary OAM. The overflow search, with its bug, goes on byte by byte.
 */
function searchOn(ppu: PpuState, eighth: number): void {
  const pairsDone = eighth / 4 + 1 + 3 * SPRITES_PER_LINE;
  ppu.secondaryAddress = 0;
  ppu.secondaryFull = 1;
  ppu.oamAddress = (eighth + 4) & 0xff;
  if (ppu.oamAddress === 0) ppu.oamWrapped = 1;
  for (ppu.dot = FIRST_SEARCH_DOT + 2 * pairsDone; ppu.dot <= FIRST_SPRITE_CELL; ppu.dot += 2) {
    searchTwoDots(ppu, false);
  }
}

/** Sprite fetches: dots 257–320. `count` sprites are in secondary OAM. */
export function fetchLineSprites(fast: FastPath, count: number): void {
  const { ppu } = fast;
  const { secondaryOam } = ppu;
  const height = spriteHeight(ppu);
  ppu.sprite0OnLine = ppu.sprite0OnNextLine;
  ppu.oamAddress = 0;
  if (count < SPRITES_PER_LINE) clearUnits(fast);
  for (let unit = 0; unit < count; unit++) {
    const slot = unit * 4;
    const attributes = secondaryOam[slot + 2];
    const row = ((ppu.line & 0xff) - secondaryOam[slot]) & 0xffff;
    ppu.spriteAttributes[unit] = attributes;
    ppu.spriteCounter[unit] = secondaryOam[slot + 3];
    if (row >= height) {
      ppu.spriteLow[unit] = 0;
      ppu.spriteHigh[unit] = 0;
      continue;
    }
    const address = spritePattern(ppu, row, secondaryOam[slot + 1], attributes);
    const low = videoByte(ppu, address);
    const high = videoByte(ppu, address | 8);
    const reversed = (attributes & 0x40) !== 0;
    ppu.spriteLow[unit] = reversed ? REVERSED[low] : low;
    ppu.spriteHigh[unit] = reversed ? REVERSED[high] : high;
  }
  const last = 4 * SPRITES_PER_LINE - 4;
  ppu.spriteRow = ((ppu.line & 0xff) - secondaryOam[last]) & 0xffff;
  ppu.spriteTile = secondaryOam[last + 1];
  ppu.spriteAttribute = secondaryOam[last + 2];
  ppu.secondaryAddress = 0;
  ppu.secondaryFull = 1;
}

/** What empty slots of secondary OAM leave in the units: transparent pixels, and $FF as X and attributes. */
export function clearUnits(fast: FastPath): void {
  const { lowWords, highWords, counterWords, attributeWords } = fast;
  for (let word = 0; word < SPRITES_PER_LINE / 4; word++) {
    lowWords[word] = 0;
    highWords[word] = 0;
    counterWords[word] = -1;
    attributeWords[word] = -1;
  }
}

/**
 * Rises and falls of A12 in dots 1–320 that last long enough for a board's filter to matter. Between two
 * sprites of table 1, one after the other, the fall is too short. `tables` are those of the line's sprites,
 * one bit per unit. The dots before `firstDot`, a multiple of eight, have passed.
 */
export function noteLineA12(ppu: PpuState, startUnits: number, tables: number, firstDot = 0): void {
  const dotUnits = ppu.dotUnits;
  noteA12(ppu, 0, startUnits + firstDot * dotUnits);
  if ((ppu.control & CTRL_BACKGROUND_TABLE) !== 0) {
    noteA12(ppu, 1, startUnits + (firstDot + 4) * dotUnits);
    noteA12(ppu, 0, startUnits + FIRST_SPRITE_CELL * dotUnits);
  }
  if (tables === 0) return;
  let before = 0;
  for (let unit = 0; unit < SPRITES_PER_LINE; unit++) {
    const table = (tables >> unit) & 1;
    if (table !== before) noteA12(ppu, table, startUnits + (260 + unit * 8 - 4 * before) * dotUnits);
    before = table;
  }
  if (before === 1) noteA12(ppu, 0, startUnits + FIRST_PREFETCH_CELL * dotUnits);
}
