import { isGet } from "./apu/apu-cycle.ts";
import { Bus, type BusParts } from "./bus.ts";
import { HOOK_CPU_WRITES } from "./cartridge/board.ts";
import { NEVER } from "./interrupts.ts";

const OAMDATA = 0x2004;
/** Half steps of an OAM DMA: even ones read, odd ones write. */
const OAM_STEPS = 512;

/** Progress of a DMC fetch. */
const IDLE = 0;
const HALTING = 1;
const DUMMY = 2;
const READY = 3;

/**
 * The 2A03's DMA unit: copies a page to OAM and fetches samples for the DMC. It pulls RDY, which halts
 * the CPU on its next read; the CPU repeats that read in every cycle that the unit does not use, and
 * registers see the repeats. Reads happen on get cycles and writes on put cycles.
 * https://www.nesdev.org/wiki/DMA
 */
export abstract class DmaBus extends Bus {
  /** First cycle in which an OAM DMA may halt the CPU; NEVER if none waits. */
  oamDmaCycle = NEVER;
  oamDmaPage = 0;
  /**
   * The 2A07 halts the CPU only at the first cycle of an instruction, so that repeated reads hit no register.
   * https://www.nesdev.org/wiki/DMA#Register_conflicts
   */
  protected readonly haltsAtOpcode: boolean;
  /** The cycle in which the last opcode was read, or is being read. */
  protected opcodeCycle = -1;
  #oamStep = OAM_STEPS;
  #oamByte = 0;
  #dmcPhase = IDLE;

  constructor(parts: BusParts) {
    super(parts);
    this.haltsAtOpcode = parts.haltsAtOpcode === true;
  }

  protected override get dmaCycle(): number {
    const dmc = this.apu.dmc.requestCycle;
    return dmc < this.oamDmaCycle ? dmc : this.oamDmaCycle;
  }

  protected override startOamDma(page: number): void {
    this.oamDmaPage = page;
    this.oamDmaCycle = this.cycle + 1;
  }

  protected override passHorizonReading(address: number): void {
    this.passHorizon();
    if (this.cycle < this.dmaCycle) return;
    if (!this.haltsAtOpcode || this.cycle === this.opcodeCycle) this.#runDma(address);
  }

  /**
   * Runs DMA that halts the read of `address` in this cycle. Returns in the cycle in which the CPU may read.
   */
  #runDma(address: number): void {
    this.effects++;
    const startsOam = this.cycle >= this.oamDmaCycle;
    this.#oamStep = startsOam ? 0 : OAM_STEPS;
    this.oamDmaCycle = NEVER;
    this.#dmcPhase = this.cycle >= this.apu.dmc.requestCycle ? HALTING : IDLE;
    this.busRead(address);
    this.#nextDmaCycle();
    while (this.#dmcPhase !== IDLE || this.#oamStep < OAM_STEPS) {
      if (this.#oamStep !== 0 || !this.#copyOamAtOnce(address)) this.#useDmaCycle(address);
      this.#nextDmaCycle();
    }
  }

  /**
   * Copies a whole page to OAM at once if nothing else happens meanwhile: no event, no DMC fetch, memory as
   * the source, and vertical blank. Returns true if it did; the cycle is then that of the last write.
   */
  #copyOamAtOnce(cpuAddress: number): boolean {
    if (this.#dmcPhase !== IDLE || !isGet(this.cycle) || this.horizon < this.cycle + OAM_STEPS) return false;
    if ((cpuAddress & 0xffe0) === 0x4000 || (this.board.hooks & HOOK_CPU_WRITES) !== 0) return false;
    const address = this.oamDmaPage << 8;
    const page = this.readPages[address >> 11];
    const lastCycle = this.cycle + OAM_STEPS - 1;
    if (page < 0 || !this.ppu.fillOam(this.bytes, page + (address & 0x7ff), this.cycle + 1, lastCycle)) {
      return false;
    }
    this.dataBus = this.bytes[page + (address & 0x7ff) + 0xff];
    this.#oamStep = OAM_STEPS;
    this.cycle = lastCycle;
    this.updateHorizon();
    return true;
  }

  /**
   * One cycle after the first. The DMC has priority over OAM; a cycle that neither uses repeats the CPU's
   * read.
   */
  #useDmaCycle(address: number): void {
    if (isGet(this.cycle)) {
      if (this.#dmcPhase === READY) {
        const value = this.#dmaRead(this.apu.dmc.address, address);
        this.apu.dmc.deliver(value, this.cycle);
        this.#dmcPhase = IDLE;
        return;
      }
      if (this.#oamStep < OAM_STEPS) {
        this.#oamByte = this.#dmaRead((this.oamDmaPage << 8) | (this.#oamStep >> 1), address);
        this.#oamStep++;
        return;
      }
    } else if ((this.#oamStep & 1) === 1) {
      this.writeRegister(OAMDATA, this.#oamByte);
      this.dataBus = this.#oamByte;
      this.#oamStep++;
      return;
    }
    this.busRead(address);
  }

  /** A fetch whose request ends in the cycle after its halt is dropped; the CPU has lost one cycle. */
  #nextDmaCycle(): void {
    if (++this.cycle > this.horizon) this.passHorizon();
    const wanted = this.cycle >= this.apu.dmc.requestCycle;
    if (this.#dmcPhase === HALTING) this.#dmcPhase = wanted ? DUMMY : IDLE;
    else if (this.#dmcPhase === DUMMY) this.#dmcPhase = READY;
    else if (this.#dmcPhase === IDLE && wanted) this.#dmcPhase = HALTING;
  }

  /**
   * A read by the DMA unit. The 2A03's registers respond to the CPU's address bus, which still holds the
   * halted address. If that is in $4000–$401F, the registers are also on the bus, selected by the low five
   * bits of the DMA's address. Otherwise no register responds.
   */
  #dmaRead(dmaAddress: number, cpuAddress: number): number {
    const isInternal = dmaAddress >= 0x4000 && dmaAddress < 0x4020;
    const external = isInternal ? this.dataBus : this.busRead(dmaAddress);
    if (cpuAddress < 0x4000 || cpuAddress >= 0x4020) return external;
    return this.readInternal(dmaAddress);
  }
}
