import { isGet } from "../../apu/apu-cycle.ts";
import { HOOK_CPU_WRITES } from "../../cartridge/board.ts";
import { Dma, OAM_STEPS } from "../../dma.ts";

const NO_FETCH = 0;

/** The DMA unit that copies a page to OAM in one step if nothing else happens in its 513 cycles. */
export class FastDma extends Dma {
  protected override runCycle(address: number): void {
    if (this.oamStep !== 0 || !this.#copyPage(address)) super.runCycle(address);
  }

  /**
   * Copies the page if there is no event, no DMC fetch and no rendering meanwhile, and if it is in memory.
   * Returns true in the cycle of the last write.
   */
  #copyPage(cpuAddress: number): boolean {
    const { bus } = this;
    if (this.dmcPhase !== NO_FETCH || !isGet(bus.cycle) || bus.horizon < bus.cycle + OAM_STEPS) return false;
    if ((cpuAddress & 0xffe0) === 0x4000 || (bus.board.hooks & HOOK_CPU_WRITES) !== 0) return false;
    const address = this.oamDmaPage << 8;
    const page = bus.readPages[address >> 11];
    if (page < 0) return false;
    const from = page + (address & 0x7ff);
    const lastCycle = bus.cycle + OAM_STEPS - 1;
    if (!bus.ppu.fillOam(bus.bytes, from, bus.cycle + 1, lastCycle)) return false;
    bus.dataBus = bus.bytes[from + 0xff];
    this.oamStep = OAM_STEPS;
    bus.cycle = lastCycle;
    bus.updateHorizon();
    return true;
  }
}
