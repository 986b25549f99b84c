import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";

const PRG = 0;
const CHR = 1;
const LAST = 2;

const LOAD_PRG = 0x80;
const LOAD_CHR = 0x40;

/**
 * Mapper 72, Jaleco JF-17: rising edges of bits 7 and 6 load the PRG and the CHR bank from bits 0–3. The
 * speech chip is not emulated. https://www.nesdev.org/wiki/INES_Mapper_072
 */
class Jf17 extends Board {
  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    const { registers } = this;
    const data = this.busConflict(address, value);
    const rises = data & ~registers[LAST];
    if ((rises & LOAD_PRG) !== 0) registers[PRG] = data & 0x0f;
    if ((rises & LOAD_CHR) !== 0) registers[CHR] = data & 0x0f;
    registers[LAST] = data;
    this.updateBanks();
  }

  override updateBanks(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.mapPrg(this.registers[PRG]);
    this.memory.mapChr(0x0000, 8 * KIB, this.registers[CHR]);
  }

  protected mapPrg(bank: number): void {
    this.memory.mapPrg(0x8000, 16 * KIB, bank);
    this.memory.mapPrg(0xc000, 16 * KIB, -1);
  }
}

/** Mapper 92, Jaleco JF-19: as 72, with the first bank fixed. https://www.nesdev.org/wiki/INES_Mapper_092 */
class Jf19 extends Jf17 {
  protected override mapPrg(bank: number): void {
    this.memory.mapPrg(0x8000, 16 * KIB, 0);
    this.memory.mapPrg(0xc000, 16 * KIB, bank);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 72,
    name: "Jaleco JF-17",
    board: Jf17,
    wiki: ["INES_Mapper_072"],
  },
  {
    mapper: 92,
    name: "Jaleco JF-19",
    board: Jf19,
    wiki: ["INES_Mapper_092"],
  },
];

/** Names of its registers. */
export const JF17_REGISTERS: RegisterNames = {
  board: Jf17,
  places: {
    prg: PRG,
    chr: CHR,
    lastWrite: LAST,
  },
};
