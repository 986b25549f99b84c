/**
 * Multicarts of plain registers. What has no page in the wiki follows NintendulatorNRS and FCEUmm.
 */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { map16, mapNrom, mirrorBy, type RegisterBoard, registerBoard } from "../parts/register-board.ts";

/** Registers that `index` selects by the address of a write; undefined for none. */
function registersBy(
  index: (address: number) => number | undefined,
  banks: RegisterBoard["banks"],
  initial: readonly number[] = [],
) {
  return registerBoard({
    initial,
    onReset: "restores",
    write(registers, address, value) {
      const register = index(address);
      if (register === undefined) return false;
      registers[register] = value;
      return true;
    },
    banks,
  });
}

/**
 * Mapper 466, Keybyte: two registers at $5000–$5FFF take the address. A0–A3 and A5 of the first and the
 * second are the bank; A6 NROM, A4 NROM-128, A7 mirroring; else UNROM. Without 1 MiB, half of the banks are
 * open bus. https://www.nesdev.org/wiki/NES_2.0_Mapper_466
 */
const Keybyte = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0x8000) registers[2] = value;
    else if ((address & 0xf000) === 0x5000) registers[(address >> 11) & 1] = address & 0xff;
    else return false;
    return true;
  },
  banks(memory, [first, second, inner], { prgRom }) {
    const bank = ((second << 5) & 0xe0) | ((first << 1) & 0x1e) | ((first >> 5) & 1);
    if ((first & 0x40) !== 0) mapNrom(memory, bank, (first & 0x10) === 0);
    else map16(memory, (bank & ~7) | (inner & 7), bank | 7);
    if ((bank & 0x20) !== 0 && prgRom.length < 1024 * KIB) memory.unmapCpu(0x8000, 32 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, first & 0x80);
  },
});

/** Mapper 476, Croaky Karaoke: by A8–A9 of $5000–$5FFF, the bank, and D2 NROM-256, D0 mirroring. */
const CroakyKaraoke = registersBy(
  (address) => ((address & 0xf000) === 0x5000 ? (address >> 8) & 3 : undefined),
  (memory, registers) => {
    const is32 = (registers[2] & 4) !== 0;
    mapNrom(memory, is32 ? registers[0] << 1 : registers[0], is32);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, registers[2] & 1);
  },
);

/** Takes off the banks that the board's decoder leaves out. */
function withoutGap(bank: number, above: number, gap: number): number {
  return (bank & above) !== 0 ? bank - gap : bank;
}

/**
 * Mapper 487, AVE NINA-08: NINA-03 registers at $4100 with A7 for the outer bank, whose D5 locks the inner
 * one and lets writes to ROM set it in the order of Color Dreams.
 */
const Nina08 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    const swaps = (registers[1] & 0x20) !== 0;
    if (address >= 0x8000 && swaps) registers[0] = ((value << 3) & 8) | ((value >> 4) & 7);
    else if ((address & 0xe100) !== 0x4100) return false;
    else if ((address & 0x80) !== 0) registers[1] = value;
    else if (!swaps) registers[0] = value;
    return true;
  },
  banks(memory, [inner, outer]) {
    const isSplit = (outer & 0x40) !== 0;
    const prg = (outer & 0x3e) | ((isSplit ? inner >> 3 : outer) & 1);
    const chr = ((outer << 2) & 0xf8) | ((isSplit ? inner : outer << 2) & 4) | (inner & 3);
    memory.mapPrg(0x8000, 32 * KIB, withoutGap(prg, 0x30, 0x10));
    memory.mapChr(0x0000, 8 * KIB, withoutGap(chr, 0xc0, 0x40));
    mirrorBy(memory, outer & 0x80);
  },
});

