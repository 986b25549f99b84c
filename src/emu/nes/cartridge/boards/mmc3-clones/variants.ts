import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT, FREE, Mmc3, RAM_PROTECT } from "../nintendo/mmc3.ts";

/** Mapper 118, TxSROM: CHR A17 of each bank is CIRAM A10. https://www.nesdev.org/wiki/INES_Mapper_118 */
class Txsrom extends Mmc3 {
  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, bank);
    if (slot < 4) this.memory.mapPpu(0x2000 + slot * KIB, KIB, this.memory.ciram, bank >> 7);
  }

  protected override mapNametables(): void {}
}

/** The CHR banks that are RAM: those with `bank & mask === match`. */
interface RamBanks {
  readonly mask: number;
  readonly match: number;
}

const RAM_BANKS: Readonly<Record<number, RamBanks>> = {
  74: { mask: 0xfe, match: 0x08 },
  119: { mask: 0x40, match: 0x40 },
  191: { mask: 0x80, match: 0x80 },
  192: { mask: 0xfc, match: 0x08 },
  194: { mask: 0xfe, match: 0x00 },
};

/**
 * Mappers 119 (TQROM), 74, 191, 192 and 194: CHR ROM and CHR RAM, selected by the bank number.
 * https://www.nesdev.org/wiki/INES_Mapper_119 and https://www.nesdev.org/wiki/INES_Mapper_192
 */
class Mmc3ChrRam extends Mmc3 {
  readonly #ram = RAM_BANKS[this.image.mapper];

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory } = this;
    const isRam = (bank & this.#ram.mask) === this.#ram.match;
    memory.mapPpu(
      slot * KIB,
      KIB,
      isRam ? memory.chrRam : memory.chrRom,
      isRam ? bank & ~this.#ram.mask : bank,
    );
  }
}

/**
 * A multicart's outer bank register at the addresses of PRG RAM: it can be written only while that RAM is
 * enabled.
 */
abstract class Mmc3Outer extends Mmc3 {
  protected override initialize(): void {
    this.registers[FREE] = 0;
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
    } else if (address >= 0x6000 && (this.registers[RAM_PROTECT] & 0xc0) === 0x80) {
      this.registers[FREE] = value;
      this.updateBanks();
    }
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }
}

/** Mapper 37, PAL-ZZ: Super Mario Bros., Tetris and World Cup. https://www.nesdev.org/wiki/INES_Mapper_037 */
class PalZz extends Mmc3Outer {
  protected override mapPrgBank(slot: number, bank: number): void {
    const q = this.registers[FREE] & 7;
    const is128 = (q & 4) !== 0 && q !== 7;
    const outer = ((q & 4) << 2) | ((q & 3) === 3 ? 8 : 0);
    super.mapPrgBank(slot, outer | (bank & (is128 ? 0x0f : 0x07)));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, ((this.registers[FREE] & 4) << 5) | (bank & 0x7f));
  }
}

/** Mapper 47, NES-QJ: Super Spike V'Ball and World Cup. https://www.nesdev.org/wiki/INES_Mapper_047 */
class NesQj extends Mmc3Outer {
  protected override mapPrgBank(slot: number, bank: number): void {
    super.mapPrgBank(slot, ((this.registers[FREE] & 1) << 4) | (bank & 0x0f));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, ((this.registers[FREE] & 1) << 7) | (bank & 0x7f));
  }
}

/**
 * Mapper 205, JC-016-2: blocks of 256, 256, 128 and 128 KiB. In mapper 367 the address selects them.
 * https://www.nesdev.org/wiki/INES_Mapper_205 and https://www.nesdev.org/wiki/NES_2.0_Mapper_367
 */
