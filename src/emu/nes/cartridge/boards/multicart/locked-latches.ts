/** UNROM and NROM games behind a latch that can be locked. The data of writes select the inner bank. */
import { KIB } from "../../../../units.ts";
import type { BoardClass } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";

const INNER = 2;

interface LockedLatch {
  /** Returns true if the address latch takes no more writes. */
  readonly isLocked: (outer: number) => boolean;
  /** True if ROM drives the bus during writes. */
  readonly hasConflicts?: true;
  /** Maps PRG ROM by the latched address and the data of the last write. */
  readonly banks: (memory: CartridgeMemory, outer: number, inner: number) => void;
}

/** A board with an address latch until it is locked. The reset button unlocks it. */
function lockedLatch({ isLocked, hasConflicts, banks }: LockedLatch): BoardClass {
  return registerBoard({
    onReset: "restores",
    write(registers, address, value, memory) {
      if (address < 0x8000) return false;
      if (!isLocked(registers[0] | (registers[1] << 8))) {
        registers[0] = address & 0xff;
        registers[1] = address >> 8;
      }
      registers[INNER] = hasConflicts === true ? value & memory.cpuByte(address, value) : value;
      return true;
    },
    banks(memory, registers) {
      memory.mapChr(0x0000, 8 * KIB, 0);
      banks(memory, registers[0] | (registers[1] << 8), registers[INNER]);
    },
  });
}

/**
 * Mapper 128, 1994 Super HiK 4-in-1: UNROM in blocks of 128 KiB by A5 and up. A write to $F000–$FFFF locks.
 * https://www.nesdev.org/wiki/INES_Mapper_128
 */
const SuperHik4In1 = lockedLatch({
  isLocked: (outer) => outer >= 0xf000,
  banks(memory, outer, inner) {
    map16(memory, (outer >> 2) | (inner & 7), (outer >> 2) | 7);
    mirrorBy(memory, outer & 2);
  },
});

/**
 * Mapper 375, 135-in-1: mapper 227 with more address lines, A8 and A10, and UNROM games, which A11 locks. A7
 * protects CHR RAM. https://www.nesdev.org/wiki/NES_2.0_Mapper_375
 */
const Multicart135 = lockedLatch({
  isLocked: (outer) => (outer & 0x800) !== 0,
  banks(memory, outer, inner) {
    const bank = ((outer >> 2) & 0x1f) | ((outer >> 3) & 0x20) | ((outer >> 4) & 0x40);
    const lower = (outer & 0x800) !== 0 ? (bank & ~1) | (inner & 7) : bank;
    if ((outer & 0x80) === 0) {
      map16(memory, (outer & 1) !== 0 ? lower & ~1 : lower, (outer & 0x200) !== 0 ? bank | 7 : bank & ~7);
    } else if ((outer & 1) !== 0) mapNrom(memory, bank, true);
    else map16(memory, lower, bank);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (outer & 0x80) === 0);
    mirrorBy(memory, outer & 2);
  },
});

/**
 * Mapper 382, 830928C: A0–A2 the block of 128 KiB, A3 BNROM instead of UNROM, A4 mirroring, A5 the lock.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_382
 */
const Multicart830928C = lockedLatch({
  isLocked: (outer) => (outer & 0x20) !== 0,
  hasConflicts: true,
  banks(memory, outer, inner) {
    const block = (outer & 7) << 3;
    if ((outer & 8) !== 0) memory.mapPrg(0x8000, 32 * KIB, (block >> 1) | (inner & 3));
    else map16(memory, block | (inner & 7), block | 7);
    mirrorBy(memory, outer & 0x10);
  },
});

/**
 * Mapper 465, ET-120: A2–A6 and A10 the bank, A0 NROM-256, A1 mirroring. A9 selects UNROM and locks; the
 * inner bank is 0 until the next write. https://www.nesdev.org/wiki/NES_2.0_Mapper_465
 */
const Et120 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if ((registers[1] & 2) !== 0) registers[INNER] = value & 7;
    else {
      registers[0] = address & 0xff;
      registers[1] = address >> 8;
    }
    return true;
  },
  banks(memory, [low, high, inner]) {
    const bank = ((low >> 2) & 0x1f) | ((high << 3) & 0x20);
    if ((high & 2) !== 0) map16(memory, (bank & ~7) | inner, bank | 7);
    else mapNrom(memory, bank, (low & 1) !== 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, low & 2);
  },
});

/**
 * Mapper 277, a data latch: D0–D3 the bank, in pairs or single if D3 is set, else UNROM; D4 mirroring, D5 the
 * lock. https://www.nesdev.org/wiki/NES_2.0_Mapper_277
 */
const Multicart277 = registerBoard({
  initial: [8],
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000 || (registers[0] & 0x20) !== 0) return false;
    registers[0] = value;
    return true;
  },
  banks(memory, [data]) {
    const bank = data & 0x0f;
    if ((data & 8) === 0) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, (data & 1) === 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & 0x10);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 128, name: "1994 Super HiK 4-in-1", board: SuperHik4In1, wiki: ["INES_Mapper_128"] },
  { mapper: 277, name: "09-078", board: Multicart277, wiki: ["NES_2.0_Mapper_277"] },
  { mapper: 375, name: "135-in-1", board: Multicart135, wiki: ["NES_2.0_Mapper_375"] },
  { mapper: 382, name: "830928C", board: Multicart830928C, wiki: ["NES_2.0_Mapper_382"] },
  { mapper: 465, name: "ET-120", board: Et120, wiki: ["NES_2.0_Mapper_465"] },
];
