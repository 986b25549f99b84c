/**
 * What fetches of background and sprites have in common. A fetch takes two dots: the address goes out in the
 * first, the byte is read in the second. https://www.nesdev.org/wiki/PPU_rendering
 */
import { CTRL_BACKGROUND_TABLE, CTRL_SPRITE_8X16, CTRL_SPRITE_TABLE, type PpuState } from "../state.ts";
import { fetchVideo } from "./address-bus.ts";
import { incrementCoarseX } from "./scroll.ts";

/**
 * Values of `fetchKind`: what the byte is for that the first half of a dot has read. The second half uses it.
 */
const FETCH_NONE = 0;
const FETCH_NAMETABLE = 1;
export const FETCH_ATTRIBUTE = 2;
export const FETCH_PLANE_LOW = 3;
export const FETCH_PLANE_HIGH = 4;
const NAMETABLES = 0x2000;
const PATTERN_ROW = 0x0007;
export const PATTERN_HIGH_PLANE = 0x0008;
const PATTERN_TILE = 0x0ff0;
const PATTERN_TABLE = 0x1000;

/** Dots 337–340 and 0: fetches the same nametable byte twice, and outputs an address that is not read. */
export function fetchUnused(ppu: PpuState): void {
  if (ppu.readEnable === 1) ppu.octalLatch = ppu.addressBus & 0xff;
  if (ppu.dot === 0) {
    selectPatternRow(ppu);
    ppu.patternAddress &= ~PATTERN_HIGH_PLANE;
    if (ppu.line !== ppu.preRenderLine) ppu.addressBus = ppu.patternAddress;
  } else {
    if (ppu.dot !== 340) ppu.addressBus = nametableAddress(ppu);
    if (ppu.dot === 338) {
      ppu.fetched = fetchVideo(ppu);
      ppu.fetchKind = FETCH_NAMETABLE;
    } else if (ppu.dot === 340) {
      ppu.fetched = fetchVideo(ppu);
    }
  }
  latchAddress(ppu);
}

/** Address of the tile number of the tile at v. */
export function nametableAddress(ppu: PpuState): number {
  return NAMETABLES | (ppu.v & 0x0fff);
}

/** Address of the attribute byte of the tile at v. */
export function attributeAddress(ppu: PpuState): number {
  return 0x23c0 | (ppu.v & 0x0c00) | ((ppu.v >> 4) & 0x38) | ((ppu.v >> 2) & 7);
}

/** The high address comes from v as it is now, the low one from the latch. They can belong to two tiles. */
export function readNametable(ppu: PpuState): void {
  ppu.addressBus = (nametableAddress(ppu) & 0xff00) | ppu.octalLatch;
  ppu.fetched = fetchVideo(ppu);
  ppu.fetchKind = FETCH_NAMETABLE;
}

/** While ALE alone is active, the external latch follows the address pins. */
export function latchAddress(ppu: PpuState): void {
  if (ppu.addressLatchEnable === 1 && ppu.readEnable === 0) ppu.octalLatch = ppu.addressBus & 0xff;
}

/** Sets table and row of the pattern address, from v and PPUCTRL or from the sprite that is being fetched. */
export function selectPatternRow(ppu: PpuState): void {
  if (ppu.dot < 256 || ppu.dot > 320) {
    const table = (ppu.control & CTRL_BACKGROUND_TABLE) << 8;
    ppu.patternAddress = (ppu.patternAddress & (PATTERN_TILE | PATTERN_HIGH_PLANE)) | table | (ppu.v >> 12);
    return;
  }
  const flipped = (ppu.spriteAttribute & 0x80) !== 0;
  const row = (flipped ? ~ppu.spriteRow : ppu.spriteRow) & PATTERN_ROW;
  const kept = ppu.patternAddress & (PATTERN_TILE | PATTERN_HIGH_PLANE);
  if ((ppu.control & CTRL_SPRITE_8X16) === 0) {
    ppu.patternAddress = kept | ((ppu.control & CTRL_SPRITE_TABLE) << 9) | row;
  } else {
    const half = (flipped ? ~ppu.spriteRow : ppu.spriteRow) & 8;
    const table = (ppu.spriteTile & 1) === 0 ? 0 : PATTERN_TABLE;
    ppu.patternAddress = (kept & ~0x10) | table | row | (half << 1);
  }
}

/** Second half of a dot: loads the byte that the first half has read into its register. */
export function commitFetch(ppu: PpuState): void {
  switch (ppu.fetchKind) {
    case FETCH_NAMETABLE: {
      const tile = ppu.dot < 256 || ppu.dot > 320 ? ppu.addressBus & 0xff : ppu.spriteTile;
      ppu.patternAddress = (ppu.patternAddress & 0x100f) | (tile << 4);
      break;
    }
    case FETCH_ATTRIBUTE:
      ppu.attribute = attributePalette(ppu, ppu.fetched);
      break;
    case FETCH_PLANE_LOW:
      ppu.planeLow = ppu.fetched;
      break;
    default:
      ppu.planeHigh = ppu.fetched;
      ppu.backgroundLow = (ppu.backgroundLow & 0xff00) | ppu.planeLow;
      ppu.backgroundHigh = (ppu.backgroundHigh & 0xff00) | ppu.planeHigh;
      ppu.attributeLatch = ppu.attribute;
      incrementCoarseX(ppu);
      break;
  }
  ppu.fetchKind = FETCH_NONE;
}

/** The palette, 0–3, that an attribute byte selects for the tile at v. */
export function attributePalette(ppu: PpuState, attributes: number): number {
  return (attributes >> (((ppu.v >> 4) & 4) | (ppu.v & 2))) & 3;
}