class Jc016 extends Mmc3 {
  protected override initialize(): void {
    this.registers[FREE] = 0;
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
    } else if (address >= 0x6000) {
      this.registers[FREE] = (this.image.mapper === 367 ? address : value) & 3;
      this.updateBanks();
    }
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const block = this.registers[FREE];
    super.mapPrgBank(slot, (block << 4) | (bank & (block < 2 ? 0x1f : 0x0f)));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const block = this.registers[FREE];
    super.mapChrBank(slot, (block << 7) | (bank & (block < 2 ? 0xff : 0x7f)));
  }
}

/**
 * Mapper 189, TXC 01-22018-400: 32 KiB PRG banks, selected by the OR of both nibbles of a register at
 * $4120–$7FFF. https://www.nesdev.org/wiki/INES_Mapper_189
 */
class Txc189 extends Mmc3 {
  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
    } else if (address >= 0x4120) {
      this.registers[FREE] = (value | (value >> 4)) & 0x0f;
      this.updateBanks();
    }
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }

  protected override mapPrgBank(slot: number): void {
    super.mapPrgBank(slot, (this.registers[FREE] << 2) | slot);
  }
}

/** How a clone scrambles an MMC3's registers. */
interface Scrambling {
  /** The MMC3 register that a write reaches, by address bits 14, 13 and 0. */
  readonly addresses: readonly number[];
  /** The R register that the low three bits of $8000 select. */
  readonly select: readonly number[];
}

/** The scrambling of each submapper. */
const SCRAMBLINGS: readonly Scrambling[] = [
  {
    addresses: [0xa001, 0xa000, 0x8000, 0xc000, 0x8001, 0xc001, 0xe000, 0xe001],
    select: [0, 3, 1, 5, 6, 7, 2, 4],
  },
  {
    addresses: [0xa001, 0x8001, 0x8000, 0xc001, 0xa000, 0xc000, 0xe000, 0xe001],
    select: [0, 2, 5, 3, 6, 1, 7, 4],
  },
];

/**
 * Mappers 114 and 182, clones with scrambled registers: $6000 can override PRG with NROM banks, $6001 selects
 * a 256 KiB block of CHR. 115 is the same without scrambling. https://www.nesdev.org/wiki/INES_Mapper_114
 */
class Mmc3Scrambled extends Mmc3 {
  readonly #scrambling = SCRAMBLINGS[this.image.submapper] ?? SCRAMBLINGS[0];

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x6000) return;
    if (address < 0x8000) {
      this.registers[FREE + (address & 1)] = value;
      this.updateBanks();
      return;
    }
    if (this.image.mapper === 115) {
      this.writeMmc3(address, value, cycle);
      return;
    }
    const meant = this.#scrambling.addresses[((address >> 12) & 6) | (address & 1)];
    const isSelect = meant === 0x8000;
    this.writeMmc3(meant, isSelect ? (value & 0xf8) | this.#scrambling.select[value & 7] : value, cycle);
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const override = this.registers[FREE];
    if ((override & 0x80) === 0) super.mapPrgBank(slot, bank);
    else if ((override & 0x20) !== 0) super.mapPrgBank(slot, ((override & 0x0e) << 1) | slot);
    else super.mapPrgBank(slot, ((override & 0x0f) << 1) | (slot & 1));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, bank | ((this.registers[FREE + 1] & 1) << 8));
  }
}

/**
 * Mapper 245, Waixing: bit 1 of R0 is PRG A19. CHR RAM is not banked, except that CHR inversion swaps its
 * halves. https://www.nesdev.org/wiki/INES_Mapper_245
 */
class Waixing245 extends Mmc3 {
  protected override mapPrgBank(slot: number, bank: number): void {
    super.mapPrgBank(slot, (bank & 0x3f) | ((this.registers[0] & 2) << 5));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    if (this.memory.chrRom.bytes > 0) super.mapChrBank(slot, bank);
    else super.mapChrBank(slot, slot ^ ((this.registers[BANK_SELECT] & 0x80) >> 5));
  }
}

