/**
 * The eight dots between two multiples of eight, while rendering goes on and the CPU does not access the PPU:
 * a tile or a sprite is fetched.
 */
import { cpuCycle, noteA12 } from "../definition/address-bus.ts";
import { shiftBackground } from "../definition/background.ts";
import { attributeAddress, attributePalette, nametableAddress } from "../definition/fetches.ts";
import { copyHorizontal, copyVertical, incrementCoarseX, incrementY } from "../definition/scroll.ts";
import { incrementSecondaryAddress, resetSecondaryAddress } from "../definition/secondary-oam.ts";
import { searchOneByte, searchPastEnd, spriteHeight } from "../definition/sprite-evaluation.ts";
import { REVERSED } from "../definition/sprite-fetches.ts";
import {
  CTRL_BACKGROUND_TABLE,
  CTRL_SPRITE_8X16,
  CTRL_SPRITE_TABLE,
  type PpuState,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
} from "../state.ts";
import { clockUnitsForCell, drawCell, settleColours, showDelayedColours } from "./cell-pixels.ts";
import type { FastPath } from "./fast-path.ts";
import { CELL_DOTS, CELLS_END, FIRST_PREFETCH_CELL, FIRST_SPRITE_CELL } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";
import { videoByte } from "./video-byte.ts";

const FIRST_SEARCH_CELL = 64;
const VERTICAL_COPY_FIRST = 280;
const VERTICAL_COPY_LAST = 304;

/** Returns true if the PPU is just before a cell that can be run at once. */
export function canRunCell(ppu: PpuState): boolean {
  const { dot } = ppu;
  if ((dot & (CELL_DOTS - 1)) !== 0 || dot >= CELLS_END) return false;
  if (ppu.line >= SCREEN_HEIGHT && (ppu.line !== ppu.preRenderLine || dot === 0)) return false;
  return isUndisturbed(ppu) && isInStep(ppu);
}

/** Returns false if the address of secondary OAM is not the one that the sprite fetches need. */
function isInStep(ppu: PpuState): boolean {
  const { dot } = ppu;
  if (dot < FIRST_SPRITE_CELL || dot >= FIRST_PREFETCH_CELL) return true;
  return ppu.secondaryAddress === (dot - FIRST_SPRITE_CELL) >> 1 && ppu.secondaryFull === 0;
}

/** Runs this cell and those after it on the line that end within `dots` dots. */
export function runCells(fast: FastPath, dots: number): void {
  const { ppu } = fast;
  let left = dots;
  do {
    runCell(fast);
    left -= CELL_DOTS;
  } while (left >= CELL_DOTS && ppu.dot < CELLS_END && ppu.sprite0HitPending === 0 && isInStep(ppu));
}

function runCell(fast: FastPath): void {
  const { ppu } = fast;
  const { dot } = ppu;
  if (dot < FIRST_SPRITE_CELL) pictureCell(fast, dot);
  else if (dot < FIRST_PREFETCH_CELL) spriteCell(ppu, dot);
  else prefetchCell(ppu);
  ppu.dot = dot + CELL_DOTS;
}

/** Updates the state that every kind of cell changes. `startUnits` is when the cell began. */
function endCell(ppu: PpuState, startUnits: number): void {
  ppu.timeUnits = startUnits + CELL_DOTS * ppu.dotUnits;
  ppu.renderingDots = 5;
  ppu.readEnable = 1;
  ppu.addressLatchEnable = 0;
}

/** Dots 1–256: pixels, sprite evaluation, and a tile. */
function pictureCell(fast: FastPath, first: number): void {
  const { ppu } = fast;
  const startUnits = ppu.timeUnits;
  if (ppu.line < SCREEN_HEIGHT) drawCell(fast, first);
  else settleColours(ppu);
  clockUnitsForCell(ppu);
  if (first < FIRST_SEARCH_CELL) clearForCell(ppu, first);
  else searchForCell(ppu, first);
  fetchTile(ppu, startUnits);
  endCell(ppu, startUnits);
}

