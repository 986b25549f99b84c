/** Fetches of the sprites for the next line. https://www.nesdev.org/wiki/PPU_rendering */
import type { PpuState } from "../state.ts";
import { fetchVideo } from "./address-bus.ts";
import { latchAddress, nametableAddress, readNametable, selectPatternRow } from "./fetches.ts";
import { keepCorruption } from "./oam-corruption.ts";
import { incrementSecondaryAddress } from "./secondary-oam.ts";
import { spriteHeight } from "./sprite-evaluation.ts";

/**
 * One of the dots 257–320. A sprite takes eight: two nametable reads that are not used, then two pattern
 * reads.
 */
export function fetchSprites(ppu: PpuState): void {
  ppu.sprite0OnLine = ppu.sprite0OnNextLine;
  if (ppu.renderingDelayed === 1) ppu.oamAddress = 0;
  if (ppu.corruptionSeen === 1) keepCorruption(ppu);
  if (ppu.readEnable === 1) ppu.octalLatch = ppu.addressBus & 0xff;
  if (ppu.renderingDelayed === 0) ppu.oamBufferNext = ppu.oam[ppu.oamAddress];
  else fetchSpriteByte(ppu, (ppu.dot - 257) >> 3);
  latchAddress(ppu);
}

function fetchSpriteByte(ppu: PpuState, unit: number): void {
  ppu.oamBufferNext = ppu.secondaryOam[ppu.secondaryAddress];
  switch ((ppu.dot - 1) & 7) {
    case 0:
      ppu.addressBus = nametableAddress(ppu);
      incrementSecondaryAddress(ppu);
      break;
    case 1:
      ppu.spriteRow = ((ppu.line & 0xff) - ppu.oamBuffer) & 0xffff;
      readNametable(ppu);
      incrementSecondaryAddress(ppu);
      break;
    case 2:
      ppu.spriteTile = ppu.oamBuffer;
      ppu.addressBus = nametableAddress(ppu);
      incrementSecondaryAddress(ppu);
      break;
    case 3:
      ppu.spriteAttribute = ppu.oamBuffer;
      ppu.spriteAttributes[unit] = ppu.oamBuffer;
      readNametable(ppu);
      break;
    case 4:
      ppu.spriteCounter[unit] = ppu.oamBuffer;
      selectPatternRow(ppu);
      ppu.patternAddress &= ~8;
      ppu.addressBus = ppu.patternAddress;
      break;
    case 5:
      selectPatternRow(ppu);
      ppu.patternAddress &= ~8;
      ppu.spriteLow[unit] = fetchSpritePlane(ppu);
      break;
    case 6:
      selectPatternRow(ppu);
      ppu.patternAddress |= 8;
      ppu.addressBus = ppu.patternAddress;
      break;
    default:
      selectPatternRow(ppu);
      ppu.patternAddress |= 8;
      ppu.spriteHigh[unit] = fetchSpritePlane(ppu);
      incrementSecondaryAddress(ppu);
      break;
  }
}

/**
 * Reads a plane of the sprite. Sprites that are not in range are transparent; unused slots never are in
 * range.
 */
function fetchSpritePlane(ppu: PpuState): number {
  ppu.addressBus = (ppu.patternAddress & 0xff00) | ppu.octalLatch;
  const plane = fetchVideo(ppu);
  if (ppu.spriteRow >= spriteHeight(ppu)) return 0;
  return (ppu.spriteAttribute & 0x40) === 0 ? plane : REVERSED[plane];
}

/** Bytes with their bits in reverse order, for sprites that are flipped horizontally. */
export const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) reversed |= 0x80 >> bit;
  return reversed;
});
