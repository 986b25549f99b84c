import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 41, Caltron 6-in-1: the address of writes at $6000–$67FF is PRG, mirroring and the outer CHR bank.
 * The inner one can be written while PRG bank bit 2 is set. https://www.nesdev.org/wiki/INES_Mapper_041
 */
const Caltron = registerBoard({
  onReset: "restores",
  write(registers, address, value, memory) {
    if ((address & 0xf800) === 0x6000) registers[0] = address & 0x3f;
    else if (address >= 0x8000 && (registers[0] & 4) !== 0)
      registers[1] = value & memory.cpuByte(address, value);
    else return false;
    return true;
  },
  banks(memory, [outer, inner]) {
    memory.unmapCpu(0x6000, 8 * KIB);
    memory.mapPrg(0x8000, 32 * KIB, outer & 7);
    memory.mapChr(0x0000, 8 * KIB, ((outer >> 1) & 0x0c) | (inner & 3));
    mirrorBy(memory, outer & 0x20);
  },
});

/**
 * Mapper 63, NTDEC 0324: A1 32 KiB, A2 and up PRG, A0 mirroring, and above PRG a bit that protects CHR RAM.
 * Submapper 1, 82AB, has one PRG bit less. Banks beyond the ROM map nothing, which menus detect. The sources
 * differ: Mesen fixes the upper half by A11. This follows the wiki's page.
 * https://www.nesdev.org/wiki/INES_Mapper_063
 */
const Ntdec0324 = latchBoard({
  banks(memory, _data, address, { submapper }) {
    const prgBits = submapper === 1 ? 7 : 8;
    const bank = (address >> 2) & ((1 << prgBits) - 1);
    if (bank * 16 * KIB >= memory.prgRom.bytes) memory.unmapCpu(0x8000, 32 * KIB);
    else mapNrom(memory, bank, (address & 2) !== 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, ((address >> (prgBits + 2)) & 1) === 0);
    mirrorBy(memory, address & 1);
  },
});

/** Mapper 81, NTDEC Super Gun: A2–A3 PRG, A0–A1 CHR. https://www.nesdev.org/wiki/INES_Mapper_081 */
const SuperGun = latchBoard({
  banks(memory, _data, address) {
    map16(memory, (address >> 2) & 3, -1);
    memory.mapChr(0x0000, 8 * KIB, address & 3);
  },
});

/**
 * Mapper 174, NTDEC 5-in-1: A7 32 KiB, A4–A6 PRG, A1–A3 CHR, A0 mirroring.
 * https://www.nesdev.org/wiki/INES_Mapper_174
 */
const Ntdec174 = latchBoard({
  banks(memory, _data, address) {
    mapNrom(memory, (address >> 4) & 7, (address & 0x80) !== 0);
    memory.mapChr(0x0000, 8 * KIB, (address >> 1) & 7);
    mirrorBy(memory, address & 1);
  },
});

/**
 * Mapper 221, NTDEC N625092: the address of writes at $8000 is the outer bank and mode, that of writes at
 * $C000 the inner bank. CHR RAM is writable in NROM modes too. https://www.nesdev.org/wiki/INES_Mapper_221
 */
const N625092 = registerBoard({
  onReset: "restores",
  write(registers, address) {
    if (address < 0x8000) return false;
    if (address >= 0xc000) registers[2] = address & 7;
    else registers.set([address & 0xff, (address >> 8) & 0x3f]);
    return true;
  },
  banks(memory, [low, high, inner]) {
    const outer = ((low >> 2) & 0x38) | ((high << 5) & 0x40);
    const bank = outer | inner;
    const isUnrom = (low & 2) !== 0 && (high & 1) !== 0;
    if (isUnrom) map16(memory, bank, outer | 7);
    else mapNrom(memory, bank, (low & 2) !== 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, low & 1);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 41,
    name: "Caltron 6-in-1 (NTDEC 2399)",
    board: Caltron,
    wiki: ["INES_Mapper_041"],
    unif: [{ names: "CALTRON6IN1" }],
  },
  {
    mapper: 63,
    name: "NTDEC 0324, 82AB",
    board: Ntdec0324,
    wiki: ["INES_Mapper_063"],
    knownSubmappers: [1],
  },
  { mapper: 81, name: "NTDEC Super Gun (N715021)", board: SuperGun, wiki: ["INES_Mapper_081"] },
  { mapper: 174, name: "NTDEC 5-in-1", board: Ntdec174, wiki: ["INES_Mapper_174"] },
  {
    mapper: 221,
    name: "NTDEC N625092",
    board: N625092,
    wiki: ["INES_Mapper_221"],
    unif: [{ names: "N625092" }],
  },
];
