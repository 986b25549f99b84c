/**
 * $2007 as a circuit. An access of the CPU sets a request, and a chain of latches, clocked in turn by the two
 * halves of a dot, moves it on. In its second dot the address goes onto the pins (ALE). A write happens in
 * the second half of the third dot, a read in the fourth, and v steps in the second half of the fourth.
 * Rendering uses the same pins meanwhile, which causes the side effects of $2007 during rendering.
 * AccuracyCoin's "$2007 Stress Test" and "ALE + Read" measure this behaviour.
 */
import { CTRL_INCREMENT_32, type PpuState } from "../state.ts";
import { fetchVideo, storeVideo } from "./address-bus.ts";
import { incrementY } from "./scroll.ts";

/**
 * First half of a dot: clocks the even latches and outputs the address. `blanking` is 1 if nothing renders.
 */
export function clockDataPort(ppu: PpuState, blanking: number): void {
  ppu.blankingLatch = blanking;
  ppu.read0 = ppu.readRequest;
  ppu.read2 = ppu.read1 ^ 1;
  ppu.read4 = ppu.read3 ^ 1;
  ppu.loadingBuffer = ppu.read4 & (ppu.read2 ^ 1);
  ppu.readLatching = (ppu.read4 ^ 1) & ppu.read2;
  ppu.write0 = ppu.writeRequest;
  ppu.write2 = ppu.write1 ^ 1;
  ppu.write4 = ppu.write3 ^ 1;
  ppu.writeLatching = (ppu.write4 ^ 1) & ppu.write2;
  ppu.stepLatch = ppu.writing;
  driveBus(ppu, blanking);
  if ((ppu.readLatching | ppu.writeLatching) === 1 && ppu.readEnable === 0) {
    ppu.addressBus = ppu.v;
    ppu.octalLatch = ppu.addressBus & 0xff;
  }
}

/**
 * Sets the read and ALE pins for this dot. Rendering outputs addresses on odd dots and reads on even dots.
 */
export function driveBus(ppu: PpuState, blanking: number): void {
  const readsNow = (ppu.dot & 1) ^ 1;
  const renders = blanking ^ 1;
  ppu.readEnable = ppu.loadingBuffer | (renders & readsNow);
  ppu.addressLatchEnable = ppu.readLatching | ppu.writeLatching | (renders & (readsNow ^ 1));
}

/** First half of a dot, after rendering has used the bus: the read buffer takes the byte on the pins. */
export function loadReadBuffer(ppu: PpuState): void {
  if (ppu.loadingBuffer === 0) return;
  ppu.readBuffer = fetchVideo(ppu);
  if (ppu.addressLatchEnable === 1) ppu.octalLatch = ppu.addressBus & 0xff;
}

/** Second half of a dot: clocks the odd latches, writes, and steps v. */
export function clockDataPortHalf(ppu: PpuState): void {
  if ((ppu.stepLatch | ppu.loadingBuffer) === 1) stepAddress(ppu);
  ppu.addressLatchEnable = ppu.readLatching | ppu.writeLatching;
  if (ppu.loadingBuffer === 1) {
    ppu.readBuffer = fetchVideo(ppu);
    if (ppu.addressLatchEnable === 1) ppu.octalLatch = ppu.addressBus & 0xff;
  }
  ppu.read1 = ppu.read0 ^ 1;
  ppu.read3 = ppu.read2 ^ 1;
  if (ppu.read3 === 0) ppu.readRequest = 0;
  ppu.write1 = ppu.write0 ^ 1;
  ppu.write3 = ppu.write2 ^ 1;
  if (ppu.write3 === 0) ppu.writeRequest = 0;
  ppu.writing = ppu.write1 & (ppu.write3 ^ 1);
  if (ppu.writing === 1) storeVideo(ppu, ppu.writeData);
}

/** Adds 1 or 32 to v. While rendering, v moves down one line instead, as at dot 256. */
export function stepAddress(ppu: PpuState): void {
  if (ppu.blankingLatch === 0) {
    incrementY(ppu);
    return;
  }
  const step = (ppu.control & CTRL_INCREMENT_32) === 0 ? 1 : 32;
  ppu.v = (ppu.v + step) & 0x7fff;
}

/** Returns true if a request is still in the latches. */
export function dataPortBusy(ppu: PpuState): boolean {
  return (
    (ppu.readRequest | ppu.writeRequest | ppu.read0 | ppu.write0 | ppu.writing | ppu.stepLatch) === 1 ||
    (ppu.read1 & ppu.read3 & ppu.write1 & ppu.write3) === 0 ||
    (ppu.read2 | ppu.read4 | ppu.write2 | ppu.write4) === 1
  );
}
