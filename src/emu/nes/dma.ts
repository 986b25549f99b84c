import { BYTE, defineFields, range } from "../state-fields.ts";
import { isGet } from "./apu/apu-cycle.ts";
import type { Bus, DmaUnit } from "./bus.ts";
import { NEVER } from "./interrupts.ts";
import { MAX_CYCLES } from "./region.ts";

const OAMDATA = 0x2004;
/** Half steps of an OAM DMA: even ones read, odd ones write. */
export const OAM_STEPS = 512;

/** Phases of a DMC fetch. */
export const IDLE = 0;
const HALTING = 1;
export const DUMMY = 2;
const READY = 3;

/**
 * The 2A03's DMA unit: it copies a page to OAM and fetches samples for the DMC. It pulls RDY, which halts the
 * CPU on its next read. The CPU repeats that read in every cycle that the unit does not use, and registers
 * see the repeats. The unit reads in get cycles and writes in put cycles. https://www.nesdev.org/wiki/DMA
 */
export class Dma implements DmaUnit {
  /** The first cycle in which an OAM DMA may halt the CPU; NEVER if none waits. */
  oamDmaCycle = NEVER;
  oamDmaPage = 0;

  /** Half steps done of the OAM DMA under way; OAM_STEPS if there is none. */
  protected oamStep = OAM_STEPS;
  /** The phase of the DMC fetch under way. */
  protected dmcPhase = IDLE;
  protected readonly bus: Bus;
  #oamByte = 0;
  readonly #haltsAtOpcode: boolean;

  /**
   * `haltsAtOpcode`: the unit halts the CPU only in the first cycle of an instruction, as in the 2A07, so
   * that repeated reads hit no register. https://www.nesdev.org/wiki/DMA#Register_conflicts
   */
  constructor(bus: Bus, haltsAtOpcode: boolean) {
    this.bus = bus;
    this.#haltsAtOpcode = haltsAtOpcode;
  }

  get haltCycle(): number {
    const dmc = this.bus.apu.dmc.requestCycle;
    return dmc < this.oamDmaCycle ? dmc : this.oamDmaCycle;
  }

  startOam(page: number, cycle: number): void {
    this.oamDmaPage = page;
    this.oamDmaCycle = cycle + 1;
  }

  halt(address: number): void {
    const { bus } = this;
    if (this.#haltsAtOpcode && bus.cycle !== bus.opcodeCycle) return;
    bus.effects++;
    const startsOam = bus.cycle >= this.oamDmaCycle;
    this.oamStep = startsOam ? 0 : OAM_STEPS;
    this.oamDmaCycle = NEVER;
    this.dmcPhase = bus.cycle >= bus.apu.dmc.requestCycle ? HALTING : IDLE;
    bus.busRead(address);
    this.#beginCycle(address);
    while (this.dmcPhase !== IDLE || this.oamStep < OAM_STEPS) {
      this.runCycle(address);
      this.#beginCycle(address);
    }
  }

  /**
   * Runs one cycle after the first, with the CPU halted on a read of `address`. The DMC's read goes before
   * OAM's. In a cycle that neither uses, the CPU's read is repeated.
   */
  protected runCycle(address: number): void {
    const { bus } = this;
    if (isGet(bus.cycle)) {
      if (this.dmcPhase === READY) {
        const value = this.#read(bus.apu.dmc.address, address);
        bus.apu.dmc.deliver(value, bus.cycle);
        this.dmcPhase = IDLE;
        return;
      }
      if (this.oamStep < OAM_STEPS) {
        this.#oamByte = this.#read((this.oamDmaPage << 8) | (this.oamStep >> 1), address);
        this.oamStep++;
        return;
      }
    } else if ((this.oamStep & 1) === 1) {
      bus.writeRegister(OAMDATA, this.#oamByte);
      bus.dataBus = this.#oamByte;
      this.oamStep++;
      return;
    }
    bus.busRead(address);
  }

  /** A fetch whose request ends in the cycle after its halt is dropped. The CPU has then lost one cycle. */
  #beginCycle(address: number): void {
    const { bus } = this;
    if (++bus.cycle > bus.horizon) bus.passHorizon(this.#nextAddress(address));
    const isWanted = bus.cycle >= bus.apu.dmc.requestCycle;
    if (this.dmcPhase === HALTING) this.dmcPhase = isWanted ? DUMMY : IDLE;
    else if (this.dmcPhase === DUMMY) this.dmcPhase = READY;
    else if (this.dmcPhase === IDLE && isWanted) this.dmcPhase = HALTING;
  }

  /** The address on the bus in the cycle that begins, with the CPU halted on a read of `address`. */
  #nextAddress(address: number): number {
    const { oamStep } = this;
    if (!isGet(this.bus.cycle)) return (oamStep & 1) === 1 ? OAMDATA : address;
    if (this.dmcPhase >= DUMMY) return this.bus.apu.dmc.address;
    return oamStep < OAM_STEPS ? (this.oamDmaPage << 8) | (oamStep >> 1) : address;
  }

  /**
   * Reads a byte for the DMA unit. The 2A03's registers answer to the CPU's address bus, which still holds
   * the halted address. If that is in $4000–$401F, they are on the bus as well, selected by the low five bits
   * of the DMA's address. If it is elsewhere, no register answers.
   */
  #read(dmaAddress: number, cpuAddress: number): number {
    const { bus } = this;
    const isInternal = dmaAddress >= 0x4000 && dmaAddress < 0x4020;
    const external = isInternal ? bus.dataBus : bus.busRead(dmaAddress);
    if (cpuAddress < 0x4000 || cpuAddress >= 0x4020) return external;
    return bus.readInternal(dmaAddress);
  }

  powerOn(): void {
    this.oamDmaCycle = NEVER;
    this.oamDmaPage = 0;
  }

  /** Subtracts `cycles` from the count of cycles, at the end of a frame. */
  rebase(cycles: number): void {
    // A CPU that has jammed can keep the DMA waiting for any number of frames.
    if (this.oamDmaCycle !== NEVER) this.oamDmaCycle = Math.max(this.oamDmaCycle - cycles, -cycles);
  }
}

/** The fields that a saved state holds. No DMA is under way between two instructions. */
export const DMA_FIELDS = defineFields<Dma>()({
  oamDmaCycle: range(-MAX_CYCLES, MAX_CYCLES, NEVER),
  oamDmaPage: BYTE,
});