/** Mapper 582, A9778: both halves of PRG by a bank and a block of 128 KiB each. */
const A9778 = registersBy(
  (address) => (address >= 0x8000 ? (address >> 13) & 3 : undefined),
  (memory, [lower, lowerBlock, upper, upperBlock]) => {
    map16(memory, (lowerBlock << 3) | (lower & 7), (upperBlock << 3) | (upper & 7));
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
  [0xff, 0xff, 0xff, 0xff],
);

/** Mapper 584, ST-32: at $4100, D0–D4 PRG, D5 NROM-256; at $6100, D0–D4 CHR, D5 vertical mirroring. */
const St32 = registersBy(
  (address) => (address < 0x8000 && (address & 0x100) !== 0 ? (address >> 13) & 1 : undefined),
  (memory, registers) => {
    memory.unmapCpu(0x6000, 8 * KIB);
    mapNrom(memory, registers[0] & 0x1f, (registers[0] & 0x20) !== 0);
    memory.mapChr(0x0000, 8 * KIB, registers[1] & 0x1f);
    mirrorBy(memory, ~registers[1] & 0x20);
  },
);

/** Mapper 588, ET-81: at $E000, D0–D3 CHR, D4–D6 32 KiB, D7 mirroring; at $F000 8 KiB for $6000. */
const Et81 = registersBy(
  (address) => (address >= 0xe000 ? (address >> 12) & 1 : undefined),
  (memory, [banks, low]) => {
    memory.mapPrg(0x6000, 8 * KIB, (low & 7) | 8);
    memory.mapPrg(0x8000, 32 * KIB, (banks >> 4) & 7);
    memory.mapChr(0x0000, 8 * KIB, banks & 0x0f);
    mirrorBy(memory, banks & 0x80);
  },
);

/** Mapper 598, 3936: a VRC1-like board in blocks of 128 KiB, with 4 KiB CHR banks. */
const Multicart3936 = registersBy(
  (address) => (address >= 0x8000 ? (address >> 13) & 3 : undefined),
  (memory, [, first, second, outer]) => {
    const block = outer & 3;
    const bank = (block << 3) | (first & 7);
    if ((outer & 8) !== 0) mapNrom(memory, bank, true);
    else map16(memory, bank, bank | 7);
    memory.mapChr(0x0000, 4 * KIB, (block << 5) | (first >> 3));
    memory.mapChr(0x1000, 4 * KIB, (block << 5) | (second >> 3));
    mirrorBy(memory, outer & 4);
  },
);

/**
 * Mapper 605, New Star TX5 and 8IN1: the data and the address of a write to $8000–$BFFF: D0 mirroring, A8
 * UNROM, A5 blocks of 128 instead of 64 KiB, A5–A7 the block; the data at $C000 the bank.
 */
const NewStarTx5 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 14) & 1] = value;
    if (address < 0xc000) registers.set([address & 0xff, address >> 8], 2);
    return true;
  },
  banks(memory, [mode, inner, low, high]) {
    const large = (low >> 3) & 0x18;
    const small = (low >> 3) & 0x1c;
    if ((high & 1) === 0) mapNrom(memory, large | inner, true);
    else if ((low & 0x20) !== 0) map16(memory, large | (inner & 7), large | 7);
    else map16(memory, small | (inner & 7), small | (inner & 4) | 3);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mode & 1);
  },
});

/**
 * Mapper 609, 63-100: 8 KiB banks by a register with A8; D5 and D6 replace its low bits by the CPU's lines,
 * D7 mirroring.
 */
const Multicart63100 = registersBy(
  (address) => ((address & 0xe100) === 0x4100 ? 0 : undefined),
  (memory, registers) => {
    const cpuMask = (registers[0] >> 5) & 3;
    for (let slot = 0; slot < 4; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, (registers[0] & 0x1f & ~cpuMask) | (slot & cpuMask));
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, registers[0] & 0x80);
  },
);

/**
 * Mapper 614, New Star 9135: the data of a write to $8000–$BFFF, of which D3 is NROM, D6 NROM-256, D4–D5 the
 * block, D7 mirroring, and its A0 the half of 256 KiB; the data at $C000 are the bank.
 */
