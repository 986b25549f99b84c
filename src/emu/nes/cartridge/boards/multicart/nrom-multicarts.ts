import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";

/** Sets two registers to an address in $8000–$FFFF. */
function latchAddress(registers: Uint8Array, address: number): boolean {
  if (address < 0x8000) return false;
  registers.set([address & 0xff, address >> 8]);
  return true;
}

/**
 * Mapper 57, GK 6-in-1: two registers, whose CHR bits are ORed. https://www.nesdev.org/wiki/INES_Mapper_057
 */
const Gk57 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 11) & 1] = value;
    return true;
  },
  banks(memory, [first, second]) {
    mapNrom(memory, second >> 5, (second & 0x10) !== 0);
    memory.mapChr(0x0000, 8 * KIB, ((first >> 3) & 8) | ((first | second) & 7));
    mirrorBy(memory, second & 8);
  },
});

/**
 * Mapper 59, T3H53 and D1038: A4–A6 PRG, A7 NROM-128, A3 mirroring, A0–A2 CHR; A9 locks until the next reset.
 * With A8, reads return the two solder pads, which are 0, instead of ROM.
 * https://www.nesdev.org/wiki/INES_Mapper_059
 */
const D1038 = registerBoard({
  onReset: "restores",
  write: (registers, address) => (registers[1] & 2) === 0 && latchAddress(registers, address),
  read: (_registers, address, openBus) => (address >= 0x8000 ? openBus & 0xfc : openBus),
  banks(memory, [low, high]) {
    mapNrom(memory, (low >> 4) & 7, (low & 0x80) === 0);
    memory.mapChr(0x0000, 8 * KIB, low & 7);
    mirrorBy(memory, low & 8);
    if ((high & 1) !== 0) memory.unmapCpu(0x8000, 32 * KIB);
  },
});

/**
 * Mapper 204, a 64-in-1: the bank is A1–A2, and A0 unless both are set.
 * https://www.nesdev.org/wiki/INES_Mapper_204
 */
const Multicart204 = latchBoard({
  banks(memory, _data, address) {
    const is32 = (address & 6) === 6;
    const bank = is32 ? 6 : address & 7;
    mapNrom(memory, bank, is32);
    memory.mapChr(0x0000, 8 * KIB, bank);
    mirrorBy(memory, address & 0x10);
  },
});

/**
 * Mapper 212, Super HiK 300-in-1: A14 32 KiB, A0–A2 both banks, A3 mirroring; bit 7 of reads at $6000.
 * https://www.nesdev.org/wiki/INES_Mapper_212
 */
const SuperHik300 = registerBoard({
  write: latchAddress,
  read: (_registers, address, openBus) => ((address & 0xe010) === 0x6000 ? openBus | 0x80 : openBus),
  banks(memory, [low, high]) {
    memory.unmapCpu(0x6000, 8 * KIB);
    mapNrom(memory, low & 7, (high & 0x40) !== 0);
    memory.mapChr(0x0000, 8 * KIB, low & 7);
    mirrorBy(memory, low & 8);
  },
});

/**
 * Mapper 213, EJ-3003: A0 and A2 and up both banks, A3 NROM-128, A1 mirroring.
 * https://www.nesdev.org/wiki/INES_Mapper_213
 */
const Ej3003 = latchBoard({
  clearedByReset: true,
  banks(memory, _data, address) {
    const bank = ((address >> 1) & ~1) | (address & 1);
    mapNrom(memory, bank, (address & 8) === 0);
    memory.mapChr(0x0000, 8 * KIB, bank);
    mirrorBy(memory, address & 2);
  },
});

/** Mapper 214, Super Gun 20-in-1: A2–A3 PRG, A0–A1 CHR. https://www.nesdev.org/wiki/INES_Mapper_214 */
const SuperGun20 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, (address >> 2) & 3, false);
    memory.mapChr(0x0000, 8 * KIB, address & 3);
  },
});

const UNROM_235 = 3;
/** The 210-in-1 with Contra: 2 MiB of its other games, then 128 KiB of UNROM. */
const CONTRA_235_BYTES = (2048 + 128) * KIB;

/**
 * Mapper 235, Golden Game: A0–A4 and A8–A9 select 32 KiB banks, A11 selects 16 KiB with A12, A13 mirroring,
 * A10 a single screen. Reads where no ROM is mounted are open bus. On the 210-in-1 with Contra, as in FCEUmm,
 * each press of the reset button switches to Contra or back.
 * https://www.nesdev.org/wiki/INES_Mapper_235
 */
const GoldenGame = registerBoard({
  onReset(registers, { prgRom }) {
    registers.fill(0, 0, UNROM_235);
    if (prgRom.length === CONTRA_235_BYTES) registers[UNROM_235] ^= 1;
  },
  write(registers, address, value) {
    registers[2] = value;
    return latchAddress(registers, address);
  },
  banks(memory, [low, high, data, isUnrom]) {
    if (isUnrom !== 0) {
      map16(memory, 0x80 | (data & 7), 0x87);
      memory.mapChr(0x0000, 8 * KIB, 0);
      memory.mirror("vertical");
      return;
    }
    const bank = (low & 0x1f) | ((high & 3) << 5);
    const is16 = (high & 8) !== 0;
    if (bank >= memory.prgRom.bytes / (32 * KIB)) memory.unmapCpu(0x8000, 32 * KIB);
    else mapNrom(memory, (bank << 1) | (is16 ? (high >> 4) & 1 : 0), !is16);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((high & 4) !== 0) memory.mirror("single-0");
    else mirrorBy(memory, high & 0x20);
  },
});

