import { Ppu } from "./ppu.ts";

/**
 * The RC2C05 of later VS. games: $2000 is PPUMASK, $2001 is PPUCTRL, and the low bits of $2002 are a
 * constant. https://www.nesdev.org/wiki/PPU_variants#RGB
 */
export class Rc2c05 extends Ppu {
  override readRegister(register: number, cycle: number): number {
    return this.#signed(register, super.readRegister(register, cycle));
  }

  override peekRegister(register: number): number {
    return this.#signed(register, super.peekRegister(register));
  }

  override writeRegister(register: number, value: number, cycle: number, oldBus: number): void {
    super.writeRegister(register < 2 ? register ^ 1 : register, value, cycle, oldBus);
  }

  #signed(register: number, value: number): number {
    const { signature, signatureMask } = this.traits;
    return register === 2 ? (value & ~signatureMask) | signature : value;
  }
}
