import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 239, OK-043: A0–A1 PRG and CHR, A2 NROM-256, A4 mirroring.
 * https://www.nesdev.org/wiki/INES_Mapper_239
 */
const Ok043 = latchBoard({
  clearedByReset: true,
  banks(memory, _data, address) {
    mapNrom(memory, address, (address & 4) !== 0);
    memory.mapChr(0x0000, 8 * KIB, address);
    mirrorBy(memory, address & 0x10);
  },
});

const NROM_AND_UNROM = 4;

/**
 * Mapper 280, K-3017: A2–A6 the bank, A0 NROM-256, A1 mirroring. Without A7, the first bank is at $C000; with
 * it, CHR RAM is protected. On cartridges with more than 512 KiB the reset button switches to a UNROM game in
 * the last 128 KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_280
 */
const K3017 = registerBoard({
  onReset(registers, { prgRom }) {
    registers.fill(0, 0, NROM_AND_UNROM);
    if (prgRom.length > 512 * KIB) registers[NROM_AND_UNROM] ^= 1;
  },
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = address & 0xff;
    registers[1] = value;
    return true;
  },
  banks(memory, registers, { submapper }) {
    const [low, data] = registers;
    const isUnrom = registers[NROM_AND_UNROM] !== 0;
    const bank = (low >> 2) & 0x1f;
    if (isUnrom) map16(memory, 0x20 | ((submapper === 1 ? bank : data) & 7), 0x27);
    else if ((low & 0x80) === 0) map16(memory, (low & 1) !== 0 ? bank & ~1 : bank, 0);
    else mapNrom(memory, bank, (low & 1) !== 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, isUnrom || (low & 0x80) === 0);
    mirrorBy(memory, isUnrom ? 0 : low & 2);
  },
});

/**
 * Mapper 352, NROM-256 games: each press of the reset button selects the next.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_352
 */
const ResetNrom256 = registerBoard({
  onReset(registers, { prgRom }) {
    registers[0] = (registers[0] + 1) % Math.ceil(prgRom.length / (32 * KIB));
  },
  write: () => false,
  banks(memory, [game]) {
    memory.mapPrg(0x8000, 32 * KIB, game);
    memory.mapChr(0x0000, 8 * KIB, game);
  },
});

/**
 * Mapper 380, 970630C: A2–A6 the bank, A9 NROM instead of UNROM, A0 NROM-128, A1 mirroring. A8 puts solder
 * pads on the bus, which are 0. https://www.nesdev.org/wiki/NES_2.0_Mapper_380
 */
const Multicart970630C = registerBoard({
  onReset: "restores",
  write(registers, address) {
    if (address < 0x8000) return false;
    registers[0] = address & 0xff;
    registers[1] = (address >> 8) & 3;
    return true;
  },
  read: (_registers, address, openBus) => (address >= 0x8000 ? openBus & 0xf0 : openBus),
  banks(memory, [low, high]) {
    const bank = (low >> 2) & 0x1f;
    if ((high & 2) === 0) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, (low & 1) === 0);
    if ((high & 1) !== 0) memory.unmapCpu(0x8000, 32 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, low & 2);
  },
});

/**
 * Mapper 403, 89433: PRG in 8 KiB at $4100, CHR at $4101 and, if bit 2 of $4102 allows it, at $8000–$FFFF.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_403
 */
const Sachen89433 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if ((address & 0xff00) === 0x4100) registers[address & 3] = value;
    else if (address >= 0x8000 && (registers[2] & 4) !== 0) registers[1] = value;
    else return false;
    return true;
  },
  banks(memory, [prg, chr, mode]) {
    mapNrom(memory, prg >> 1, (mode & 1) === 0);
    memory.mapChr(0x0000, 8 * KIB, chr);
    mirrorBy(memory, mode & 0x10);
  },
});

/**
 * Mapper 414, 9999999-in-1: A1–A7 the bank, A13 NROM-256, A0 mirroring; the data are the CHR bank. The solder
 * pads, which can take ROM off the bus, are 0. https://www.nesdev.org/wiki/NES_2.0_Mapper_414
 */
