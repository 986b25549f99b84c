import { isGet, nextGet } from "../../apu/apu-cycle.ts";
import { HOOK_CPU_WRITES } from "../../cartridge/board.ts";
import { Dma, DUMMY, IDLE, OAM_STEPS } from "../../dma.ts";

/** Fewer bytes than this are copied one by one. */
const MIN_BYTES = 4;

/**
 * The DMA unit, which copies the bytes of a page to OAM at once until something else happens, and passes the
 * cycles at once that a DMC fetch waits for.
 */
export class FastDma extends Dma {
  protected override runCycle(address: number): void {
    const isDone = this.oamStep === OAM_STEPS ? this.#fetchSample(address) : this.#copyBytes(address);
    if (!isDone) super.runCycle(address);
  }

  /**
   * Fetches the DMC's byte, for which the CPU has been halted one cycle ago, if nothing else happens
   * meanwhile. Returns true in the cycle of the fetch.
   */
  #fetchSample(cpuAddress: number): boolean {
    const { bus } = this;
    if (this.dmcPhase !== DUMMY || bus.readPages[cpuAddress >> 11] < 0) return false;
    const fetchCycle = nextGet(bus.cycle);
    const chips = Math.min(bus.apu.nextEventCycle, bus.ppu.nextEventCycle, bus.board.nextEventCycle);
    if (chips <= fetchCycle || bus.ports.nextEventCycle <= fetchCycle) return false;
    bus.apu.runTo(fetchCycle - 1);
    const { dmc } = bus.apu;
    const page = bus.readPages[dmc.address >> 11];
    if (page < 0) return false;
    bus.cycle = fetchCycle;
    this.dmcPhase = IDLE;
    const value = bus.bytes[page + (dmc.address & 0x7ff)];
    bus.dataBus = value;
    dmc.deliver(value, fetchCycle);
    return true;
  }

  /**
   * Copies the bytes before the next event or DMC fetch, if nothing renders meanwhile and they are in memory.
   * Returns true in the cycle of the last write.
   */
  #copyBytes(cpuAddress: number): boolean {
    const { bus, oamStep } = this;
    if (this.dmcPhase !== IDLE || (oamStep & 1) === 1 || !isGet(bus.cycle)) return false;
    const inTime = (bus.horizon - bus.cycle + 1) >> 1;
    const left = (OAM_STEPS - oamStep) >> 1;
    const count = left < inTime ? left : inTime;
    if (count < MIN_BYTES) return false;
    if ((cpuAddress & 0xffe0) === 0x4000 || (bus.board.hooks & HOOK_CPU_WRITES) !== 0) return false;
    const address = (this.oamDmaPage << 8) | (oamStep >> 1);
    const page = bus.readPages[address >> 11];
    if (page < 0) return false;
    const from = page + (address & 0x7ff);
    if (!bus.ppu.fillOam(bus.bytes, from, count, bus.cycle + 1)) return false;
    bus.dataBus = bus.bytes[from + count - 1];
    this.oamStep = oamStep + 2 * count;
    bus.cycle += 2 * count - 1;
    bus.updateHorizon();
    return true;
  }
}