/** Dots 321–336: a tile for the start of the next line. */
export function prefetchCell(ppu: PpuState): void {
  const startUnits = ppu.timeUnits;
  ppu.oamBufferNext = ppu.secondaryOam[ppu.secondaryAddress];
  ppu.oamBuffer = ppu.oamBufferNext;
  ppu.oamLatch = ppu.oamBufferNext;
  ppu.overflowDelayed = ppu.overflow;
  fetchTile(ppu, startUnits);
  endCell(ppu, startUnits);
}

/** Fetches a byte in dot `dot` of the cell, counted from 1. */
export function cellByte(ppu: PpuState, address: number, startUnits: number, dot: number): number {
  const value = videoByte(ppu, address);
  if (!ppu.watchesFetches) return value;
  ppu.timeUnits = startUnits + (dot - 1) * ppu.dotUnits + (ppu.dotUnits >> 1);
  return ppu.board.ppuFetch(address, value, cpuCycle(ppu));
}

/** Loads the tile at v into the shifters, after the pixels that they hold. */
function fetchTile(ppu: PpuState, startUnits: number): void {
  const nametable = cellByte(ppu, nametableAddress(ppu), startUnits, 2);
  const attributes = cellByte(ppu, attributeAddress(ppu), startUnits, 4);
  const row = ((ppu.control & CTRL_BACKGROUND_TABLE) << 8) | (nametable << 4) | (ppu.v >> 12);
  if (ppu.watchesA12) {
    noteA12(ppu, 0, startUnits);
    noteA12(ppu, row >> 12, startUnits + 4 * ppu.dotUnits);
  }
  const low = cellByte(ppu, row, startUnits, 6);
  const high = cellByte(ppu, row | 8, startUnits, 8);
  const latched = ppu.attributeLatch;
  ppu.attributeLow = (latched & 1) === 0 ? 0 : 0xff;
  ppu.attributeHigh = (latched & 2) === 0 ? 0 : 0xff;
  ppu.backgroundLow = ((ppu.backgroundLow & 0xff) << 8) | low;
  ppu.backgroundHigh = ((ppu.backgroundHigh & 0xff) << 8) | high;
  ppu.attribute = attributePalette(ppu, attributes);
  ppu.attributeLatch = ppu.attribute;
  ppu.planeLow = low;
  ppu.planeHigh = high;
  ppu.fetched = high;
  ppu.patternAddress = row | 8;
  ppu.octalLatch = ppu.patternAddress & 0xff;
  ppu.addressBus = (row & 0xff00) | high;
  incrementCoarseX(ppu);
}

/** Dots 1–64: clears secondary OAM. The pre-render line only reads it. */
function clearForCell(ppu: PpuState, first: number): void {
  const reads = ppu.line === ppu.preRenderLine;
  ppu.overflowDelayed = ppu.overflow;
  if (first === 0) {
    ppu.secondaryAddress = 0;
    ppu.evaluationByte = 0;
    ppu.oamWrapped = 0;
  }
  for (let pair = 0; pair < CELL_DOTS; pair += 2) {
    if (reads) ppu.oamBufferNext = ppu.secondaryOam[ppu.secondaryAddress];
    else ppu.secondaryOam[ppu.secondaryAddress] = 0xff;
    incrementSecondaryAddress(ppu);
  }
  if (!reads) ppu.oamBufferNext = 0xff;
  ppu.oamBuffer = ppu.oamBufferNext;
  ppu.oamLatch = ppu.oamBufferNext;
  if (first === FIRST_SEARCH_CELL - CELL_DOTS) resetSecondaryAddress(ppu);
}

/** Dots 65–256: evaluation examines four bytes of OAM. */
function searchForCell(ppu: PpuState, first: number): void {
  const frozen = ppu.line === ppu.preRenderLine;
  if (first === FIRST_SEARCH_CELL) {
    ppu.ninthSpriteFound = 0;
    ppu.oddDotCorrupted = 0;
    ppu.oamWrapped = 0;
  }
  for (let pair = 2; pair <= CELL_DOTS; pair += 2) {
    ppu.dot = first + pair;
    ppu.overflowDelayed = ppu.overflow;
    searchTwoDots(ppu, frozen);
  }
  ppu.oamLatch = ppu.oamBuffer;
  ppu.oamBuffer = ppu.oamBufferNext;
  if (first === FIRST_SPRITE_CELL - CELL_DOTS) resetSecondaryAddress(ppu);
}

