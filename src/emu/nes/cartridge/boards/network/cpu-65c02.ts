import { INSTRUCTIONS } from "./instructions-65c02.ts";
import { BREAK, IRQ_OFF, IRQ_VECTOR, Registers65C02 } from "./registers-65c02.ts";

const NMI_VECTOR = 0xfffa;
const RESET_VECTOR = 0xfffc;
const INTERRUPT_CYCLES = 7;

/**
 * A Rockwell R65C02: the 6502 in CMOS, with the instructions that set, clear and test single bits. It runs
 * whole instructions. Reads that only fill a cycle are left out; the number of cycles is exact. Rockwell
 * 29651N52, R65C00 microprocessors (data sheet); http://www.6502.org/tutorials/65c02opcodes.html
 */
export class Cpu65C02 extends Registers65C02 {
  /** The reset line is released: the CPU begins at the reset vector. */
  reset(): void {
    this.nmiLine = 0;
    this.disableIrq();
    this.pc = this.readWord(RESET_VECTOR);
  }

  /** Runs an instruction, or takes an interrupt. Returns the number of cycles. */
  step(): number {
    const wasAsserted = this.nmiLine;
    this.nmiLine = this.bus.nmi ? 1 : 0;
    if (this.nmiLine > wasAsserted) return this.#interrupt(NMI_VECTOR);
    if (this.bus.irq && !this.has(IRQ_OFF)) return this.#interrupt(IRQ_VECTOR);
    const { mode, operation, cycles } = INSTRUCTIONS[this.fetch()]!;
    this.extraCycles = 0;
    operation(this, mode(this));
    return cycles + this.extraCycles;
  }

  #interrupt(vector: number): number {
    this.enter(vector, this.p & ~BREAK);
    return INTERRUPT_CYCLES;
  }
}