/**
 * Mappers 236 and 390, Realtec 8031, 8099, 8106 and 8155: the address of writes at $8000 is mirroring and the
 * CHR bank, or without CHR ROM the block of 128 KiB of PRG; that of writes at $C000 the PRG bank and the
 * mode. Mode 1 puts four solder pads, which are 0, in the place of the lowest address lines.
 * https://www.nesdev.org/wiki/INES_Mapper_236
 */
const Realtec = registerBoard({
  onReset: "restores",
  write(registers, address) {
    if (address < 0x8000) return false;
    registers[(address >> 14) & 1] = address & 0x3f;
    return true;
  },
  padLines: (registers) => ((registers[1] & 0x30) === 0x10 ? 0x0f : 0),
  banks(memory, [outer, inner], { chrRom }) {
    const bank = chrRom.length > 0 ? inner & 0x0f : ((outer << 3) & 0x38) | (inner & 7);
    const mode = inner >> 4;
    if (mode < 2) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, mode === 2);
    memory.mapChr(0x0000, 8 * KIB, outer & 0x0f);
    mirrorBy(memory, outer & 0x20);
  },
});

/**
 * Mapper 237, Teletubbies 420-in-1: A2 and the data are banks; A1 locks all but the inner bank. With A0,
 * reads return the DIP switch, which is 0, instead of ROM. https://www.nesdev.org/wiki/INES_Mapper_237
 */
const Teletubbies = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if ((registers[0] & 2) === 0) registers.set([address & 0x0f, (registers[1] & 7) | (value & 0xf8)]);
    registers[1] = (registers[1] & 0xf8) | (value & 7);
    return true;
  },
  read: (_registers, address, openBus) => (address >= 0x8000 ? 0 : openBus),
  banks(memory, [mode, data]) {
    const base = (data & 0x18) | ((mode & 4) << 3);
    const bank = data & 7;
    const is32 = (data & 0x40) !== 0 ? 1 : 0;
    map16(memory, base | (bank & ~is32), base | ((data & 0x80) !== 0 ? bank | is32 : 7));
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & 0x20);
    if ((mode & 3) === 1) memory.unmapCpu(0x8000, 32 * KIB);
  },
});

/**
 * Mapper 319, HP898F: two registers at $6000 and a CNROM latch. The solder pad at $5000 is open.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_319
 */
const Hp898f = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0x8000) registers[2] = value;
    else if (address >= 0x6000) registers[(address >> 2) & 1] = value;
    else return false;
    return true;
  },
  read: (_registers, address, openBus) => ((address & 0xf000) === 0x5000 ? 0 : openBus),
  banks(memory, [chr, prg, latch]) {
    memory.unmapCpu(0x6000, 8 * KIB);
    mapNrom(memory, ((prg >> 2) & 6) | ((prg >> 5) & 1), (prg & 0x40) !== 0);
    const latchMask = (chr << 2) & 4;
    memory.mapChr(0x0000, 8 * KIB, ((chr >> 4) & ~latchMask) | ((latch << 2) & latchMask));
    mirrorBy(memory, prg < 0x80 ? 1 : 0);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 57, name: "GK 6-in-1", board: Gk57, wiki: ["INES_Mapper_057"] },
  {
    mapper: 59,
    name: "T3H53, D1038",
    board: D1038,
    wiki: ["INES_Mapper_059"],
    unif: [{ names: "D1038 T3H53" }],
  },
  { mapper: 204, name: "64-in-1 multicart", board: Multicart204, wiki: ["INES_Mapper_204"] },
  { mapper: 212, name: "Super HiK 300-in-1", board: SuperHik300, wiki: ["INES_Mapper_212"] },
  { mapper: 213, name: "EJ-3003, 820428-C", board: Ej3003, wiki: ["INES_Mapper_213"] },
  { mapper: 214, name: "Super Gun 20-in-1", board: SuperGun20, wiki: ["INES_Mapper_214"] },
  {
    mapper: 235,
    name: "Golden Game multicart",
    board: GoldenGame,
    wiki: ["INES_Mapper_235"],
    unif: [{ names: "GOLDENGAME150IN1" }],
  },
  {
    mapper: 236,
    name: "Realtec multicart",
    board: Realtec,
    wiki: ["INES_Mapper_236"],
    unif: [{ names: "70IN1 70IN1B" }],
  },
  { mapper: 390, name: "Realtec 8031", board: Realtec, wiki: ["INES_Mapper_236"] },
  { mapper: 237, name: "Teletubbies 420-in-1", board: Teletubbies, wiki: ["INES_Mapper_237"] },
  {
    mapper: 319,
    name: "HP898F",
    board: Hp898f,
    wiki: ["NES_2.0_Mapper_319"],
    unif: [{ names: "HP898F" }],
  },
];
