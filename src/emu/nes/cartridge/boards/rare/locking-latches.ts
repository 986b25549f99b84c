/**
 * UNROM, BNROM and NROM games behind an address latch of which parts are locked; the data select the inner
 * bank. What has no page in the wiki follows NintendulatorNRS and FCEUmm. Solder pads are open.
 */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mirrorBy, mirrorOne, registerBoard } from "../parts/register-board.ts";

const ALL = 0xffff;

/**
 * Mapper 454, 110-in-1: A2–A6 and A8 the bank, A0 NROM-256, A1 mirroring. A7 protects CHR RAM; without it,
 * the first bank of 512 KiB is at $C000. A8 selects UNROM and locks.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_454
 */
const Multicart110 = latchBoard({
  clearedByReset: true,
  keepsAddress: (address) => ((address & 0x100) !== 0 ? ALL : 0),
  banks(memory, data, address) {
    const bank = ((address >> 2) & 0x1f) | ((address >> 3) & 0x20);
    const pair = address & 1;
    const isNrom = (address & 0x80) !== 0;
    if ((address & 0x100) !== 0) map16(memory, (bank & ~pair & ~7) | (data & 7), bank | 7);
    else map16(memory, bank & ~pair, isNrom ? bank | pair : bank & 0x20);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, !isNrom);
    mirrorBy(memory, address & 2);
  },
});

/**
 * Mapper 573, 5068: A0–A1 the block, A1 UOROM instead of UNROM; A5 locks them. With more than 128 KiB, A4
 * takes PRG ROM off the bus.
 */
const Multicart5068 = latchBoard({
  conflicts: () => true,
  clearedByReset: true,
  keepsAddress: (address) => ((address & 0x20) !== 0 ? 0x33 : 0),
  banks(memory, data, address, { prgRom }) {
    const isUorom = (address & 2) !== 0;
    const block = (address << 3) & (isUorom ? 0x10 : 0x18);
    const mask = isUorom ? 0x0f : 7;
    map16(memory, block | (data & mask), block | mask);
    if ((address & 0x10) !== 0 && prgRom.length > 128 * KIB) memory.unmapCpu(0x8000, 32 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 574, FC-40: A2 and up the block of 128 KiB, or with A6 of 256 KiB; the data or, without A5 and A6,
 * A0–A1 are the 32 KiB bank in it. A7 locks all but that bank.
 */
const Fc40 = latchBoard({
  clearedByReset: true,
  keepsAddress: (address) => ((address & 0x80) !== 0 ? 0xfc : 0),
  banks(memory, data, address) {
    const isBnrom = (address & 0x60) !== 0;
    const mask = (address & 0x40) !== 0 ? 7 : 3;
    const inner = isBnrom ? data : address;
    memory.mapPrg(0x8000, 32 * KIB, ((address >> 2) & 0x3f & ~mask) | (inner & mask));
    memory.mapChr(0x0000, 8 * KIB, 0);
    if (isBnrom) mirrorOne(memory, data & 0x10);
    else mirrorBy(memory, data & 0x10);
  },
});

/**
 * Mapper 579, T-215: A2–A6 the bank, A0 NROM-256, A1 mirroring, A7 protects CHR RAM. A9 selects UNROM and
 * locks all but A2–A4.
 */
const T215 = latchBoard({
  clearedByReset: true,
  keepsAddress: (address) => ((address & 0x200) !== 0 ? ALL & ~0x1c : 0),
  banks(memory, _data, address) {
    const bank = (address >> 2) & 0x1f;
    if ((address & 0x200) !== 0) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, (address & 1) !== 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (address & 0x80) === 0);
    mirrorBy(memory, address & 2);
  },
});

/**
 * Mapper 581, ET-82: A0–A4 and A6 the bank, A5 NROM, A0 NROM-128, A7 mirroring. A6 and A7 change only when A5
 * falls.
 */
const Et82 = latchBoard({
  clearedByReset: true,
  keepsAddress: (address, next) => ((address & ~next & 0x20) !== 0 ? 0 : 0xc0),
  banks(memory, _data, address) {
    const bank = ((address >> 1) & 0x20) | (address & 0x1f);
    const isNrom = (address & 0x20) !== 0;
    if (isNrom) mapNrom(memory, bank, (address & 1) === 0);
    else map16(memory, bank, bank | 7);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, !isNrom);
    mirrorBy(memory, address & 0x80);
  },
});

/**
 * Mapper 583, 8203: A0 and A4–A7 the block, A5 BNROM, A2 mirroring; A3 and A4 select blocks of 64 KiB. The
 * low byte of the address changes only when A7 rises.
 */
const Multicart8203 = latchBoard({
  clearedByReset: true,
  keepsAddress: (address, next) => ((~address & next & 0x80) !== 0 ? 0 : 0xff),
  banks(memory, data, address) {
    const block = (address & 0xf0) | ((address << 3) & 8);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((address & 0x20) !== 0) {
      memory.mapPrg(0x8000, 32 * KIB, ((block >> 1) & ~7) | (data & 7));
      mirrorOne(memory, data & 0x10);
    } else {
      const mask = (address & 0x18) === 0x18 ? 3 : 7;
      map16(memory, block | (data & mask), block | mask);
      mirrorBy(memory, address & 4);
    }
  },
});

/**
 * Mapper 587, 3355 (K-3057): the first data with D7 are the outer bank and lock: D3–D6 the block, D1 UNROM,
 * else BNROM, D0 mirroring, D2 a single screen by D4.
 */
const K3057 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[registers[0] >> 7] = value;
    return true;
  },
  banks(memory, [outer, inner]) {
    const block = outer & 0x78;
    if ((outer & 2) !== 0) map16(memory, block | (inner & 7), block | 7);
    else if ((outer & 0x80) !== 0) memory.mapPrg(0x8000, 32 * KIB, (block >> 1) | (inner & 3));
    else mapNrom(memory, block | (inner & 7), false);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((outer & 4) !== 0) mirrorOne(memory, outer & 0x10);
    else mirrorBy(memory, outer & 1);
  },
});

