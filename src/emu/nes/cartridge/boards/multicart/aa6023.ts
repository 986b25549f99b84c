import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3, RAM_PROTECT } from "../nintendo/mmc3.ts";
import { mirrorOne } from "../parts/register-board.ts";

const OUTER = FREE; // six registers
const MIXED_CHR = FREE + 4;
/** SMD72A only: a second copy of register 1, clocked by two of its own bits. */
const SECOND_LATCH = FREE + 6;

// Wirings: the submapper without its lowest bit, which gives the position of the registers.
const REVISED = 2;
const LD622D = 4;
const J_852C = 6;
const SMD72A = 8;
const SMD172C = 10;

/**
 * Mapper 268, the AA6023 ASIC (COOLBOY, MINDKIDS, SMD132, SMD133): an MMC3 whose upper PRG and CHR address
 * lines come from outer registers. Masks select the source of each bit. It also has a GNROM mode. Mapper 224
 * (KT-008) is such a board too. https://www.nesdev.org/wiki/NES_2.0_Mapper_268
 */
class Aa6023 extends Mmc3 {
  readonly #wiring = this.image.mapper === 224 ? 0 : this.image.submapper & ~1;
  readonly #firstRegister = this.#registersAt();

  protected override initialize(): void {
    this.registers.fill(0, OUTER, SECOND_LATCH + 1);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
      return;
    }
    if (address >= 0x6000) this.#writeRam(address, value);
    if ((address & 0xf000) === this.#firstRegister) this.#writeOuter(address & 7, value);
  }

  /**
   * The registers have the addresses of RAM but do not depend on it, so writes to RAM go through
   * `writeRegister`.
   */
  protected override mapRam(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0, (this.registers[RAM_PROTECT] & 0xa0) !== 0, false);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const outer = this.registers;
    const isGnrom = (outer[OUTER + 3] & 0x10) !== 0;
    const mmc3Mask =
      (isGnrom ? 0 : 0x0f) |
      ((outer[OUTER] & 0x40) !== 0 ? 0 : 0x10) |
      ((outer[OUTER + 1] & 0x80) !== 0 ? 0 : 0x20) |
      ((outer[OUTER + 1] & 0x40) !== 0 ? 0x40 : 0) |
      ((outer[OUTER + 1] & 0x20) !== 0 ? 0x80 : 0);
    const cpuMask = isGnrom ? this.#gnromMask : 0;
    const offset = this.#prgOffset & ~(mmc3Mask | cpuMask);
    super.mapPrgBank(slot, (bank & mmc3Mask) | offset | (slot & cpuMask));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory, registers } = this;
    const isGnrom = (registers[OUTER + 3] & 0x10) !== 0;
    const mmc3Mask = isGnrom ? 0 : (registers[OUTER] & 0x80) !== 0 ? 0x7f : 0xff;
    const ppuMask = isGnrom ? 7 : 0;
    const offset =
      ((registers[OUTER] << 9) & 0xc00) |
      ((registers[OUTER] << 4) & 0x380) |
      ((registers[OUTER + 2] << 3) & 0x78);
    const mapped = (bank & mmc3Mask) | (offset & ~(mmc3Mask | ppuMask)) | (slot & ppuMask);
    const mixed = registers[MIXED_CHR];
    const isRam = (mixed & 1) !== 0 && (bank & 0xfe) === (mixed & 0xfe) && memory.chrRam.bytes > 0;
    const isWritable = this.#wiring !== SMD72A || (registers[OUTER] & 0x10) === 0;
    memory.mapPpu(slot * KIB, KIB, isRam ? memory.chrRam : memory.chr, mapped, isWritable);
  }

  protected override mapNametables(): void {
    const mode = this.registers[OUTER];
    if (this.#wiring === SMD172C && (mode & 0x20) === 0) {
      mirrorOne(this.memory, mode & 0x10);
    } else super.mapNametables();
  }

  #registersAt(): number {
    if (this.image.mapper === 224 || (this.image.submapper & 1) !== 0) return 0x5000;
    return this.#wiring === REVISED ? 0x7000 : 0x6000;
  }

  #writeRam(address: number, value: number): void {
    const protect = this.registers[RAM_PROTECT];
    const page = this.memory.cpuReadPages[address >> 11];
    if (((protect & 0xc0) === 0x80 || (protect & 0x20) !== 0) && page >= 0) {
      this.memory.bytes[page + (address & 0x7ff)] = value;
    }
  }

  #writeOuter(index: number, value: number): void {
    const { registers } = this;
    if (index > 5 || ((registers[OUTER + 3] & 0x80) !== 0 && index !== 2)) return;
    if (this.#wiring === SMD72A && index === 1 && (value & 0x0c) === 0x0c) registers[SECOND_LATCH] = value;
    registers[OUTER + index] = index === 2 ? this.#unlocked(value) : value;
    this.updateBanks();
  }

  /** The value of register 2 after a write: bit 7 locks bits 4–6, which lock bits 1–3. */
  #unlocked(value: number): number {
    const old = this.registers[OUTER + 2];
    const upper = (old & 0x80) !== 0 ? (value & 0x0f) | (old & 0xf0) : value;
    return upper & (((~old >> 3) & 0x0e) | 0xf1);
  }

  /** The PRG bank bits that are the CPU's own address lines in GNROM mode. */
  get #gnromMask(): number {
    const mode = this.registers[OUTER + 1];
    if (this.#wiring === REVISED) return (mode & 0x10) !== 0 ? 1 : 3;
    return (mode & 2) !== 0 ? 3 : 1;
  }

  get #prgOffset(): number {
    const { registers } = this;
    const low = registers[OUTER];
    const high = registers[OUTER + 1];
    const base = (registers[OUTER + 3] & 0x0e) | ((low << 4) & 0x70);
    const both = ((high << 3) & 0x80) | ((high << 6) & 0x300) | ((low << 6) & 0xc00);
    switch (this.#wiring) {
      case REVISED:
        return (
          base | ((high << 4) & 0x80) | ((high << 6) & 0x100) | ((high << 8) & 0x200) | ((low << 6) & 0xc00)
        );
      case LD622D:
        return base | ((low << 3) & 0x180);
      case J_852C:
        return this.#chipOffset(base | both);
      case SMD72A: {
        const second = registers[SECOND_LATCH];
        return base | ((high << 3) & 0x80) | ((second << 8) & 0x300) | ((second << 6) & 0xc00);
      }
      default:
        return base | both | ((~high << 12) & 0x1000);
    }
  }

  /** J-852C: CHR A17 chooses one of two PRG ROMs. */
  #chipOffset(offset: number): number {
    const { registers } = this;
    const chipBanks = this.memory.prgRom.bytes / (16 * KIB);
    const a17 = (registers[OUTER] & 0x80) !== 0 ? registers[OUTER] & 0x08 : registers[0] & 0x80;
    return (offset & (chipBanks - 1)) | (a17 !== 0 ? chipBanks : 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 224,
    name: "Jncota KT-008",
    board: Aa6023,
    wiki: ["INES_Mapper_224"],
    ram: { insteadOfRomBytes: 256 * KIB },
  },
  {
    mapper: 268,
    name: "AA6023 (COOLBOY, MINDKIDS)",
    board: Aa6023,
    wiki: ["NES_2.0_Mapper_268"],
    unif: [{ names: "BOY COOLBOY" }, { names: "MINDKIDS", submapper: 1 }],
    knownSubmappers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ram: { insteadOfRomBytes: 256 * KIB },
  },
];
