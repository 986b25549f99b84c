/** A write of $2007 while nothing renders, from its request to its end. */
import { noteA12, storeVideo } from "../definition/address-bus.ts";
import { stepAddress } from "../definition/data-port.ts";
import { MASK_RENDERING, type PpuState } from "../state.ts";
import { LINE_DOTS } from "./timing.ts";

/** Dots from the request of a $2007 write to its end. */
export const DATA_WRITE_DOTS = 5;

/** Runs a write of $2007 in vertical blank. Returns false if anything else is under way. */
export function runDataWrite(ppu: PpuState): boolean {
  const { line, dot } = ppu;
  if (ppu.halfway === 1 || !isLoneWrite(ppu) || dot <= 2 || dot >= LINE_DOTS - DATA_WRITE_DOTS) return false;
  if (line < ppu.region.vblankLine || line >= ppu.preRenderLine) return false;
  const delays =
    ppu.scrollDelayDots |
    ppu.addressDelayDots |
    ppu.maskDelayDots |
    ppu.corruptionDelayDots |
    ppu.outputMaskDelayDots;
  const vblank = ppu.vblankPending | ppu.vblankSet | ppu.vblankSetLatch2 | ppu.statusRead;
  if ((delays | vblank | (ppu.vblankSetLatch1 ^ 1) | ppu.readEnable | ppu.addressLatchEnable) !== 0)
    return false;
  if (ppu.overflowDelayed !== ppu.overflow || ppu.sprite0HitPending !== 0 || ppu.fetchKind !== 0)
    return false;
  const rendering = (ppu.mask & MASK_RENDERING) !== 0 ? 1 : 0;
  if (rendering !== ppu.renderingDelayed || (rendering === 1 && ppu.oamBuffer !== ppu.oamBufferNext))
    return false;
  const startUnits = ppu.timeUnits;
  writeAtOnce(ppu);
  if (ppu.watchesA12) noteA12(ppu, (ppu.addressBus >> 12) & 1, startUnits + ppu.dotUnits);
  stepAfterWrite(ppu, rendering === 0);
  if (ppu.watchesA12) noteA12(ppu, (ppu.addressBus >> 12) & 1, startUnits + 4 * ppu.dotUnits);
  if (rendering === 0) ppu.renderingDots = 0;
  ppu.oamLatch = ppu.oamBuffer;
  ppu.busy = 0;
  ppu.dot = dot + DATA_WRITE_DOTS;
  ppu.timeUnits = startUnits + DATA_WRITE_DOTS * ppu.dotUnits;
  return true;
}

/** Returns true if a write has been requested, has not moved yet, and is the only request. */
function isLoneWrite(ppu: PpuState): boolean {
  return (
    (ppu.writeRequest & ppu.read1 & ppu.read3 & ppu.write1 & ppu.write3) === 1 &&
    (ppu.readRequest | ppu.read0 | ppu.read2 | ppu.read4 | ppu.loadingBuffer | ppu.readLatching) === 0 &&
    (ppu.write0 | ppu.write2 | ppu.write4 | ppu.writing | ppu.stepLatch | ppu.writeLatching) === 0
  );
}

/** Its first three dots: outputs the address and stores the byte. */
function writeAtOnce(ppu: PpuState): void {
  ppu.blankingLatch = 1;
  ppu.addressBus = ppu.v;
  ppu.octalLatch = ppu.v & 0xff;
  storeVideo(ppu, ppu.writeData);
  ppu.writeRequest = 0;
}

/** Its last two dots: v steps, and reaches the pins if rendering is off. */
function stepAfterWrite(ppu: PpuState, reachesPins: boolean): void {
  stepAddress(ppu);
  if (reachesPins) ppu.addressBus = ppu.v;
}
