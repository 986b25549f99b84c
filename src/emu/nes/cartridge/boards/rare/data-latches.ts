/**
 * Multicarts whose latch takes the data of a write. What has no page in the wiki follows NintendulatorNRS and
 * FCEUmm.
 */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { conflictsAlways, latchBoard } from "../parts/latch.ts";
import {
  map16,
  mapNrom,
  mirrorAllButLast,
  mirrorBy,
  mirrorOne,
  registerBoard,
} from "../parts/register-board.ts";

/**
 * Mapper 429, LIKO BBG-235-8-1B and Milowork FCFC1: D2 and up 32 KiB of PRG, D0 and up CHR. Bank 1 is the
 * first. In submapper 1, D7 selects a single screen. https://www.nesdev.org/wiki/NES_2.0_Mapper_429
 */
const Liko = latchBoard({
  powerOn: 4,
  clearedByReset: true,
  banks(memory, data, _address, { submapper }) {
    memory.mapPrg(0x8000, 32 * KIB, data >> 2);
    memory.mapChr(0x0000, 8 * KIB, data);
    if (submapper === 1) mirrorOne(memory, data & 0x80);
  },
});

/**
 * Mapper 453, Realtec 8042: D6 BNROM with a single screen, else UNROM; D5–D7 the block of 256 KiB, which can
 * be set only once. https://www.nesdev.org/wiki/NES_2.0_Mapper_453
 */
const Realtec8042 = latchBoard({
  clearedByReset: true,
  keepsData: (data) => ((data & 0xe0) !== 0 ? 0xe0 : 0),
  banks(memory, data) {
    const block = (data >> 2) & 0x38;
    if ((data & 0x40) !== 0) {
      memory.mapPrg(0x8000, 32 * KIB, (data & 7) | ((data >> 3) & 0x18));
      mirrorOne(memory, ~data & 0x10);
    } else {
      map16(memory, block | (data & 7), block | 7);
      mirrorBy(memory, data & 0x10);
    }
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 477, 15-in-1: one bank for PRG and CHR. Bank 0 is NROM-256, all others have the last bank below
 * them. Resistors make ROM win conflicts of D0–D3 in banks 8–15.
 */
const Multicart477 = registerBoard({
  onReset: "restores",
  write(registers, address, value, memory) {
    if (address < 0x8000) return false;
    registers[0] = memory.cpuByte(address, value) & (value | ((registers[0] & 8) !== 0 ? 0x0f : 0));
    return true;
  },
  banks(memory, [data]) {
    if ((data & 0x0e) !== 0) map16(memory, -1, data);
    else mapNrom(memory, data, true);
    memory.mapChr(0x0000, 8 * KIB, data);
  },
});

/** Mapper 481, 045N: UNROM, with the block of 128 KiB in D7. */
const Multicart045N = latchBoard({
  clearedByReset: true,
  banks(memory, data) {
    const block = (data >> 4) & 8;
    map16(memory, block | (data & 7), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** Mapper 482, K-1079: D0–D5 the bank, D7 NROM-128, D6 mirroring. A0 and A1 put solder pads on the bus: 0. */
const K1079 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value;
    registers[1] = address & 3;
    return true;
  },
  read: (_registers, address, openBus) => (address >= 0x8000 ? openBus & 0xf8 : openBus),
  banks(memory, [data, low]) {
    mapNrom(memory, data & 0x3f, (data & 0x80) === 0);
    if (low === 3) memory.unmapCpu(0x8000, 32 * KIB);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & 0x40);
  },
});

/** Mapper 489, N-80: D0–D5 both banks; bank 2 is NROM-256. D6–D7 mirroring. */
const N80 = latchBoard({
  clearedByReset: true,
  banks(memory, data) {
    mapNrom(memory, data & 0x3f, (data & 0x1f) === 2);
    memory.mapChr(0x0000, 8 * KIB, data & 0x3f);
    if (data < 0x40) mirrorAllButLast(memory);
    else if (data >= 0xc0) memory.mirror("single-1");
    else mirrorBy(memory, data & 0x80);
  },
});

/**
 * Mapper 564, bd23.pcb: D0–D3 32 KiB, D4 mirroring. D5 selects a single screen, and locks itself and D3; if
 * D3 is 0, D2 too.
 */
const Bd23 = latchBoard({
  clearedByReset: true,
  keepsData: (data) => ((data & 0x20) === 0 ? 0 : (data & 8) !== 0 ? 0x28 : 0x2c),
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, data & 0x0f);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((data & 0x20) !== 0) mirrorOne(memory, data & 0x10);
    else mirrorBy(memory, data & 0x10);
  },
});

/** Mapper 590, 810430: D0 and up both banks, D3 NROM-256, with bus conflicts. */
const Multicart810430 = latchBoard({
  conflicts: conflictsAlways,
  clearedByReset: true,
  banks(memory, data) {
    mapNrom(memory, data, (data & 8) !== 0);
    memory.mapChr(0x0000, 8 * KIB, data);
  },
});

/** Mapper 592, 8-in-1 1991: D0–D2 both banks, D3 mirroring, with bus conflicts. */
const Multicart592 = latchBoard({
  conflicts: conflictsAlways,
  clearedByReset: true,
  banks(memory, data) {
    mapNrom(memory, data, false);
    memory.mapChr(0x0000, 8 * KIB, data);
    mirrorBy(memory, data & 8);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 429,
    name: "LIKO BBG-235-8-1B, FCFC1",
    board: Liko,
    wiki: ["NES_2.0_Mapper_429"],
    knownSubmappers: [1],
  },
  { mapper: 453, name: "Realtec 8042", board: Realtec8042, wiki: ["NES_2.0_Mapper_453"] },
  { mapper: 477, name: "15-in-1", board: Multicart477 },
  { mapper: 481, name: "045N", board: Multicart045N },
  { mapper: 482, name: "K-1079", board: K1079 },
  { mapper: 489, name: "N-80", board: N80 },
  { mapper: 564, name: "bd23.pcb", board: Bd23 },
  { mapper: 590, name: "810430", board: Multicart810430 },
  { mapper: 592, name: "8-in-1 1991", board: Multicart592 },
];