/**
 * Mapper 250, Nitra: the low address byte is the data, and A10 replaces A0.
 * https://www.nesdev.org/wiki/INES_Mapper_250
 */
class Nitra extends Mmc3 {
  override writeRegister(address: number, _value: number, cycle: number): void {
    if (address >= 0x8000) this.writeMmc3((address & 0xe000) | ((address >> 10) & 1), address & 0xff, cycle);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 37,
    name: "PAL-ZZ (Super Mario Bros. + Tetris + World Cup)",
    board: PalZz,
    wiki: ["INES_Mapper_037"],
    unif: [{ names: "PAL-ZZ" }],
  },
  {
    mapper: 47,
    name: "NES-QJ (Super Spike V'Ball + World Cup)",
    board: NesQj,
    wiki: ["INES_Mapper_047"],
    unif: [{ names: "QJ" }],
  },
  {
    mapper: 74,
    name: "MMC3 clone with 2 KiB CHR RAM",
    board: Mmc3ChrRam,
    wiki: ["INES_Mapper_119", "INES_Mapper_192"],
    ram: { besideRomBytes: 2 * KIB },
  },
  {
    mapper: 114,
    name: "SuperGame MMC3 clone",
    board: Mmc3Scrambled,
    wiki: ["INES_Mapper_114"],
    knownSubmappers: [1],
  },
  {
    mapper: 115,
    name: "Kasheng SFC-02B",
    board: Mmc3Scrambled,
    wiki: ["INES_Mapper_114"],
  },
  {
    mapper: 118,
    name: "TxSROM (TKSROM, TLSROM)",
    board: Txsrom,
    wiki: ["INES_Mapper_118"],
    unif: [{ names: "TKSROM TLSROM" }],
  },
  {
    mapper: 119,
    name: "TQROM",
    board: Mmc3ChrRam,
    wiki: ["INES_Mapper_119", "INES_Mapper_192"],
    unif: [{ names: "TQROM" }],
    ram: { besideRomBytes: 8 * KIB },
  },
  {
    mapper: 182,
    name: "MMC3 with scrambled registers",
    board: Mmc3Scrambled,
    wiki: ["INES_Mapper_114"],
  },
  {
    mapper: 189,
    name: "TXC 01-22018-400 (MMC3)",
    board: Txc189,
    wiki: ["INES_Mapper_189"],
    unif: [{ names: "TXC-22018 01-22018-400" }],
  },
  {
    mapper: 191,
    name: "MMC3 clone with 2 KiB CHR RAM",
    board: Mmc3ChrRam,
    wiki: ["INES_Mapper_119", "INES_Mapper_192"],
    ram: { besideRomBytes: 2 * KIB },
  },
  {
    mapper: 192,
    name: "MMC3 clone with 4 KiB CHR RAM",
    board: Mmc3ChrRam,
    wiki: ["INES_Mapper_119", "INES_Mapper_192"],
    ram: { besideRomBytes: 4 * KIB },
  },
  {
    mapper: 194,
    name: "MMC3 clone with 2 KiB CHR RAM",
    board: Mmc3ChrRam,
    wiki: ["INES_Mapper_119", "INES_Mapper_192"],
    ram: { besideRomBytes: 2 * KIB },
  },
  {
    mapper: 205,
    name: "JC-016-2 (MMC3)",
    board: Jc016,
    wiki: ["INES_Mapper_205"],
    unif: [{ names: "JC-016-2" }],
  },
  {
    mapper: 245,
    name: "Waixing MMC3 with CHR RAM",
    board: Waixing245,
    wiki: ["INES_Mapper_245"],
  },
  {
    mapper: 250,
    name: "Nitra (MMC3)",
    board: Nitra,
    wiki: ["INES_Mapper_250"],
  },
  { mapper: 367, name: "JC-016-2 variant (MMC3)", board: Jc016, wiki: ["NES_2.0_Mapper_367"] },
];