/** Runs the sprite evaluation of an odd dot and the even dot after it. */
export function searchTwoDots(ppu: PpuState, frozen: boolean): void {
  ppu.oamBuffer = ppu.oam[ppu.oamAddress];
  if (ppu.oamWrapped === 1) searchPastEnd(ppu, frozen);
  else searchOneByte(ppu, frozen);
}

/** Dots 257–320: fetches a sprite of the next line. */
function spriteCell(ppu: PpuState, first: number): void {
  const startUnits = ppu.timeUnits;
  const unit = (first - FIRST_SPRITE_CELL) >> 3;
  if (first === FIRST_SPRITE_CELL) {
    if (ppu.line < SCREEN_HEIGHT) showDelayedColours(ppu, (ppu.line + 1) * SCREEN_WIDTH);
    settleColours(ppu);
    incrementY(ppu);
    shiftBackground(ppu);
  }
  // The low address byte of the first read is latched before t is copied to v.
  const latched = ppu.v & 0xff;
  if (first === FIRST_SPRITE_CELL) copyHorizontal(ppu);
  if (first >= VERTICAL_COPY_FIRST && first <= VERTICAL_COPY_LAST && ppu.line === ppu.preRenderLine) {
    copyVertical(ppu);
  }
  const garbage = 0x2000 | (ppu.v & 0x0f00) | (first === FIRST_SPRITE_CELL ? latched : ppu.v & 0xff);
  cellByte(ppu, garbage, startUnits, 2);
  ppu.fetched = cellByte(ppu, nametableAddress(ppu), startUnits, 4);
  fetchSprite(ppu, unit, startUnits);
  ppu.sprite0OnLine = ppu.sprite0OnNextLine;
  ppu.oamAddress = 0;
  ppu.secondaryAddress = unit * 4 + 3;
  ppu.oamBufferNext = ppu.secondaryOam[ppu.secondaryAddress];
  ppu.oamBuffer = ppu.oamBufferNext;
  ppu.oamLatch = ppu.oamBufferNext;
  incrementSecondaryAddress(ppu);
  ppu.overflowDelayed = ppu.overflow;
  endCell(ppu, startUnits);
}

/** Loads a sprite unit with the sprite in its slot of secondary OAM. */
function fetchSprite(ppu: PpuState, unit: number, startUnits: number): void {
  const slot = unit * 4;
  const row = ((ppu.line & 0xff) - ppu.secondaryOam[slot]) & 0xffff;
  const tile = ppu.secondaryOam[slot + 1];
  const attributes = ppu.secondaryOam[slot + 2];
  const address = spritePattern(ppu, row, tile, attributes);
  if (ppu.watchesA12) {
    noteA12(ppu, 0, startUnits);
    noteA12(ppu, address >> 12, startUnits + 4 * ppu.dotUnits);
  }
  const low = cellByte(ppu, address, startUnits, 6);
  const high = cellByte(ppu, address | 8, startUnits, 8);
  const shows = row < spriteHeight(ppu);
  const reversed = (attributes & 0x40) !== 0;
  ppu.spriteLow[unit] = shows ? (reversed ? REVERSED[low] : low) : 0;
  ppu.spriteHigh[unit] = shows ? (reversed ? REVERSED[high] : high) : 0;
  ppu.spriteAttributes[unit] = attributes;
  ppu.spriteCounter[unit] = ppu.secondaryOam[slot + 3];
  ppu.spriteRow = row;
  ppu.spriteTile = tile;
  ppu.spriteAttribute = attributes;
  ppu.patternAddress = address | 8;
  ppu.octalLatch = ppu.patternAddress & 0xff;
  ppu.addressBus = (address & 0xff00) | high;
}

/** Address of the low plane of a sprite's row. */
export function spritePattern(ppu: PpuState, row: number, tile: number, attributes: number): number {
  const flipped = (attributes & 0x80) !== 0 ? ~row : row;
  if ((ppu.control & CTRL_SPRITE_8X16) === 0) {
    return ((ppu.control & CTRL_SPRITE_TABLE) << 9) | (tile << 4) | (flipped & 7);
  }
  return ((tile & 1) << 12) | ((tile & 0xfe) << 4) | ((flipped & 8) << 1) | (flipped & 7);
}
