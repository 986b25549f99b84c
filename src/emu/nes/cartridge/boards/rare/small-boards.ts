/**
 * Boards of single games with few registers. What has no page in the wiki follows NintendulatorNRS and
 * FCEUmm.
 */
import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_WRITES } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { Namco108 } from "../namco/namco-108.ts";
import { FREE } from "../nintendo/mmc3.ts";
import { latchBoard } from "../parts/latch.ts";
import { outerMmc3 } from "../parts/outer-mmc3.ts";
import { map16, mapNrom64, mirrorBy, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 415, 0353, a game from disk: D0–D3 the bank at $6000, D4 mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_415
 */
const Multicart0353 = latchBoard({
  banks(memory, data) {
    memory.mapPrg(0x6000, 8 * KIB, data);
    memory.mapPrg(0x8000, 32 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & 0x10);
  },
});

/**
 * Mapper 538, 60-1064-16L, a game from disk: the register at $C000–$DFFF selects the bank at $6000 and that
 * at $8000. The game writes to the disk system's sound, which the cartridge does not have.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_538
 */
const Disk601064 = latchBoard({
  decode: { mask: 0xe000, match: 0xc000 },
  banks(memory, data) {
    memory.mapPrg(0x6000, 8 * KIB, data | 1);
    memory.mapPrg(0x8000, 32 * KIB, 3);
    memory.mapPrg(0x8000, 8 * KIB, (data & 9) === 1 ? 10 : data & ~1);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** Bits of the data of mapper 452. Those of the place of RAM are 4 and 5. */
const HORIZONTAL_452 = 1;
const NROM_128_452 = 2;
const LAST_BANK_4 = 4;
const NROM_256_452 = 8;
const LAST_BANK_8 = 0x40;

/**
 * Mapper 452, DS-9-27: A1–A8 of a write to $8000–$DFFF are the 8 KiB bank, the data the mode, and where RAM
 * takes the place of 8 KiB of ROM; in the NROM-128 mode, of 8 KiB in each half. RAM at $E000 takes writes.
 * Elsewhere they go to the registers only; puNES writes RAM there too.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_452
 */
const Ds927 = registerBoard({
  onReset: "restores",
  chips: ({ prgRamBytes, prgNvramBytes }) =>
    prgRamBytes + prgNvramBytes > 0 ? {} : { prgRamBytes: 8 * KIB },
  write(registers, address, value) {
    if (address < 0x8000 || address >= 0xe000) return false;
    registers.set([(address >> 1) & 0xff, value]);
    return true;
  },
  banks(memory, [bank, data]) {
    memory.unmapCpu(0x6000, 8 * KIB);
    if ((data & NROM_128_452) !== 0) mapNrom64(memory, bank);
    else if ((data & NROM_256_452) !== 0) {
      for (let slot = 0; slot < 3; slot++) memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, bank | slot);
      const is4 = (data & LAST_BANK_4) !== 0;
      const higher = is4 ? ((data & LAST_BANK_8) !== 0 ? 12 : 4) : 0;
      memory.mapPrg(0xe000, 8 * KIB, bank | 3 | higher);
    } else map16(memory, bank >> 1, 0);
    const place = 0x8000 + ((data & 0x30) << 9);
    overlayRam452(memory, place);
    if ((data & NROM_128_452) !== 0) overlayRam452(memory, place ^ 0x4000);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & HORIZONTAL_452);
  },
});

function overlayRam452(memory: CartridgeMemory, address: number): void {
  memory.mapCpu(address, 8 * KIB, memory.ram, 0, true, address === 0xe000);
}

/** The 256-byte pages of mapper 539 that are RAM. */
const RAM_539 = new Set([0x60, 0x62, 0x64, 0x65, 0x82, 0xdf]);

/** The address in the RAM of mapper 539, or −1 if `address` is none of it. */
function ramOf539(address: number): number {
  const page = address >> 8;
  if ((page < 0xc0 || page > 0xd1) && !RAM_539.has(page)) return -1;
  return (address & 0x1fff) | (page < 0xc0 ? 0x1000 : 0) | (page < 0x80 ? 0x800 : 0);
}

/**
 * Mapper 539, a conversion of a game from disk: 8 KiB of RAM take the place of single pages of ROM. $A000
 * selects the bank there, bit 3 of $4025 or $F000 horizontal mirroring. This follows NintendulatorNRS.
 */
const Disk539 = registerBoard({
  initial: [0, 8],
  write(registers, address, value, memory) {
    const ram = ramOf539(address);
    if (ram >= 0 && memory.prgRam.bytes > ram) memory.bytes[memory.prgRam.offset + ram] = value;
    if ((address & 0xf000) === 0xa000) registers[0] = value;
    else if (address >= 0xf000 || address === 0x4025) registers[1] = value & 8;
    else return false;
    return true;
  },
  read(_registers, address, openBus, memory) {
    const ram = ramOf539(address);
    if (ram >= 0) return memory.prgRam.bytes > ram ? memory.bytes[memory.prgRam.offset + ram] : openBus;
    const bank = { 3: 13, 4: 12, 6: 14 }[address >> 13];
    if (bank === undefined) return openBus;
    return memory.bytes[memory.prgRom.offset + ((bank * 8 * KIB + (address & 0x1fff)) % memory.prgRom.bytes)];
  },
  chips: () => ({ prgRamBytes: 8 * KIB, prgNvramBytes: 0 }),
  banks(memory, [bank, mirroring]) {
    memory.mapPrg(0x6000, 8 * KIB, 13);
    memory.mapPrg(0x8000, 8 * KIB, 12);
    memory.mapPrg(0xa000, 8 * KIB, bank);
    memory.mapPrg(0xc000, 16 * KIB, 7);
    for (const page of [0x6000, 0x8000, 0xc000, 0xc800, 0xd000, 0xd800]) memory.unmapCpu(page, 2 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mirroring);
  },
});

/**
 * Mapper 549, Kaiser KS-7016B, a game from disk: A2–A5 of a write to ROM are the bank at $6000; A5 sets bit 2
 * too. https://www.nesdev.org/wiki/NES_2.0_Mapper_549
 */
const Ks7016b = latchBoard({
  banks(memory, _data, address) {
    memory.mapPrg(0x6000, 8 * KIB, ((address >> 2) & 0x0f) | ((address >> 3) & 4));
    memory.mapPrg(0x8000, 32 * KIB, 2);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 533, Sachen 3014: D4 the CHR bank, with bus conflicts. Reads at $E000–$EFFF give D4–D7 of the latch
 * in their low bits. https://www.nesdev.org/wiki/NES_2.0_Mapper_533
 */
const Sachen3014 = registerBoard({
  write(registers, address, value, memory) {
    if (address < 0x8000) return false;
    const at = memory.prgRom.offset + (address & 0x7fff);
    registers[0] = value & memory.bytes[at];
    return true;
  },
  read: (registers, address, openBus, memory) =>
    (address & 0xf000) === 0xe000
      ? (memory.bytes[memory.prgRom.offset + (address & 0x7fff)] & 0xf0) | (registers[0] >> 4)
      : openBus,
  banks(memory, registers) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.unmapCpu(0xe000, 4 * KIB);
    memory.mapChr(0x0000, 8 * KIB, registers[0] >> 4);
  },
});

/**
 * Mapper 553, Sachen 3013: reads at $8000–$BFFF give $3A. https://www.nesdev.org/wiki/NES_2.0_Mapper_553
 */
const Sachen3013 = registerBoard({
  write: () => false,
  read: (_registers, address, openBus) => (address >= 0x8000 ? 0x3a : openBus),
  banks(memory) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.unmapCpu(0x8000, 16 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mappers 418, 820106-C, and 557, NTDEC 2718: a Namcot 108 clone with CHR RAM, where a bit of R5 is
 * mirroring. https://www.nesdev.org/wiki/NES_2.0_Mapper_418 and
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_557
 */
class Namco108WithChrRam extends Namco108 {
  protected override mapChr(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.memory.mapChr(0x0000, 8 * KIB, 0);
  }

  protected override mapNametables(): void {
    mirrorBy(this.memory, this.registers[5] & (this.image.mapper === 418 ? 1 : 0x20));
  }
}

/** Mapper 486, Kaiser KS-7009: a Namcot 108 whose eight registers are at $8000–$9FFF, by A0–A2. */
class Ks7009 extends Namco108 {
  protected override writeChip(address: number, value: number): void {
    if (address < 0xa000) this.registers[address & 7] = value & 0x3f;
  }
}

/**
 * Mapper 512, Zhongguo Daheng: an MMC3 whose register at $4100 selects 4 KiB of CHR RAM instead of CHR ROM,
 * or another 4 KiB as four nametables. https://www.nesdev.org/wiki/NES_2.0_Mapper_512
 */
class ZhongguoDaheng extends outerMmc3({
  write(outer, address, value) {
    if ((address & 0xf100) !== 0x4100) return false;
    outer[0] = value & 3;
    return true;
  },
  chr: (bank, _slot, { 0: mode }) => ((mode & 2) !== 0 ? bank & 3 : bank),
  isChrRam: (_bank, { 0: mode }) => (mode & 2) !== 0,
}) {
  override updateBanks(): void {
    super.updateBanks();
    if (this.registers[FREE] === 1) this.memory.mapPpu(0x2000, 4 * KIB, this.memory.chrRam, 1);
  }
}

/** After the four registers: the last data written to $4016. */
const OUT_604 = 4;

/**
 * Mapper 604, Dancing Expert: by A8–A9 of $5000–$57FF, the 16 KiB bank, and the low bits of the CHR bank,
 * whose other bits are the last data written to $4016.
 */
class DancingExpert extends Board {
  override readonly hooks: number = HOOK_CPU_WRITES;

  override reset(): void {
    this.registers.fill(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address === 0x4016) this.registers[OUT_604] = value;
    else if ((address & 0xf800) === 0x5000) this.registers[(address >> 8) & 3] = value;
    else return;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    map16(memory, registers[0], -1);
    memory.mapChr(0x0000, 8 * KIB, (registers[OUT_604] << 2) | (registers[1] & 3));
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 415, name: "0353", board: Multicart0353, wiki: ["NES_2.0_Mapper_415"] },
  {
    mapper: 418,
    name: "820106-C, 821007C (Namcot 108)",
    board: Namco108WithChrRam,
    wiki: ["NES_2.0_Mapper_418"],
  },
  { mapper: 452, name: "DS-9-27", board: Ds927, wiki: ["NES_2.0_Mapper_452"] },
  { mapper: 486, name: "Kaiser KS-7009 (Namcot 108)", board: Ks7009 },
  {
    mapper: 512,
    name: "Zhongguo Daheng (MMC3)",
    board: ZhongguoDaheng,
    wiki: ["NES_2.0_Mapper_512"],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 533, name: "Sachen 3014", board: Sachen3014, wiki: ["NES_2.0_Mapper_533"] },
  {
    mapper: 538,
    name: "60-1064-16L",
    board: Disk601064,
    wiki: ["NES_2.0_Mapper_538"],
  },
  { mapper: 539, name: "Parthena no Kagami (from disk)", board: Disk539 },
  {
    mapper: 549,
    name: "Kaiser KS-7016B",
    board: Ks7016b,
    wiki: ["NES_2.0_Mapper_549"],
  },
  { mapper: 553, name: "Sachen 3013", board: Sachen3013, wiki: ["NES_2.0_Mapper_553"] },
  {
    mapper: 557,
    name: "NTDEC 2718 (Namcot 108)",
    board: Namco108WithChrRam,
    wiki: ["NES_2.0_Mapper_557"],
  },
  { mapper: 604, name: "Dancing Expert", board: DancingExpert },
];
