import { isGet } from "../../apu/apu-cycle.ts";
import { HOOK_CPU_WRITES } from "../../cartridge/board.ts";
import { Dma, OAM_STEPS } from "../../dma.ts";

const NO_FETCH = 0;
/** Fewer bytes than this are copied one by one. */
const MIN_BYTES = 4;

/** The DMA unit that copies the bytes of a page to OAM at once until something else happens. */
export class FastDma extends Dma {
  protected override runCycle(address: number): void {
    if (this.oamStep === OAM_STEPS || !this.#copyBytes(address)) super.runCycle(address);
  }

  /**
   * Copies the bytes before the next event or DMC fetch, if nothing renders meanwhile and they are in memory.
   * Returns true in the cycle of the last write.
   */
  #copyBytes(cpuAddress: number): boolean {
    const { bus, oamStep } = this;
    if (this.dmcPhase !== NO_FETCH || (oamStep & 1) === 1 || !isGet(bus.cycle)) return false;
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