/**
 * Mapper 589, 810706: the address changes only when D3 falls. A5 selects UNROM in the first 256 KiB, with the
 * half in A4, else NROM-128 by A1–A3 in the 128 KiB behind it; A0 mirroring.
 */
const Multicart810706 = latchBoard({
  clearedByReset: true,
  keepsAddress: (_address, _next, data, value) => ((data & ~value & 8) !== 0 ? 0 : ALL),
  banks(memory, data, address) {
    const block = (address >> 1) & 8;
    if ((address & 0x20) !== 0) map16(memory, block | (data & 7), block | 7);
    else mapNrom(memory, 0x10 | ((address >> 1) & 7), false);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, address & 1);
  },
});

/**
 * Mapper 599, ET-133A: A10 selects the last 128 KiB, with CHR ROM, else CHR RAM. A2–A6 the bank, A7 NROM, A0
 * NROM-256; without A7 the first bank is at $C000. A1 mirroring, A14 locks.
 */
const Et133a = latchBoard({
  clearedByReset: true,
  keepsAddress: (address) => ((address & 0x4000) !== 0 ? ALL : 0),
  banks(memory, data, address, { prgRom }) {
    const isLast = (address & 0x400) !== 0;
    const firstBanks = prgRom.length >= 512 * KIB ? 0x20 : 0x10;
    const block = isLast ? firstBanks : 0;
    const bank = block | ((address >> 2) & (isLast ? 7 : firstBanks - 1));
    if ((address & 0x80) !== 0) mapNrom(memory, bank, (address & 1) !== 0);
    else map16(memory, bank, block);
    const chr = ((address >> 6) & 0x1fc) | (data & 3);
    memory.mapPpu(0x0000, 8 * KIB, isLast ? memory.chr : memory.chrRam, isLast ? chr : 0);
    mirrorBy(memory, address & 2);
  },
});

/**
 * Mapper 608, A-23: UNROM; A0–A1 the block, A2 vertical mirroring. Only addresses with A3 and without A4
 * count.
 */
const A23 = latchBoard({
  clearedByReset: true,
  keepsAddress: (_address, next) => ((next & 0x18) === 8 ? 0 : ALL),
  banks(memory, data, address) {
    const block = (address & 3) << 3;
    map16(memory, block | (data & 7), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, ~address & 4);
  },
});

/**
 * Mapper 625, ET-20: D0–D4, A0 and D7 the bank, D5 NROM-128, D6 vertical mirroring. A3 selects UNROM and
 * locks all but D0–D2. D7 inverts the line of A0: the last 512 KiB of the image are in that order.
 */
const Et20 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if ((registers[1] & 8) !== 0) registers[0] = (registers[0] & ~7) | (value & 7);
    else registers.set([value, address & 0xff]);
    return true;
  },
  banks(memory, [data, address]) {
    const isHigh = data >> 7;
    const bank = (isHigh << 6) | (((address & 1) ^ isHigh) << 5) | (data & 0x1f);
    if ((address & 8) !== 0) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, (data & 0x20) === 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, ~data & 0x40);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 454, name: "110-in-1", board: Multicart110, wiki: ["NES_2.0_Mapper_454"] },
  { mapper: 573, name: "5068", board: Multicart5068 },
  { mapper: 574, name: "FC-40", board: Fc40 },
  { mapper: 579, name: "T-215, 820436-C", board: T215, unif: [{ names: "820436-C" }] },
  { mapper: 581, name: "ET-82", board: Et82 },
  { mapper: 583, name: "8203", board: Multicart8203 },
  { mapper: 587, name: "3355 (K-3057)", board: K3057, unif: [{ names: "K-3057" }] },
  { mapper: 589, name: "810706", board: Multicart810706 },
  { mapper: 599, name: "ET-133A", board: Et133a, ram: { besideRomBytes: 8 * KIB } },
  { mapper: 608, name: "A-23", board: A23 },
  { mapper: 625, name: "ET-20", board: Et20 },
];
