import { DmaBus } from "../dma.ts";

/** Bits of the status register P as it is pushed. https://www.nesdev.org/wiki/Status_flags */
const FLAG_C = 0x01;
const FLAG_Z = 0x02;
export const FLAG_B = 0x10;
const FLAG_UNUSED = 0x20;
const FLAG_N = 0x80;

/**
 * The 6502's registers. Flags are kept apart: N and Z as the last result they came from, so that most
 * instructions store one number instead of masking P.
 */
export abstract class Registers extends DmaBus {
  pc = 0;
  a = 0;
  x = 0;
  y = 0;
  s = 0;
  /** Bit 7 is N. */
  negativeFrom = 0;
  /** Z is set when this is 0. */
  zeroFrom = 1;
  /** 0 or 1 each. */
  carry = 0;
  overflow = 0;
  interruptDisable = 1;
  decimal = 0;

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

  /** B and the unused bit are not flags and are ignored. */
  setStatus(value: number): void {
    this.carry = value & FLAG_C;
    this.zeroFrom = (value & FLAG_Z) === 0 ? 1 : 0;
    this.interruptDisable = (value >> 2) & 1;
    this.decimal = (value >> 3) & 1;
    this.overflow = (value >> 6) & 1;
    this.negativeFrom = value & FLAG_N;
  }

  protected setNz(value: number): void {
    this.negativeFrom = value;
    this.zeroFrom = value;
  }
}
