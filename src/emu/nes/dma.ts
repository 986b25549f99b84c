import { Bus } from "./bus.ts";
import { NEVER } from "./interrupts.ts";

/** DMA reads happen on get cycles, OAM writes on put cycles: the two halves of an APU cycle. */
const PUT_PARITY = 1;
const OAMDATA = 0x2004;

const IDLE = 0;
const WANTS_HALT = 1;
const WANTS_DUMMY = 2;
const READY = 3;

/**
 * The 2A03's DMA unit: copies a page to OAM and fetches samples for the DMC. It pulls RDY, which halts
 * the CPU on its next read; the CPU repeats that read in every cycle that the unit does not use, and
 * registers see the repeats. https://www.nesdev.org/wiki/DMA
 */
export abstract class DmaBus extends Bus {
  /** First cycle in which an OAM DMA may halt the CPU; NEVER when none waits. */
  oamDmaCycle = NEVER;
  oamDmaPage = 0;
  /** Progress of an OAM DMA, in bytes: even halves are reads, odd ones writes; 512 is the end. */
  private oamStep = 0;
  private oamByte = 0;
  private dmcPhase = IDLE;

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
    if (this.cycle >= this.dmaCycle) this.runDma(address);
  }

  /** The read of `address` is halted in this cycle; returns in the cycle in which the CPU may read. */
  private runDma(address: number): void {
    this.oamStep = this.cycle >= this.oamDmaCycle ? 0 : 512;
    this.oamDmaCycle = NEVER;
    this.dmcPhase = IDLE;
    this.beginDmc();
    const parity = PUT_PARITY;
    let halting = true;
    for (;;) {
      const isPut = (this.cycle & 1) === parity;
      if (halting) {
        this.repeatRead(address);
      } else if (!isPut && this.dmcPhase === READY) {
        const value = this.dmaRead(this.apu.dmc.address, address);
        this.apu.dmc.deliver(value, this.cycle);
        this.dmcPhase = IDLE;
      } else if (!isPut && this.oamStep < 512 && (this.oamStep & 1) === 0) {
        this.oamByte = this.dmaRead((this.oamDmaPage << 8) | (this.oamStep >> 1), address);
        this.oamStep++;
      } else if (isPut && (this.oamStep & 1) === 1) {
        this.dmaWrite(this.oamByte);
        this.oamStep++;
      } else {
        this.repeatRead(address);
      }
      halting = false;
      if (this.dmcPhase === WANTS_HALT) this.dmcPhase = WANTS_DUMMY;
      else if (this.dmcPhase === WANTS_DUMMY) this.dmcPhase = READY;
      this.cycle++;
      this.passHorizon();
      this.beginDmc();
      if (this.dmcPhase === IDLE && this.oamStep === 512) return;
    }
  }

  private beginDmc(): void {
    if (this.dmcPhase === IDLE && this.cycle >= this.apu.dmc.requestCycle) this.dmcPhase = WANTS_HALT;
  }

  /** A cycle that the DMA unit does not use: the halted CPU reads its address again. */
  private repeatRead(address: number): void {
    this.busRead(address);
  }

  /** A read by the DMA unit; the halted CPU's own address decides whether internal registers answer. */
  private dmaRead(dmaAddress: number, _cpuAddress: number): number {
    return this.busRead(dmaAddress);
  }

  private dmaWrite(value: number): void {
    this.writeRegister(OAMDATA, value);
    this.dataBus = value;
  }
}
