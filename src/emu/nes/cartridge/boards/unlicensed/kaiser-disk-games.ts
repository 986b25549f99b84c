/** Kaiser's boards for disk games whose windows are smaller than the machine's pages of 2 KiB. */
import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

/** 8 KiB banks of KS-7010 at $8000–$FFFF. */
const FIXED_BANKS = [10, 11, 6, 7];
/** Reads of these addresses select a bank, which is in A2–A5. */
const SWITCHING_READS = [
  [0xcab6, 0xcad7],
  [0xebe2, 0xebe3],
  [0xee32, 0xee33],
  [0xfffc, 0xfffd],
] as const;

/**
 * Mapper 554, KS-7010: Akumajou Dracula from disk. The bank at $6000 and the CHR bank follow reads of some
 * instructions of the game. https://www.nesdev.org/wiki/NES_2.0_Mapper_554
 */
class Ks7010 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override writeRegister(): void {}

  override readRegister(address: number, openBus: number): number {
    const value = this.peekRegister(address, openBus);
    if (SWITCHING_READS.some(([first, last]) => address >= first && address <= last)) {
      this.registers[0] = (address >> 2) & 0x0f;
      this.updateBanks();
    }
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0xc000) return openBus;
    const { bytes, prgRom } = this.memory;
    const bank = FIXED_BANKS[(address >> 13) & 3]!;
    return bytes[prgRom.offset + ((bank * 8 * KIB + (address & 0x1fff)) % prgRom.bytes)];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x6000, 8 * KIB, registers[0]);
    for (const [slot, bank] of FIXED_BANKS.entries()) memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, bank);
    for (const [first] of SWITCHING_READS) memory.unmapCpu(first & 0xf800, 2 * KIB);
    memory.mapChr(0x0000, 8 * KIB, registers[0]);
  }
}

const LOW_BANK = 0;
const HIGH_BANK = 1;
/** Number of banks of 4 KiB in front of those that `HIGH_BANK` selects. */
const LOW_BANKS = 8;
/** Where the last 1 KiB of the RAM at $6000 and the first of that at $CC00 are in `prgRam`. */
const SPLIT_PAGE = 4 * KIB;

/**
 * Mapper 347, KS-7030: Doki Doki Panic from disk. RAM at $6000–$6BFF, $B800–$BFFF and $CC00–$D7FF; a bank of
 * 4 KiB at $7000, and another whose first 1 KiB is at $6C00 and the rest at $C000; the last 32 KiB elsewhere.
 * The addresses of writes to $8000 and $9000 select the banks. https://www.nesdev.org/wiki/NES_2.0_Mapper_347
 */
class Ks7030 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override powerOn(): void {
    this.registers.set([7, 15]);
  }

  override writeRegister(address: number, value: number): void {
    const at = this.#ramAt(address);
    if (at >= 0) this.memory.bytes[at] = value;
    else if ((address & 0xf000) === 0x8000) this.registers[LOW_BANK] = address & 7;
    else if ((address & 0xf000) === 0x9000) this.registers[HIGH_BANK] = address & 0x0f;
    else return;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    const { bytes, prgRom } = this.memory;
    const at = this.#ramAt(address);
    if (at >= 0) return bytes[at];
    const isFirst = (address & 0xfc00) === 0x6c00;
    if (!isFirst && (address & 0xf000) !== 0xc000) return openBus;
    const inBank = isFirst ? address & 0x3ff : KIB + (address & 0xfff);
    const offset = (LOW_BANKS + this.registers[HIGH_BANK]) * 4 * KIB + inBank;
    return bytes[prgRom.offset + (offset % prgRom.bytes)];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x8000, 32 * KIB, -1);
    memory.mapPrgRam(0x6000, 2 * KIB, 0);
    memory.mapPrgRam(0xb800, 2 * KIB, 1);
    memory.mapPrgRam(0xd000, 2 * KIB, 3);
    memory.mapPrg(0x7000, 4 * KIB, registers[LOW_BANK]);
    memory.unmapCpu(0x6800, 2 * KIB);
    memory.unmapCpu(0xc000, 4 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }

  /** Where the RAM at $6800–$6BFF or $CC00–$CFFF is, in halves of a page; −1 elsewhere. */
  #ramAt(address: number): number {
    const half = [0x6800, 0xcc00].indexOf(address & 0xfc00);
    const { prgRam } = this.memory;
    if (half < 0 || prgRam.bytes === 0) return -1;
    return prgRam.offset + ((SPLIT_PAGE + half * KIB + (address & 0x3ff)) % prgRam.bytes);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 347,
    name: "Kaiser KS-7030",
    board: Ks7030,
    wiki: ["NES_2.0_Mapper_347"],
    unif: [{ names: "KS7030" }],
  },
  {
    mapper: 554,
    name: "Kaiser KS-7010",
    board: Ks7010,
    wiki: ["NES_2.0_Mapper_554"],
    unif: [{ names: "KS7010" }],
  },
];
