import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mirrorBy, registerBoard } from "../parts/register-board.ts";

/** Mapper 51, 11-in-1 Ball Games: two modes with ROM at $6000. https://www.nesdev.org/wiki/INES_Mapper_051 */
const BallGames = registerBoard({
  initial: [0, 1],
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x6000) return false;
    if (address < 0x8000) registers[1] = ((value >> 3) & 2) | ((value >> 1) & 1);
    else {
      registers[0] = value & 0x0f;
      if ((address & 0xe000) === 0xc000) registers[1] = ((value >> 3) & 2) | (registers[1] & 1);
    }
    return true;
  },
  banks(memory, [bank, mode]) {
    const isNrom = (mode & 1) !== 0;
    if (isNrom) memory.mapPrg(0x8000, 32 * KIB, bank);
    else map16(memory, (bank << 1) | (mode >> 1), (bank << 1) | 7);
    memory.mapPrg(0x6000, 8 * KIB, (bank << 2) | (isNrom ? 0x23 : 0x2f));
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mode === 3 ? 1 : 0);
  },
});

/**
 * Mapper 55, MARIO1-MALEE2: NROM with 2 KiB of ROM at $6000, which follow the 32 KiB in the image, and 2 KiB
 * of RAM at $7000. https://www.nesdev.org/wiki/INES_Mapper_055
 */