const NewStar9135 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address >> 13) & 2] = value;
    if (address < 0xc000) registers[1] = address & 1;
    return true;
  },
  banks(memory, [mode, low, inner]) {
    const block = (mode & 0x30) | (low << 3);
    const bank = block | (inner & 7);
    if ((mode & 8) === 0) map16(memory, bank, block | 7);
    else if ((mode & 0x40) === 0) mapNrom(memory, bank, false);
    else memory.mapPrg(0x8000, 32 * KIB, (block >> 1) | ((mode >> 1) & 3));
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mode & 0x80);
  },
});

/**
 * Mapper 615, LB12in1: as 614, at $6000–$7FFF, with UNROM by D3. D5 and A0 select blocks of 64 KiB, with D2.
 */
const Lb12in1 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0x8000) registers[2] = value;
    else if (address >= 0x6000) registers.set([value, address & 1]);
    else return false;
    return true;
  },
  banks(memory, [mode, low, inner]) {
    const block = (mode & 0x30) | (low << 3);
    memory.unmapCpu(0x6000, 8 * KIB);
    if ((mode & 8) === 0) memory.mapPrg(0x8000, 32 * KIB, (block >> 1) | ((mode >> 1) & 3));
    else if ((mode & 0x20) === 0 || low === 0) map16(memory, block | (inner & 7), block | 7);
    else map16(memory, block | (mode & 4) | (inner & 3), block | (mode & 4) | 3);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mode & 0x80);
  },
});

/** Mapper 623, J-2083: the data of a write to ROM are the bank, of UNROM while D3 of $5000–$5FFF is set. */
const J2083 = registersBy(
  (address) => (address >= 0x8000 ? 0 : (address & 0xf000) === 0x5000 ? 1 : undefined),
  (memory, [bank, mode]) => {
    if ((mode & 8) === 0) mapNrom(memory, bank, true);
    else map16(memory, bank & 0x0f, (bank & 0x0f) | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
);

/**
 * Mapper 624, KL-08 and KL-09B: A1 and up both banks, A0 NROM-128, A4 vertical mirroring. With A5, the solder
 * pads, which are 0, take the place of A0–A3 of reads.
 */
const Kl08 = registerBoard({
  onReset: "restores",
  write(registers, address) {
    if (address < 0x8000) return false;
    registers.set([address & 0xff]);
    return true;
  },
  read(registers, address, openBus, { bytes, prg }) {
    if (address < 0x8000) return openBus;
    const bank = registers[0] >> 1;
    const at =
      (registers[0] & 1) !== 0 ? (bank << 14) | (address & 0x3ff0) : ((bank >> 1) << 15) | (address & 0x7ff0);
    return bytes[prg.offset + (at % prg.bytes)];
  },
  banks(memory, [address]) {
    mapNrom(memory, address >> 1, (address & 1) === 0);
    if ((address & 0x20) !== 0) memory.unmapCpu(0x8000, 32 * KIB);
    memory.mapChr(0x0000, 8 * KIB, address >> 1);
    mirrorBy(memory, ~address & 0x10);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 466, name: "Keybyte", board: Keybyte, wiki: ["NES_2.0_Mapper_466"] },
  { mapper: 476, name: "Croaky Karaoke", board: CroakyKaraoke },
  { mapper: 487, name: "AVE NINA-08", board: Nina08 },
  { mapper: 582, name: "A9778", board: A9778 },
  { mapper: 584, name: "ST-32", board: St32 },
  { mapper: 588, name: "ET-81", board: Et81 },
  { mapper: 598, name: "3936", board: Multicart3936 },
  { mapper: 605, name: "New Star TX5, 8IN1", board: NewStarTx5 },
  { mapper: 609, name: "63-100", board: Multicart63100 },
  { mapper: 614, name: "New Star 9135", board: NewStar9135 },
  { mapper: 615, name: "LB12in1", board: Lb12in1 },
  { mapper: 623, name: "J-2083", board: J2083 },
  { mapper: 624, name: "KL-08, KL-09B", board: Kl08 },
];
