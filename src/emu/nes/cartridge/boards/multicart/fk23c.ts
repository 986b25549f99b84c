import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { BANK_SELECT, FREE, Mmc3, RAM_PROTECT } from "../nintendo/mmc3.ts";
import { FOUR_MIRRORINGS, within } from "../parts/outer-mmc3.ts";

const MODE = FREE; // PCTm PMMM
const PRG_BASE = FREE + 1;
const CHR_BASE = FREE + 2;
const EXTENDED = FREE + 3; // bit 1: the MMC3 has twelve bank registers
const PRG_BASE_HIGH = FREE + 5; // JX9003B only
const CHR_BASE_HIGH = FREE + 6; // JX9003B only
/** R8–R11, which exist in extended mode: PRG at $C000 and $E000, CHR at $0400 and $0C00. */
const EXTRA_BANKS = FREE + 8;
const LATCH = FREE + 12;
const HST_PRG_BASE = FREE + 13;

/** Number of bits of an 8 KiB PRG bank that come from the MMC3, by the low three bits of the mode. */
const PRG_MASKS = [0x3f, 0x1f, 0x0f, 0, 0, 0, 0x7f, 0xff];

const NROM_128 = 3;
const NROM_256 = 4;
const UNROM = 5;

// Submappers.
const FK = 1;
const FS005 = 2;
const JX9003B = 3;
const GAMESTAR = 4;
const HST_162 = 5;

/**
 * iNES 1.0 headers do not distinguish the variants. ROM sizes and the battery do for all known images.
 * https://www.nesdev.org/wiki/INES_Mapper_176
 */
function variantOf(image: CartridgeImage): number {
  if (image.exactHeader || image.submapper !== 0) return image.submapper;
  const prgKib = image.prgRom.length / KIB;
  const chrKib = image.chrRom.length / KIB;
  if (image.battery || (prgKib >= 8192 && chrKib === 0)) return FS005;
  if (prgKib === 4096 && chrKib === 0) return JX9003B;
  const isFk = [1024, 256, 128].includes(prgKib) && chrKib === (prgKib === 1024 ? 1024 : prgKib / 2);
  return isFk ? FK : 0;
}

/**
 * Mapper 176, the 8025 ASIC: an MMC3 with outer banks, NROM, UNROM and CNROM modes and, in an extended
 * mode, twelve bank registers. The DIP switch that moves the registers is in its first position.
 * https://www.nesdev.org/wiki/INES_Mapper_176
 * Mapper 523 is the same with CHR banks of twice the size and wired mirroring.
 */
