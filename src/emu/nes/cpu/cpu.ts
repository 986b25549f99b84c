import { BYTE, defineFields, FLAG, range, WORD } from "../../state-fields.ts";
import { Bus } from "../bus.ts";
import { MAX_CYCLES } from "../region.ts";
import { CPU_TRAITS, type CpuTraits } from "../revisions.ts";
import { BUS_CONFLICTS, type BusConflicts } from "./bus-conflicts.ts";

/** Bits of the status register P as it is pushed. https://www.nesdev.org/wiki/Status_flags */
export const FLAG_C = 0x01;
export const FLAG_Z = 0x02;
export const FLAG_B = 0x10;
export const FLAG_UNUSED = 0x20;
export const FLAG_N = 0x80;

/**
 * The state of the 6502 of the 2A03 and of its bus. `step` and the functions below it define what the CPU
 * does: every bus access of every instruction, in order, one per cycle. It is one object because access to
 * the fields of two objects made steps 20 % slower.
 */
export class Cpu extends Bus {
  pc = 0;
  a = 0;
  x = 0;
  y = 0;
  s = 0;
  /** The last result that set N: bit 7 is N. Storing a result is cheaper than masking P. */
  negativeFrom = 0;
  /** The last result that set Z: Z is set if this is 0. */
  zeroFrom = 1;
  /** The other flags, 0 or 1 each. */
  carry = 0;
  overflow = 0;
  interruptDisable = 1;
  decimal = 0;
  /** 1 after JAM: the CPU reads but executes nothing until it is reset. */
  jammed = 0;

  /** Last cycle of a taken branch whose last cycle does not poll: its poll is one cycle older. */
  lateBranchCycle = -1;
  /** Last cycle of a branch to another page whose first poll, before its operand, found an IRQ. */
  earlyIrqCycle = -1;
  /** Last cycle of CLI, SEI or PLP, and the I flag before it: their poll sees the old flag. */
  flagChangeCycle = -1;
  flagBeforeChange = 0;
  /** Last cycle of a BRK or JAM, which do not poll. */
  unpolledCycle = -1;

  /** Results of undocumented opcodes. Configuration, not state. */
  busConflicts: BusConflicts = BUS_CONFLICTS.rp2a03g;
  /** Traits of the chip's revision. Configuration, not state. */
  traits: CpuTraits = CPU_TRAITS.G;
  /** 1 if interrupts wait, for debuggers that run one routine. Not part of a saved state. */
  holdsInterrupts = 0;

  /** Power-on values. `reset` must follow. */
  override powerOn(): void {
    super.powerOn();
    this.pc = 0;
    this.a = 0;
    this.x = 0;
    this.y = 0;
    this.s = 0;
    this.setStatus(0);
    this.flagBeforeChange = 0;
    this.forgetPolls();
  }

  override rebase(cycles: number): void {
    super.rebase(cycles);
    this.forgetPolls();
  }

  /** Clears the cycles of polls. They matter only to the instruction that has just ended. */
  forgetPolls(): void {
    this.lateBranchCycle = -1;
    this.earlyIrqCycle = -1;
    this.flagChangeCycle = -1;
    this.unpolledCycle = -1;
  }

  /** P as PHP and interrupts push it, without B. */
  status(): number {
    return (
      this.carry |
      (this.zeroFrom === 0 ? FLAG_Z : 0) |
      (this.interruptDisable << 2) |
      (this.decimal << 3) |
      FLAG_UNUSED |
      (this.overflow << 6) |
      (this.negativeFrom & FLAG_N)
    );
  }

  /** Sets the flags from a pulled P. B and the unused bit are not flags and are ignored. */
  setStatus(value: number): void {
    this.carry = value & FLAG_C;
    this.zeroFrom = (value & FLAG_Z) === 0 ? 1 : 0;
    this.interruptDisable = (value >> 2) & 1;
    this.decimal = (value >> 3) & 1;
    this.overflow = (value >> 6) & 1;
    this.negativeFrom = value & FLAG_N;
  }
}

/** The fields that a saved state holds in addition to those of the bus. */
export const CPU_FIELDS = defineFields<Omit<Cpu, keyof Bus>, "holdsInterrupts">()({
  pc: WORD,
  a: BYTE,
  x: BYTE,
  y: BYTE,
  s: BYTE,
  negativeFrom: BYTE,
  zeroFrom: BYTE,
  carry: FLAG,
  overflow: FLAG,
  interruptDisable: FLAG,
  decimal: FLAG,
  jammed: FLAG,
  lateBranchCycle: range(-MAX_CYCLES, MAX_CYCLES),
  earlyIrqCycle: range(-MAX_CYCLES, MAX_CYCLES),
  flagChangeCycle: range(-MAX_CYCLES, MAX_CYCLES),
  flagBeforeChange: FLAG,
  unpolledCycle: range(-MAX_CYCLES, MAX_CYCLES),
});
