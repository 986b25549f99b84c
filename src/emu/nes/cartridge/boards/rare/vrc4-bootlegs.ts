/** Bootlegs of single games on a VRC4 with changes. */
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { isSelectedRam, watchChrWrites } from "../parts/chr-ram-select.ts";

/**
 * Mapper 542, JYV610 830626C: a VRC4 with ROM at $6000. A write with A11 to $D000 maps the second page of
 * CIRAM at PPU $0C00, one to $E000 CHR ROM again. https://www.nesdev.org/wiki/NES_2.0_Mapper_542
 */
class Jyv610 extends Vrc2And4 {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    const isSwitch = address >= 0xd000 && address < 0xf000 && (address & 0x800) !== 0;
    if (isSwitch) this.registers[VRC4_FREE] = (address >> 12) & 1;
    else super.writeBoard(address, value, cycle);
  }

  protected override mapBanks(): void {
    const { memory } = this;
    super.mapBanks();
    memory.mapPrg(0x6000, 8 * KIB, 0x0f);
    if (this.registers[VRC4_FREE] !== 0) memory.mapPpu(0x0c00, KIB, memory.ciram, 1);
  }
}

const PRG_C000 = VRC4_FREE;
const NAMETABLES = VRC4_FREE + 1;
const CHR_RAM_SELECT = VRC4_FREE + 5;

/** A VRC4 whose register at $9C00 is the PRG bank at $C000 or, with A2, the page of one of the nametables. */
abstract class WithExternalSelect extends Vrc2And4 {
  override powerOn(): void {
    super.powerOn();
    this.registers.set([0xfe, 0, 0, 1, 1], PRG_C000);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if ((address & 0xfc00) === 0x9c00)
      this.registers[(address & 4) !== 0 ? NAMETABLES + (address & 3) : PRG_C000] = value;
    else super.writeBoard(address, value, cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    super.mapBanks();
    memory.mapPrg(0xc000, 8 * KIB, registers[PRG_C000]);
    for (let nametable = 0; nametable < 4; nametable++)
      memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.ciram, registers[NAMETABLES + nametable] & 1);
  }
}

/**
 * Mapper 559, Subor Sango II: high nibbles of CHR banks and of the counter are the high nibbles of the data.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_559
 */
class SangoII extends WithExternalSelect {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    super.writeBoard(address, address >= 0xb000 && (address & 0x400) !== 0 ? value >> 4 : value, cycle);
  }
}

/**
 * Mapper 544, Waixing FS306: four CHR banks are RAM, or two, or none. A PPU write to ROM through a bank of
 * $80 or above selects which, by the number of that bank.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_544
 */
class Fs306 extends WithExternalSelect {
  constructor(parts: BoardParts) {
    super(parts);
    watchChrWrites(
      this.memory,
      (page) => this.chrBank(page),
      (bank) => {
        this.registers[CHR_RAM_SELECT] = bank;
        this.updateBanks();
      },
    );
  }

  override powerOn(): void {
    super.powerOn();
    this.registers[CHR_RAM_SELECT] = 0x80;
  }

  protected override mapBanks(): void {
    const { memory } = this;
    super.mapBanks();
    const selected = this.registers[CHR_RAM_SELECT];
    for (let page = 0; page < 8; page++) {
      const bank = this.chrBank(page);
      if (isSelectedRam(bank, selected)) memory.mapPpu(page * KIB, KIB, memory.chrRam, bank);
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 542, name: "JYV610 830626C", board: Jyv610, wiki: ["NES_2.0_Mapper_542"] },
  {
    mapper: 544,
    name: "Waixing FS306 (VRC4)",
    board: Fs306,
    wiki: ["NES_2.0_Mapper_544"],
    ram: { besideRomBytes: 2 * KIB },
  },
  { mapper: 559, name: "Subor Sango II", board: SangoII, wiki: ["NES_2.0_Mapper_559"] },
];