class Fk23c extends Mmc3 {
  readonly #variant = variantOf(this.image);

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x8000) this.#writeOuter(address, value);
    else this.#writeHigh(address, value, cycle);
  }

  protected override mapRam(): void {
    if (!this.#hasExtendedRam) {
      super.mapRam();
      if (this.#variant === FS005) this.memory.unmapCpu(0x5000, 4 * KIB);
      return;
    }
    const bank = this.registers[RAM_PROTECT] & 3;
    this.memory.mapPrgRam(0x6000, 8 * KIB, bank);
    // The upper half of the next bank is mapped here. While the outer registers are enabled, they take the
    // writes.
    this.memory.mapPrgRam(0x5000, 4 * KIB, 2 * ((bank + 1) & 3) + 1, true, !this.#outerIsEnabled);
  }

  protected override mapPrgBanks(): void {
    const { memory, registers } = this;
    const base = this.#prgBase;
    const mode = registers[MODE] & 7;
    if (mode === NROM_256) {
      memory.mapPrg(0x8000, 32 * KIB, base >> 1);
    } else if (mode === NROM_128) {
      memory.mapPrg(0x8000, 16 * KIB, base);
      memory.mapPrg(0xc000, 16 * KIB, base);
    } else if (mode === UNROM) {
      memory.mapPrg(0x8000, 16 * KIB, within(registers[LATCH], 7, base));
      memory.mapPrg(0xc000, 16 * KIB, base | 7);
    } else {
      super.mapPrgBanks();
    }
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const { registers } = this;
    const isWide = this.#variant === FK || this.#variant === JX9003B;
    const mode = registers[MODE] & 7;
    const mask = isWide && (mode === 0 || this.#isExtended) ? 0xff : PRG_MASKS[mode];
    const inner = bank < 0 && this.#isExtended ? registers[EXTRA_BANKS + 2 + bank] : bank;
    super.mapPrgBank(slot, within(inner, mask, this.#prgBase << 1));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory } = this;
    const mapped = this.#chrBank(slot, bank);
    if (this.image.mapper === 523) {
      if ((slot & 1) === 0) memory.mapChr(slot * KIB, 2 * KIB, mapped);
      return;
    }
    const isRam = memory.chrRam.bytes > 0 && this.#isChrRam(mapped);
    memory.mapPpu(slot * KIB, KIB, isRam ? memory.chrRam : memory.chr, mapped);
  }

  protected override mapNametables(): void {
    if (this.memory.mirroring === "four-screen" || this.image.mapper === 523) return;
    this.memory.mirror(FOUR_MIRRORINGS[this.registers[BANK_SELECT + 1] & (this.#variant === FS005 ? 3 : 1)]);
  }

  protected override initialize(): void {
    const { registers } = this;
    registers.fill(0, MODE, HST_PRG_BASE + 1);
    registers.set([0xfe, 0xff, 0xff, 0xff], EXTRA_BANKS);
    registers[BANK_SELECT] = 0;
    registers[RAM_PROTECT] = 0x80;
    if (this.#variant === FK) registers[PRG_BASE] = 0xff;
  }

  #writeOuter(address: number, value: number): void {
    const { registers } = this;
    if (this.#variant === HST_162 && (address & 0xf800) === 0x4800) registers[HST_PRG_BASE] = value;
    else if ((address & 0xf010) !== 0x5010 || !this.#outerIsEnabled) return;
    else registers[MODE + (address & (this.#variant === JX9003B ? 7 : 3))] = value;
    this.updateBanks();
  }

  #writeHigh(address: number, value: number, cycle: number): void {
    const { registers } = this;
    registers[LATCH] = value;
    const isBankRegister = address < 0xa000;
    if (isBankRegister && (address & 2) !== 0) {
      this.updateBanks();
      return;
    }
    const register = address & 0xe001;
    const selected = registers[BANK_SELECT] & 0x0f;
    if (register === 0x8001 && this.#isExtended && selected >= 8) {
      if (selected < 12) registers[EXTRA_BANKS + selected - 8] = value;
      this.updateBanks();
    } else if (register === 0x8000 && this.#variant === FS005 && (value & 0xfe) === 0x46) {
      this.writeMmc3(register, value ^ 1, cycle);
    } else {
      const isPlainRamConfig = register === 0xa001 && (this.#variant !== FS005 || (value & 0x20) === 0);
      this.writeMmc3(register, isPlainRamConfig ? value & 0xc0 : value, cycle);
    }
  }

  /** The outer 16 KiB bank. */
  get #prgBase(): number {
    const { registers } = this;
    const mode = registers[MODE];
    const chrBase = registers[CHR_BASE];
    const base = registers[PRG_BASE] & 0x7f;
    switch (this.#variant) {
      case FS005:
        return (
          base |
          ((mode << 4) & 0x080) |
          ((mode << 1) & 0x100) |
          ((chrBase << 3) & 0x600) |
          ((chrBase << 6) & 0x800)
        );
      case JX9003B:
        return base | (registers[PRG_BASE_HIGH] << 7);
      case GAMESTAR:
        return base | (chrBase & 0x80);
      case HST_162:
        return (base & 0x1f) | (registers[HST_PRG_BASE] << 5);
      default:
        return base;
    }
  }

  #chrBank(slot: number, bank: number): number {
    const { registers } = this;
    const high = this.#variant === JX9003B ? registers[CHR_BASE_HIGH] << 8 : 0;
    const base = registers[CHR_BASE] | high;
    const isSmall = (registers[MODE] & 0x10) !== 0;
    if ((registers[MODE] & 0x40) !== 0) return (this.#cnromBank(base, isSmall) << 3) | slot;
    const inner = this.#isExtended ? this.#extendedChrBank(slot) : bank;
    return within(inner, isSmall ? 0x7f : 0xff, base << 3);
  }

  /** 8 KiB CHR banks. The FK boards have a latch for their low bits; on the HST-162 the bits are ORed. */
  #cnromBank(base: number, isSmall: boolean): number {
    const { registers } = this;
    const hasLatch = this.#variant === FK || this.#variant === HST_162;
    if (!hasLatch || (registers[MODE] & 0x20) !== 0) return base;
    const mask = isSmall ? 1 : 3;
    return this.#variant === HST_162
      ? base | (registers[LATCH] & mask)
      : within(registers[LATCH], mask, base);
  }

  #extendedChrBank(slot: number): number {
    const { registers } = this;
    const place = (registers[BANK_SELECT] & 0x80) !== 0 ? slot ^ 4 : slot;
    if (place >= 4) return registers[place - 2];
    return (place & 1) === 0 ? registers[place >> 1] : registers[EXTRA_BANKS + 2 + (place >> 1)];
  }

  /**
   * On boards with both CHR ROM and RAM, submappers 0 and 1 switch all of CHR to RAM, the FS005 only the
   * first 8 KiB.
   */
  #isChrRam(bank: number): boolean {
    if (this.memory.chrRom.bytes === 0) return true;
    if (this.#variant <= FK) return (this.registers[MODE] & 0x20) !== 0;
    return this.#hasExtendedRam && (this.registers[RAM_PROTECT] & 4) !== 0 && bank < 8;
  }

  /** In submappers without extended mode, games do not set the bit. */
  get #isExtended(): boolean {
    return (this.registers[EXTENDED] & 2) !== 0;
  }

  get #hasExtendedRam(): boolean {
    return this.#variant === FS005 && (this.registers[RAM_PROTECT] & 0x20) !== 0;
  }

  get #outerIsEnabled(): boolean {
    return !this.#hasExtendedRam || (this.registers[RAM_PROTECT] & 0x40) !== 0;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 176,
    name: "8025 ASIC (FK23C, FS005)",
    board: Fk23c,
    wiki: ["INES_Mapper_176"],
    unif: [
      { names: "SUPER24IN1SC03" },
      { names: "FK23C FK23CA", submapper: FK },
      { names: "WAIXING-FS005", submapper: FS005 },
    ],
    knownSubmappers: [FK, FS005, JX9003B, GAMESTAR, HST_162],
    // Waixing's single games have 32 KiB; all others have 8 KiB or none.
    ram: { prgBytes: 32 * KIB, insteadOfRomBytes: 256 * KIB },
  },
  { mapper: 523, name: "Jncota KT-xxx (8025 ASIC)", board: Fk23c, wiki: ["NES_2.0_Mapper_523"] },
];
