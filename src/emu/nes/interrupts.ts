import { defineFields, FLAG, range } from "../state-fields.ts";
import { MAX_CYCLES } from "./region.ts";

/** Sources that can pull the CPU's IRQ line low; the line is low while any of them does. */
export const IRQ_FRAME = 1;
export const IRQ_DMC = 2;
export const IRQ_BOARD = 4;
export const IRQ_DISK = 8;
export const IRQ_EXPANSION = 16;

/** The cycle of an event that is not scheduled. */
export const NEVER = 0x3fff_ffff;

/**
 * The CPU's IRQ and NMI inputs, stored as times instead of levels, so that the CPU need not sample them every
 * cycle. A "sample" is the end of φ2 of a CPU cycle, when the 6502 reads both lines; an instruction whose
 * last cycle is L acts on the sample of L − 1. https://www.nesdev.org/wiki/CPU_interrupts
 *
 * Cycles are counted from the start of the current frame; `rebase` adjusts them when a new frame starts.
 */
export class InterruptLines {
  /** IRQ sources that hold the line low now, as a mask. */
  irqSources = 0;
  /** First sample that sees the IRQ line low; NEVER while it is high and was high at the last sample. */
  irqLowFrom = NEVER;
  /** Last sample that saw the line low, after it has gone high again; NEVER while it is low. */
  irqLowUntil = NEVER;
  /** 1 if the NMI line is low now. */
  nmiLow = 0;
  /** The sample at which the falling edge of NMI was latched; NEVER if none is latched. */
  nmiFrom = NEVER;

  /** `source` pulls the line low; the sample of `cycle` is the first to see it. */
  assertIrq(source: number, cycle: number): void {
    if (this.irqSources === 0) {
      const heldSinceLastSample = this.irqLowFrom !== NEVER && this.irqLowUntil >= cycle - 1;
      if (!heldSinceLastSample) this.irqLowFrom = cycle;
      this.irqLowUntil = NEVER;
    }
    this.irqSources |= source;
  }

  /** `source` releases the line; the sample of `cycle` is the first that no longer sees it. */
  clearIrq(source: number, cycle: number): void {
    if (this.irqSources === 0) return;
    this.irqSources &= ~source;
    if (this.irqSources === 0) this.irqLowUntil = cycle - 1;
  }

  /** Returns true if the sample of `cycle` (now or the one before) sees the IRQ line low. */
  irqAt(cycle: number): boolean {
    return cycle >= this.irqLowFrom && cycle <= this.irqLowUntil;
  }

  /** The NMI line falls; the sample of `cycle` is the first to see it low. */
  nmiFall(cycle: number): void {
    if (this.nmiLow === 1) return;
    this.nmiLow = 1;
    if (this.nmiFrom === NEVER) this.nmiFrom = cycle;
  }

  /** The NMI line rises before the sample of `cycle`; a fall that no sample saw is lost. */
  nmiRise(cycle: number): void {
    if (this.nmiLow === 0) return;
    this.nmiLow = 0;
    if (this.nmiFrom >= cycle) this.nmiFrom = NEVER;
  }

  /** The CPU has started the interrupt sequence for the latched NMI. */
  nmiTaken(): void {
    this.nmiFrom = NEVER;
  }

  /** Sets both lines high, with nothing latched. */
  reset(): void {
    this.irqSources = 0;
    this.irqLowFrom = NEVER;
    this.irqLowUntil = NEVER;
    this.nmiLow = 0;
    this.nmiFrom = NEVER;
  }

  /** Reduces all cycles by `cycles`, for a new frame. */
  rebase(cycles: number): void {
    if (this.irqLowUntil < cycles - 2) {
      this.irqLowFrom = NEVER;
      this.irqLowUntil = NEVER;
    }
    if (this.irqLowFrom !== NEVER) this.irqLowFrom = Math.max(this.irqLowFrom - cycles, -cycles);
    if (this.irqLowUntil !== NEVER) this.irqLowUntil -= cycles;
    if (this.nmiFrom !== NEVER) this.nmiFrom = Math.max(this.nmiFrom - cycles, -cycles);
  }
}

/** The fields that a state holds. */
export const INTERRUPT_FIELDS = defineFields<InterruptLines>()({
  irqSources: range(0, 31),
  irqLowFrom: range(-MAX_CYCLES, MAX_CYCLES, NEVER),
  irqLowUntil: range(-MAX_CYCLES, MAX_CYCLES, NEVER),
  nmiLow: FLAG,
  nmiFrom: range(-MAX_CYCLES, MAX_CYCLES, NEVER),
});