const Multicart9999999 = latchBoard({
  conflicts: () => true,
  banks(memory, data, address) {
    mapNrom(memory, (address >> 1) & 0xfff, (address & 0x2000) !== 0);
    memory.mapChr(0x0000, 8 * KIB, data);
    mirrorBy(memory, address & 1);
  },
});

/**
 * Mapper 431, Realtec GN-91B: UNROM, with the block of 128 KiB and mirroring at $8000–$BFFF and the bank at
 * $C000–$FFFF. https://www.nesdev.org/wiki/NES_2.0_Mapper_431
 */
const RealtecGn91b = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 14) & 1] = value;
    return true;
  },
  banks(memory, [outer, inner]) {
    const block = (outer >> 2) & ~7;
    map16(memory, block | (inner & 7), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, outer & 1);
  },
});

/**
 * Mapper 433, NC-20MB: D0–D4 the bank, D5 NROM-128, D6 mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_433
 */
const Nc20mb = latchBoard({
  clearedByReset: true,
  banks(memory, data) {
    mapNrom(memory, data & 0x1f, (data & 0x20) === 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & 0x40);
  },
});

/**
 * Mapper 437, NTDEC TH2348: UNROM with bus conflicts; A0–A2 of $5000–$5FFF are the block of 128 KiB, A3 is
 * mirroring. https://www.nesdev.org/wiki/NES_2.0_Mapper_437
 */
const Th2348 = registerBoard({
  onReset: "restores",
  write(registers, address, value, memory) {
    if (address >= 0x8000) registers[0] = value & memory.cpuByte(address, value) & 7;
    else if ((address & 0xf000) === 0x5000) registers[1] = address & 0x0f;
    else return false;
    return true;
  },
  banks(memory, [inner, outer]) {
    map16(memory, (outer << 3) | inner, (outer << 3) | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, outer & 8);
  },
});

/**
 * Mapper 463, YH810X1: mode, PRG and CHR registers at $5010–$5012, seen with A4; solder pads could select
 * another address line. https://www.nesdev.org/wiki/NES_2.0_Mapper_463
 */
const Yh810x1 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if ((address & 0xf010) !== 0x5010) return false;
    registers[address & 3] = value;
    return true;
  },
  banks(memory, [mode, prg, chr]) {
    mapNrom(memory, prg, (mode & 4) === 0);
    memory.mapChr(0x0000, 8 * KIB, chr);
    mirrorBy(memory, mode & 1);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 239, name: "OK-043", board: Ok043, wiki: ["INES_Mapper_239"] },
  { mapper: 280, name: "K-3017", board: K3017, wiki: ["NES_2.0_Mapper_280"], knownSubmappers: [1] },
  {
    mapper: 352,
    name: "Reset-based NROM-256",
    board: ResetNrom256,
    wiki: ["NES_2.0_Mapper_352"],
    unif: [{ names: "KS106C" }],
  },
  { mapper: 380, name: "970630C", board: Multicart970630C, wiki: ["NES_2.0_Mapper_380"] },
  {
    mapper: 403,
    name: "89433",
    board: Sachen89433,
    wiki: ["NES_2.0_Mapper_403"],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
  { mapper: 414, name: "9999999-in-1", board: Multicart9999999, wiki: ["NES_2.0_Mapper_414"] },
  { mapper: 431, name: "Realtec GN-91B", board: RealtecGn91b, wiki: ["NES_2.0_Mapper_431"] },
  { mapper: 433, name: "NC-20MB", board: Nc20mb, wiki: ["NES_2.0_Mapper_433"] },
  { mapper: 437, name: "NTDEC TH2348", board: Th2348, wiki: ["NES_2.0_Mapper_437"] },
  { mapper: 463, name: "YH810X1", board: Yh810x1, wiki: ["NES_2.0_Mapper_463"] },
];
