/**
 * Background fetches, eight dots per tile, and the shift registers that they fill.
 * https://www.nesdev.org/wiki/PPU_rendering
 */
import type { PpuState } from "../state.ts";
import { fetchVideo } from "./address-bus.ts";
import {
  attributeAddress,
  FETCH_ATTRIBUTE,
  FETCH_PLANE_HIGH,
  FETCH_PLANE_LOW,
  latchAddress,
  nametableAddress,
  PATTERN_HIGH_PLANE,
  readNametable,
  selectPatternRow,
} from "./fetches.ts";

/**
 * One dot of 1–256 or 321–336: nametable, attribute, low plane, high plane, each an address and then a read.
 */
export function fetchBackground(ppu: PpuState): void {
  if ((ppu.addressLatchEnable & ppu.readEnable) === 1) ppu.octalLatch = ppu.addressBus & 0xff;
  switch ((ppu.dot - 1) & 7) {
    case 0:
      ppu.addressBus = nametableAddress(ppu);
      break;
    case 1:
      readNametable(ppu);
      break;
    case 2:
      ppu.addressBus = attributeAddress(ppu);
      break;
    case 3:
      ppu.addressBus = (attributeAddress(ppu) & 0xff00) | ppu.octalLatch;
      ppu.fetched = fetchVideo(ppu);
      ppu.fetchKind = FETCH_ATTRIBUTE;
      break;
    case 4:
      selectPatternRow(ppu);
      ppu.patternAddress &= ~PATTERN_HIGH_PLANE;
      ppu.addressBus = ppu.patternAddress;
      break;
    case 5:
      readPattern(ppu, FETCH_PLANE_LOW);
      break;
    case 6:
      selectPatternRow(ppu);
      ppu.patternAddress |= PATTERN_HIGH_PLANE;
      ppu.addressBus = ppu.patternAddress;
      break;
    default:
      readPattern(ppu, FETCH_PLANE_HIGH);
      break;
  }
  latchAddress(ppu);
}

function readPattern(ppu: PpuState, kind: number): void {
  ppu.addressBus = (ppu.patternAddress & 0xff00) | ppu.octalLatch;
  ppu.fetched = fetchVideo(ppu);
  ppu.fetchKind = kind;
}

/**
 * Shifts in 0s on the low plane and 1s on the high one. They are seen if fetches stop and shifting goes on.
 */
export function shiftBackground(ppu: PpuState): void {
  ppu.backgroundLow = (ppu.backgroundLow << 1) & 0xffff;
  ppu.backgroundHigh = ((ppu.backgroundHigh << 1) & 0xffff) | 1;
  ppu.attributeLow = ((ppu.attributeLow << 1) & 0xff) | (ppu.attributeLatch & 1);
  ppu.attributeHigh = ((ppu.attributeHigh << 1) & 0xff) | (ppu.attributeLatch >> 1);
}
