import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mapNrom64, mirrorBy, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 310, K-1053: mapper 15 with more PRG banks and four CHR RAM banks, selected at $C000.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_310
 */
const K1053 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if (address < 0xc000) registers[0] = value;
    else {
      registers[1] = address & 0x0f;
      registers[2] = value & 3;
    }
    return true;
  },
  banks(memory, [data, select, chr]) {
    const bank = (data & 0x3f) | ((select & 0x0c) << 4);
    const mode = select & 3;
    if (mode === 2) mapNrom64(memory, (bank << 1) | (data >> 7));
    else if (mode === 1) map16(memory, bank, bank | 7);
    else mapNrom(memory, bank, mode === 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, chr, mode === 1 || mode === 2);
    mirrorBy(memory, data & 0x40);
  },
});

/**
 * Mapper 320, 830425C-4391T: UNROM or UOROM, in the block of the last write to $F0E0–$F0FF.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_320
 */
const Multicart830425C = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value & 0x0f;
    if ((address & 0xffe0) === 0xf0e0) registers[1] = address & 0x1f;
    return true;
  },
  banks(memory, [inner, outer]) {
    const block = (outer & 0x0f) << 3;
    const mask = (outer & 0x10) !== 0 ? 7 : 0x0f;
    map16(memory, block | (inner & mask), block | mask);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 331, 7-in-1: two registers of a CHR and a PRG bank. The board selects the PRG bank by PPU A12; games
 * write the same PRG bank to both, and here the first register always selects it.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_331
 */
const SevenInOne = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0xa000) return false;
    registers[((address >> 13) & 3) - 1] = value;
    return true;
  },
  banks(memory, [left, right, mode]) {
    const block = (mode & 3) << 3;
    if ((mode & 8) !== 0) mapNrom(memory, block | (left & 7), true);
    else map16(memory, block | (left & 7), block | 7);
    memory.mapChr(0x0000, 4 * KIB, (left >> 3) | (block << 2));
    memory.mapChr(0x1000, 4 * KIB, (right >> 3) | (block << 2));
    mirrorBy(memory, mode & 4);
  },
});

/**
 * Mapper 332, Super 40-in-1: PRG at $6000, which bit 5 locks, and CHR at $6001, with a latch for CNROM games.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_332
 */
const Super40 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0x8000) registers[2] = value & 3;
    else if (address >= 0x6000 && (registers[0] & 0x20) === 0) registers[address & 1] = value;
    else return false;
    return true;
  },
  banks(memory, [prg, chr, latch]) {
    const high = (prg >> 3) & 8;
    mapNrom(memory, high | (prg & 7), (prg & 8) === 0);
    const isCnrom = (chr & 0x30) === 0;
    memory.mapChr(0x0000, 8 * KIB, high | (chr & 4) | (isCnrom ? latch : chr & 3));
    mirrorBy(memory, prg & 0x10);
  },
});

/**
 * Mapper 336, K-3046: D0–D2 the bank, D3–D5 the block. Submapper 1 has bus conflicts, in which ROM decides
 * bit 3. https://www.nesdev.org/wiki/NES_2.0_Mapper_336
 */
const K3046 = latchBoard({
  conflicts: ({ submapper }) => submapper === 1,
  romWins: 8,
  banks(memory, data, _address, { submapper }) {
    map16(memory, data & 0x3f, (data & 0x38) | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, data & (submapper === 2 ? 0x08 : 0x20));
  },
});

/**
 * Mapper 350, 891227: NROM games in the first 512 KiB, UNROM games in both halves; ROM at $6000.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_350
 */
const Multicart891227 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if (address < 0xc000) registers[0] = value;
    else registers[1] = value & 7;
    return true;
  },
  banks(memory, [outer, inner]) {
    const block = outer & 0x18;
    const isUnrom = (outer & 0x40) !== 0;
    memory.mapPrg(0x6000, 8 * KIB, 1);
    if (isUnrom) {
      const chip = outer & 0x20;
      map16(memory, chip | block | inner, chip | block | 7);
    } else mapNrom(memory, block | inner, (outer & 0x20) !== 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, isUnrom);
    mirrorBy(memory, outer & 0x80);
  },
});

/**
 * Mapper 389, Caltron 9-in-1: address latches; NROM-256, or UNROM in 64 KiB.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_389
 */
const Caltron9 = registerBoard({
  write(registers, address) {
    if (address < 0x8000) return false;
    registers[address < 0x9000 ? 0 : address < 0xa000 ? 1 : 2] = address & 0xff;
    return true;
  },
  banks(memory, [outer, mode, inner]) {
    if ((mode & 2) === 0) memory.mapPrg(0x8000, 32 * KIB, (outer >> 3) & 0x0f);
    else {
      const block = (outer >> 2) & 0x1c;
      map16(memory, block | ((inner >> 2) & 3), block | 3);
    }
    memory.mapChr(0x0000, 8 * KIB, ((mode >> 1) & 0x1c) | (inner & 3));
    mirrorBy(memory, outer & 1);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 310, name: "K-1053 1200-in-1", board: K1053, wiki: ["NES_2.0_Mapper_310"] },
  {
    mapper: 320,
    name: "830425C-4391T 6-in-1",
    board: Multicart830425C,
    wiki: ["NES_2.0_Mapper_320"],
    unif: [{ names: "830425C-4391T" }],
  },
  {
    mapper: 331,
    name: "7-in-1 NS03",
    board: SevenInOne,
    wiki: ["NES_2.0_Mapper_331"],
    unif: [{ names: "12-IN-1" }],
  },
  {
    mapper: 332,
    name: "Super 40-in-1",
    board: Super40,
    wiki: ["NES_2.0_Mapper_332"],
    unif: [{ names: "WS" }],
  },
  {
    mapper: 336,
    name: "K-3046",
    board: K3046,
    wiki: ["NES_2.0_Mapper_336"],
    unif: [{ names: "K-3046" }],
    knownSubmappers: [1, 2],
  },
  {
    mapper: 350,
    name: "891227 15-in-1",
    board: Multicart891227,
    wiki: ["NES_2.0_Mapper_350"],
    unif: [{ names: "891227" }],
  },
  { mapper: 389, name: "Caltron 9-in-1", board: Caltron9, wiki: ["NES_2.0_Mapper_389"] },
];
