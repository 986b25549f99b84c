/**
 * Sprite evaluation for the next line, into secondary OAM. https://www.nesdev.org/wiki/PPU_sprite_evaluation
 */
import { CTRL_SPRITE_8X16, MASK_RENDERING, type PpuState } from "../state.ts";
import { keepCorruption, keepSearchCorruption } from "./oam-corruption.ts";
import { incrementSecondaryAddress } from "./secondary-oam.ts";

/** One of the dots 0–64: fills secondary OAM with $FF, which is read on odd dots and written on even dots. */
export function clearSecondaryOam(ppu: PpuState): void {
  if (ppu.dot === 0) {
    if (ppu.renderingDelayed === 1) incrementSecondaryAddress(ppu);
    return;
  }
  if (ppu.renderingDelayed === 0) {
    if ((ppu.dot & 1) === 0 && (ppu.corruptionSeen | ppu.corruptionSeenNow) === 1) keepCorruption(ppu);
    return;
  }
  const reads = ppu.line === ppu.preRenderLine;
  if ((ppu.dot & 1) === 1) {
    ppu.oamBufferNext = reads ? ppu.secondaryOam[ppu.secondaryAddress] : 0xff;
    if (ppu.dot === 1) {
      ppu.secondaryAddress = 0;
      ppu.evaluationByte = 0;
      ppu.oamWrapped = 0;
    }
    if ((ppu.corruptionSeen | ppu.corruptionSeenNow) === 1) keepCorruption(ppu);
    return;
  }
  if (!reads) ppu.secondaryOam[ppu.secondaryAddress] = ppu.oamBuffer;
  if (ppu.corruptionSeen === 1) keepCorruption(ppu);
  incrementSecondaryAddress(ppu);
  if (ppu.corruptionSeenNow === 1 && ppu.dot === 64) {
    ppu.corruptionSeen = 0;
    ppu.corruptionSeenNow = 0;
    ppu.corruptionPending = 1;
  }
}

/** One of the dots 65–256: reads a byte of OAM on odd dots and examines it on even dots. */
export function searchSprites(ppu: PpuState): void {
  if (ppu.dot === 65 && ppu.renderingDelayed === 1) {
    ppu.ninthSpriteFound = 0;
    ppu.oddDotCorrupted = 0;
    ppu.oamWrapped = 0;
  }
  if ((ppu.mask & MASK_RENDERING) === 0 && ppu.corruptionSeenNow === 0) return;
  const frozen = ppu.line === ppu.preRenderLine;
  if ((ppu.dot & 1) === 1) {
    ppu.oamBufferNext = ppu.oam[ppu.oamAddress];
    if (ppu.corruptionSeenNow === 1) {
      ppu.corruptionSeen = 0;
      if (!frozen) ppu.oamAddress = (ppu.oamAddress + 1) & 0xff;
      ppu.oddDotCorrupted = 1;
    }
    return;
  }
  if (ppu.oamWrapped === 1) searchPastEnd(ppu, frozen);
  else searchOneByte(ppu, frozen);
  if (ppu.corruptionSeenNow === 1) keepSearchCorruption(ppu, frozen);
  ppu.corruptionSeenNow = 0;
}

/** After all 64 sprites, the OAM address still steps, but nothing is written. */
export function searchPastEnd(ppu: PpuState, frozen: boolean): void {
  if (ppu.oddDotCorrupted === 0 && !frozen) ppu.oamAddress = (ppu.oamAddress + 4) & 0xfc;
  ppu.oamBufferNext = ppu.secondaryOam[ppu.secondaryAddress];
}

/** Examines a byte: copies it and, if it is a Y, decides whether the sprite is in range. */
export function searchOneByte(ppu: PpuState, frozen: boolean): void {
  const before = ppu.oamAddress;
  if (ppu.secondaryFull === 0 && !frozen) ppu.secondaryOam[ppu.secondaryAddress] = ppu.oamBuffer;
  const seen = ppu.secondaryOam[ppu.secondaryAddress];
  const moves = ppu.oddDotCorrupted === 0 && !frozen;
  if (ppu.evaluationByte === 0) checkSpriteY(ppu, frozen, moves);
  else copySpriteByte(ppu, frozen, moves);
  ppu.oddDotCorrupted = 0;
  if (ppu.oamAddress < before && ppu.oamAddress < 4) ppu.oamWrapped = 1;
  ppu.oamBufferNext = seen;
}

/** A sprite in range is copied. With secondary OAM full, it sets the overflow flag. */
function checkSpriteY(ppu: PpuState, frozen: boolean, moves: boolean): void {
  if (ppu.ninthSpriteFound === 0 && !frozen && inRange(ppu, ppu.oamBuffer)) {
    if (ppu.secondaryFull === 0) {
      if (moves) {
        ppu.oamAddress = (ppu.oamAddress + 1) & 0xff;
        incrementSecondaryAddress(ppu);
      }
      // The sprite examined on dot 66 counts as sprite 0, whatever OAMADDR was.
      if (ppu.dot === 66) ppu.sprite0OnNextLine = 1;
    } else {
      ppu.ninthSpriteFound = 1;
      ppu.oamAddress = (ppu.oamAddress + 1) & 0xff;
      ppu.overflow = 1;
    }
    ppu.evaluationByte++;
    return;
  }
  if (ppu.dot === 66) ppu.sprite0OnNextLine = 0;
  if (!moves) return;
  if (ppu.secondaryFull === 1 && ppu.ninthSpriteFound === 0) skipWithOverflowBug(ppu);
  else ppu.oamAddress = (ppu.oamAddress + 4) & 0xfc;
}

/**
 * The overflow bug: with secondary OAM full, the index of the byte steps along with the index of the sprite.
 */
function skipWithOverflowBug(ppu: PpuState): void {
  const step = (ppu.oamAddress & 3) === 3 ? 1 : 5;
  ppu.oamAddress = (ppu.oamAddress + step) & 0xff;
}

/** Copies tile, attributes and X. The chip also compares X as if it was a Y, which seldom matters. */
function copySpriteByte(ppu: PpuState, frozen: boolean, moves: boolean): void {
  if (moves) {
    if (ppu.evaluationByte !== 3) ppu.oamAddress = (ppu.oamAddress + 1) & 0xff;
    else if (!inRange(ppu, ppu.oamBuffer)) ppu.oamAddress = (ppu.oamAddress + 1) & 0xfc;
    else ppu.oamAddress = (ppu.oamAddress + (ppu.secondaryFull === 1 ? 4 : 1)) & 0xff;
  }
  ppu.evaluationByte = (ppu.evaluationByte + 1) & 3;
  if (ppu.secondaryFull === 0 && !frozen) incrementSecondaryAddress(ppu);
}

/**
 * Returns true if a sprite with this Y is on the line. The chip compares 8 bits of the line: 261 counts as 5.
 */
export function inRange(ppu: PpuState, y: number): boolean {
  const row = (ppu.line & 0xff) - y;
  return row >= 0 && row < spriteHeight(ppu);
}

/** Height of sprites in lines. */
export function spriteHeight(ppu: PpuState): number {
  return (ppu.control & CTRL_SPRITE_8X16) === 0 ? 8 : 16;
}