const Malee = registerBoard({
  chips: () => ({ prgRamBytes: 2 * KIB, prgNvramBytes: 0 }),
  write: () => false,
  banks(memory) {
    memory.mapPrg(0x6000, 2 * KIB, 16);
    memory.mapPrg(0x6800, 2 * KIB, 16);
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 103, Doki Doki Panic: 16 KiB of RAM at $6000 and $B800, which can be written even while ROM is
 * visible there. https://www.nesdev.org/wiki/INES_Mapper_103
 */
const DokiDokiPanic = registerBoard({
  write(registers, address, value, memory) {
    const isFirst = address >= 0x6000 && address < 0x8000;
    const isSecond = address >= 0xb800 && address < 0xd800;
    if (isFirst || isSecond) {
      const offset = isFirst ? address - 0x6000 : 8 * KIB + address - 0xb800;
      if (offset < memory.prgRam.bytes) memory.bytes[memory.prgRam.offset + offset] = value;
    } else if ((address & 0xf000) === 0x8000) registers[0] = value & 0x0f;
    else if ((address & 0xf000) === 0xe000) registers[1] = value & 8;
    else if ((address & 0xf000) === 0xf000) registers[2] = value & 0x10;
    return true;
  },
  banks(memory, [bank, mirroring, isRom]) {
    memory.mapPrg(0x8000, 32 * KIB, -1);
    if (isRom !== 0) memory.mapPrg(0x6000, 8 * KIB, bank);
    else {
      memory.mapPrgRam(0x6000, 8 * KIB, 0, true, false);
      memory.mapPrgRam(0xb800, 8 * KIB, 1, true, false);
    }
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mirroring);
  },
});

/**
 * Mapper 104, Pegasus 5-in-1: 128 KiB blocks of UNROM, locked by bit 3.
 * https://www.nesdev.org/wiki/INES_Mapper_104
 */
const GoldenFive = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if (address < 0xa000 && (value & 8) !== 0) registers[0] = value & 7;
    else if (address >= 0xc000) registers[1] = value & 0x0f;
    else return false;
    return true;
  },
  banks(memory, [outer, inner]) {
    map16(memory, (outer << 4) | inner, (outer << 4) | 0x0f);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** Where the registers of mapper 108's submappers are: `address & mask === match`. Number 0 is a union. */
const REGISTERS_108 = [0, 0xf000, 0xe000, 0x8000, 0x8000];

/** A UNIF file of LE05 begins with a chip of 2 KiB, which is all of $E000–$FFFF; the other has 32 KiB. */
function mapLe05Chips(memory: CartridgeMemory): void {
  for (let page = 0; page < 20; page++) {
    const chip2Page = page < 4 ? 12 + page : page - 4;
    memory.mapPrg(0x6000 + page * 2 * KIB, 2 * KIB, page < 16 ? 1 + chip2Page : 0);
  }
}

/**
 * Mapper 108, games from disk: a bank at $6000, and a CHR bank on boards with CHR ROM. Submapper 4, LE05, has
 * only the CHR bank. https://www.nesdev.org/wiki/INES_Mapper_108
 */
const DiskConversion108 = registerBoard({
  initial: [0xff],
  write(registers, address, value, _memory, { submapper }) {
    if (address < 0x8000) return false;
    const first = REGISTERS_108[submapper] ?? 0;
    const isBank = first === 0 ? (address & 0x9000) === 0x8000 || address >= 0xf000 : address >= first;
    if (isBank) registers[0] = submapper === 4 ? 0xff : value;
    else if (first !== 0) return false;
    registers[1] = isBank ? value : value & 1;
    return true;
  },
  banks(memory, [bank, chr]) {
    memory.mapPrg(0x6000, 8 * KIB, bank === 0xff ? -1 : bank);
    memory.mapPrg(0x8000, 32 * KIB, -1);
    if (memory.prg.bytes === 34 * KIB) mapLe05Chips(memory);
    memory.mapChr(0x0000, 8 * KIB, memory.chrRom.bytes > 0 ? chr : 0);
  },
});

/**
 * Mapper 120, Tobidase Daisakusen from disk: a bank at $6000, selected by $41FF.
 * https://www.nesdev.org/wiki/INES_Mapper_120
 */
const Tobidase = registerBoard({
  write(registers, address, value) {
    if (address !== 0x41ff) return false;
    registers[0] = value;
    return true;
  },
  banks(memory, [bank]) {
    memory.mapPrg(0x6000, 8 * KIB, bank);
    memory.mapPrg(0x8000, 32 * KIB, 2);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 143, Sachen TC-A001: NROM with a protection that returns the address inverted.
 * https://www.nesdev.org/wiki/INES_Mapper_143
 */
const Tca01 = registerBoard({
  write: () => false,
  read: (_registers, address, openBus) =>
    (address & 0xe100) === 0x4100 ? (openBus & 0xc0) | (~address & 0x3f) : openBus,
  banks(memory) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

const CHR_LOW = 0; // eight registers
const CHR_HIGH = 8;
const PRG = 16;
const MIRRORING = 17; // 0 until it is written: a single screen

/** Mapper 156, Daou 306: 16-bit CHR banks. https://www.nesdev.org/wiki/INES_Mapper_156 */
const Daou306 = registerBoard({
  write(registers, address, value) {
    if (address >= 0xc000 && address <= 0xc00f) {
      const page = (address & 3) | ((address >> 1) & 4);
      registers[((address & 4) === 0 ? CHR_LOW : CHR_HIGH) + page] = value;
    } else if (address === 0xc010) registers[PRG] = value;
    else if (address === 0xc014) registers[MIRRORING] = 1 + (value & 1);
    else return false;
    return true;
  },
  banks(memory, registers) {
    map16(memory, registers[PRG], -1);
    for (let page = 0; page < 8; page++) {
      memory.mapChr(page * KIB, KIB, registers[CHR_LOW + page] | (registers[CHR_HIGH + page] << 8));
    }
    memory.mirror((["single-0", "vertical", "horizontal"] as const)[registers[MIRRORING] % 3]);
  },
});

/**
 * Mappers 166 and 167, Subor: banks are XORs of two registers. https://www.nesdev.org/wiki/INES_Mapper_166
 */
const Subor = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 13) & 3] = value;
    return true;
  },
  banks(memory, registers, { mapper }) {
    const outer = ((registers[0] ^ registers[1]) & 0x10) << 1;
    const bank = outer | ((registers[2] ^ registers[3]) & 0x1f);
    const isReversed = mapper === 167;
    if ((registers[1] & 8) !== 0)
      map16(memory, (bank & ~1) | (isReversed ? 1 : 0), (bank & ~1) | (isReversed ? 0 : 1));
    else if ((registers[1] & 4) !== 0) map16(memory, 0x1f, bank);
    else map16(memory, bank, isReversed ? 0x20 : 0x07);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 170, Shiko Game Syu: NROM with one bit that can be written and read.
 * https://www.nesdev.org/wiki/INES_Mapper_170
 */
const ShikoGameSyu = registerBoard({
  write(registers, address, value) {
    if (address !== 0x6502 && address !== 0x7000) return false;
    registers[0] = (value << 1) & 0x80;
    return true;
  },
  read: (registers, address, openBus) =>
    address === 0x7001 || address === 0x7777 ? registers[0] | ((address >> 8) & 0x7f) : openBus,
  banks(memory) {
    memory.unmapCpu(0x6000, 8 * KIB);
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 179, Henggedianzi: the bank is at $5000, mirroring at $8000.
 * https://www.nesdev.org/wiki/INES_Mapper_179
 */
const Henggedianzi179 = registerBoard({
  write(registers, address, value) {
    if (address >= 0x8000) registers[1] = value;
    else if ((address & 0xf000) === 0x5000) registers[0] = value;
    else return false;
    return true;
  },
  banks(memory, [bank, mirroring]) {
    memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mirroring & 1);
  },
});

/**
 * Mapper 190, Magic Kid GooGoo: A14 is PRG bit 3, and there are four CHR banks.
 * https://www.nesdev.org/wiki/INES_Mapper_190
 */
const MagicKidGooGoo = registerBoard({
  write(registers, address, value) {
    if ((address & 0xe000) === 0xa000) registers[address & 3] = value;
    else if ((address & 0xa000) === 0x8000) registers[4] = (value & 7) | ((address & 0x4000) >> 11);
    else return false;
    return true;
  },
  banks(memory, registers) {
    map16(memory, registers[4], 0);
    for (let window = 0; window < 4; window++) memory.mapChr(window * 2 * KIB, 2 * KIB, registers[window]);
    memory.mirror("vertical");
  },
});

/**
 * Mapper 216, Bonza and Magic Jewelry 2: A0 PRG, A1–A3 CHR; $5000 reads 0.
 * https://www.nesdev.org/wiki/INES_Mapper_216
 */
const Bonza = registerBoard({
  write(registers, address) {
    if (address < 0x8000) return false;
    registers[0] = address & 0x0f;
    return true;
  },
  read: (_registers, address, openBus) => (address === 0x5000 ? 0 : openBus),
  banks(memory, [latch]) {
    memory.mapPrg(0x8000, 32 * KIB, latch & 1);
    memory.mapChr(0x0000, 8 * KIB, latch >> 1);
  },
});

/** The two PRG bank bits of mapper 244, scrambled as bits 4–5 of a write say. */
function scrambledPrg(bank: number, way: number): number {
  const swapped = (way & 2) === 0 ? bank : ((bank & 1) << 1) | (bank >> 1);
  return (way & 1) === 0 ? swapped : swapped ^ 3;
}

/** Orders of the three CHR bank bits of mapper 244, by bits 4–6 of a write: the source of each bit. */
const CHR_ORDERS = [
  [0, 1, 2],
  [1, 0, 2],
  [0, 2, 1],
  [1, 2, 0],
  [2, 1, 0],
  [2, 0, 1],
];

function scrambledChr(bank: number, way: number): number {
  const order = CHR_ORDERS[way];
  if (order === undefined) return bank ^ 7;
  return order.reduce((bits, from, to) => bits | (((bank >> from) & 1) << to), 0);
}

const PRG_244 = 0;
const CHR_244 = 1;

/**
 * Mapper 244, C&E Decathlon: bit 3 of a write selects CHR or PRG, bits 4–6 the scrambling.
 * https://www.nesdev.org/wiki/INES_Mapper_244
 */
const Decathlon = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if ((value & 8) !== 0) registers[CHR_244] = scrambledChr(value & 7, (value >> 4) & 7);
    else registers[PRG_244] = scrambledPrg(value & 3, (value >> 4) & 3);
    return true;
  },
  banks(memory, registers) {
    memory.mapPrg(0x8000, 32 * KIB, registers[PRG_244]);
    memory.mapChr(0x0000, 8 * KIB, registers[CHR_244]);
  },
});

/**
 * Mapper 521, DreamTech 01 (Korean Igo): a bank at $5020 and a fixed one.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_521
 */
const DreamTech = registerBoard({
  write(registers, address, value) {
    if (address !== 0x5020) return false;
    registers[0] = value & 7;
    return true;
  },
  banks(memory, [bank]) {
    map16(memory, bank, 8);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 329, Educational Computer 2000: one register selects 32 KiB of PRG ROM and 8 KiB of RAM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_329
 */
const Edu2000 = latchBoard({
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, data & 0x1f);
    memory.mapPrgRam(0x6000, 8 * KIB, data >> 6);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror("single-0");
  },
});

/**
 * Mapper 186, Family Study Box, without its tape, which `unlicensed/study-box.ts` has: RAM at $4400–$4FFF
 * and four banks at $6000.
 * https://www.nesdev.org/wiki/INES_Mapper_186
 */
const StudyBox = registerBoard({
  chips: () => ({ prgRamBytes: 32 * KIB, prgNvramBytes: 0, extraRamBytes: 4 * KIB }),
  write(registers, address, value, memory) {
    if (address >= 0x4400 && address < 0x4800)
      memory.bytes[memory.extraRam.offset + (address & 0xfff)] = value;
    if ((address & 0xfe02) !== 0x4200) return false;
    registers[address & 1] = value;
    return true;
  },
  read(_registers, address, openBus, memory) {
    if (address >= 0x4400 && address < 0x4800)
      return memory.bytes[memory.extraRam.offset + (address & 0xfff)];
    if (address < 0x4200 || address >= 0x4400) return openBus;
    return address === 0x4202 ? 0x40 : address < 0x4204 ? 0 : 0xff;
  },
  banks(memory, [ram, bank]) {
    memory.mapCpu(0x4800, 2 * KIB, memory.extraRam, 1);
    memory.mapPrgRam(0x6000, 8 * KIB, ram >> 6);
    map16(memory, bank & 0x0f, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 51, name: "11-in-1 Ball Games", board: BallGames, wiki: ["INES_Mapper_051"] },
  {
    mapper: 103,
    name: "Doki Doki Panic conversion",
    board: DokiDokiPanic,
    wiki: ["INES_Mapper_103"],
    ram: { prgBytes: 16 * KIB },
  },
  {
    mapper: 55,
    name: "MARIO1-MALEE2",
    board: Malee,
    wiki: ["INES_Mapper_055"],
    unif: [{ names: "MARIO1-MALEE2" }],
  },
  { mapper: 104, name: "Pegasus 5-in-1", board: GoldenFive, wiki: ["INES_Mapper_104"] },
  {
    mapper: 108,
    name: "DH-08, Bubble Bobble conversion",
    board: DiskConversion108,
    wiki: ["INES_Mapper_108"],
    unif: [{ names: "BB" }, { names: "LE05", submapper: 4, mirroring: "vertical" }],
    knownSubmappers: [1, 2, 3, 4],
  },
  { mapper: 120, name: "Tobidase Daisakusen conversion", board: Tobidase, wiki: ["INES_Mapper_120"] },
  {
    mapper: 143,
    name: "Sachen TC-A001-72P",
    board: Tca01,
    wiki: ["INES_Mapper_143"],
    unif: [{ names: "SA-NROM SACHEN-TCA01" }],
  },
  { mapper: 156, name: "Daou 306", board: Daou306, wiki: ["INES_Mapper_156"] },
  { mapper: 166, name: "Subor with reversed banking", board: Subor, wiki: ["INES_Mapper_166"] },
  { mapper: 167, name: "Subor", board: Subor, wiki: ["INES_Mapper_166"] },
  { mapper: 170, name: "Shiko Game Syu", board: ShikoGameSyu, wiki: ["INES_Mapper_170"] },
  { mapper: 179, name: "Hengge Dianzi, bank at $5000", board: Henggedianzi179, wiki: ["INES_Mapper_179"] },
  { mapper: 190, name: "Magic Kid GooGoo", board: MagicKidGooGoo, wiki: ["INES_Mapper_190"] },
  { mapper: 216, name: "Bonza, Magic Jewelry 2", board: Bonza, wiki: ["INES_Mapper_216"] },
  { mapper: 244, name: "C&E Decathlon", board: Decathlon, wiki: ["INES_Mapper_244"] },
  {
    mapper: 186,
    name: "Family Study Box",
    board: StudyBox,
    wiki: ["INES_Mapper_186"],
    lacks: ["the box's program alone, without a tape: run a .studybox file"],
  },
  {
    mapper: 329,
    name: "Educational Computer 2000",
    board: Edu2000,
    wiki: ["NES_2.0_Mapper_329"],
    unif: [{ names: "EDU2000" }],
    ram: { prgBytes: 32 * KIB },
  },
  {
    mapper: 521,
    name: "DreamTech 01",
    board: DreamTech,
    wiki: ["NES_2.0_Mapper_521"],
    unif: [{ names: "DREAMTECH01" }],
  },
];
