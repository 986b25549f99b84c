import { KIB } from "../../../../units.ts";
import { crc32 } from "../../crc32.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";

/** CRC-32 of the menu of mapper 53, which some images have in front of the games. */
const MENU_53_CRC = 0x63794e25;
/** 16 KiB banks of that menu. */
const MENU_53_BANKS = 2;

/**
 * Mapper 53, Supervision 16-in-1: UNROM blocks, and a menu in the 32 KiB behind them or, in some images, in
 * front of them. Bit 4 starts the game and locks the register until the next reset.
 * https://www.nesdev.org/wiki/INES_Mapper_053
 */
const Supervision = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0x8000) registers[1] = value & 7;
    else if (address >= 0x6000 && (registers[0] & 0x10) === 0) registers[0] = value;
    else return false;
    return true;
  },
  banks(memory, [outer, inner], image) {
    const first = hasMenuFirst(image) ? MENU_53_BANKS : 0;
    const block = (outer & 0x0f) << 3;
    memory.mapPrg(0x6000, 8 * KIB, ((block + first) << 1) + 0x0f);
    if ((outer & 0x10) !== 0) map16(memory, (block | inner) + first, (block | 7) + first);
    else if (first > 0) map16(memory, 0, 1);
    else map16(memory, 0x80, 0x81);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, outer & 0x20);
  },
});

const menuFirst = new WeakMap<CartridgeImage, boolean>();

function hasMenuFirst(image: CartridgeImage): boolean {
  const known = menuFirst.get(image);
  if (known !== undefined) return known;
  const isFirst = crc32([image.prgRom.subarray(0, MENU_53_BANKS * 16 * KIB)]) === MENU_53_CRC;
  menuFirst.set(image, isFirst);
  return isFirst;
}

/**
 * Mapper 265, T-262: D0–D2 the bank; A5–A6 and A8–A9 the block, A7 NROM, A0 NROM-256, A1 mirroring, all
 * locked by A13. https://www.nesdev.org/wiki/NES_2.0_Mapper_265
 */
const T262 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value & 7;
    if ((registers[2] & 0x20) === 0) {
      registers[1] = address & 0xff;
      registers[2] = address >> 8;
    }
    return true;
  },
  banks(memory, [inner, low, high]) {
    const block = ((low >> 2) & 0x18) | ((high & 3) << 5);
    if ((low & 0x80) !== 0) mapNrom(memory, block | inner, (low & 1) !== 0);
    else map16(memory, block | inner, block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, low & 2);
  },
});

/** 16 KiB banks of the main chip of mapper 274. */
const MAIN_BANKS = 128;

/**
 * Mapper 274, Cartridge Story: 2 MiB, and an extra chip behind them at $8000 while A14 was 0 in the last
 * write to the outer register. https://www.nesdev.org/wiki/NES_2.0_Mapper_274
 */
const CartridgeStory = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    if (address < 0xa000) registers[0] = value;
    else {
      registers[1] = value & 0x7f;
      registers[2] = address & 0x4000 ? 1 : 0;
    }
    return true;
  },
  banks(memory, [inner, outer, isMain], { prgRom }) {
    const extraBanks = Math.max(0, (prgRom.length >> 14) - MAIN_BANKS);
    const bank = (outer & 0x70) | (inner & 0x0f);
    const isExtra = isMain === 0 && extraBanks > 0;
    map16(memory, isExtra ? MAIN_BANKS + (bank % extraBanks) : bank, outer);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, inner & 0x10);
  },
});

/**
 * Mapper 289, 60311C: NROM-128, NROM-256 or UNROM, by the mode at $6000 and the bank at $6001.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_289
 */
const Multicart60311C = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x6000) return false;
    if (address < 0x8000) registers[address & 1] = value;
    else registers[2] = value & 7;
    return true;
  },
  banks(memory, [mode, outer, inner]) {
    const last = outer | 7;
    if ((mode & 3) === 3) map16(memory, last, last);
    else if ((mode & 3) === 2) map16(memory, (outer & ~7) | inner, last);
    else mapNrom(memory, outer, (mode & 1) !== 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (mode & 4) === 0);
    mirrorBy(memory, mode & 8);
  },
});

/**
 * Mapper 293, NewStar 12-in-1: two registers, both of which see writes to $8000–$9FFF.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_293
 */
const NewStar12 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if ((address & 0xa000) === 0x8000) registers[0] = value;
    if ((address & 0xc000) === 0x8000) registers[1] = value;
    return address >= 0x8000;
  },
  banks(memory, [first, second]) {
    const block = ((second & 1) << 5) | ((second >> 1) & 0x18);
    const inner = first & 7;
    const isPaired = (second & 0x40) !== 0;
    if ((first & 8) !== 0) mapNrom(memory, block | inner, isPaired);
    else map16(memory, block | (isPaired ? inner & 6 : inner), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, second & 0x80);
  },
});

/**
 * Mapper 294, 63-1601: UNROM in blocks of 128 KiB, selected at $4100 with the mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_294
 */
const Multicart631601 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0x8000) registers[1] = value & 7;
    else if ((address & 0xc100) === 0x4100) registers[0] = value;
    else return false;
    return true;
  },
  banks(memory, [outer, inner]) {
    const block = (outer & 0x0f) << 3;
    map16(memory, block | inner, block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, outer & 0x10);
  },
});

/**
 * Mapper 396, 830752C: UNROM, and the block at $A000. The boards connect mirroring to bit 5 or to bit 6;
 * their menus leave the other bit 0. https://www.nesdev.org/wiki/NES_2.0_Mapper_396
 */
const Multicart830752C = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[(address & 0xe000) === 0xa000 ? 1 : 0] = value;
    return true;
  },
  banks(memory, [inner, outer]) {
    const block = (outer & 7) << 3;
    map16(memory, block | (inner & 7), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, outer & 0x60);
  },
});

/**
 * Mapper 439, YS2309: UNROM of 1 MiB with mirroring in its latch. The bits that are set in the mask at $6001
 * come from the register at $6000, and bit 7 of the mask protects mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_439
 */
const Ys2309 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x6000) return false;
    if (address < 0x8000) registers[1 + (address & 1)] = value;
    else if ((registers[2] & 0x80) === 0) registers[0] = value;
    else registers[0] = (registers[0] & 0x80) | (value & 0x7f);
    return true;
  },
  banks(memory, [latch, outer, mask]) {
    const fixedBits = (mask >> 1) & 0x38;
    const block = (outer >> 1) & fixedBits;
    memory.unmapCpu(0x6000, 8 * KIB);
    map16(memory, block | (latch & 0x3f & ~fixedBits), block | (0x3f & ~fixedBits));
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, latch & 0x80);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 53,
    name: "Supervision 16-in-1",
    board: Supervision,
    wiki: ["INES_Mapper_053"],
    unif: [{ names: "SUPERVISION16IN1" }],
  },
  { mapper: 265, name: "T-262", board: T262, wiki: ["NES_2.0_Mapper_265"], unif: [{ names: "T-262" }] },
  {
    mapper: 274,
    name: "80013-B Cartridge Story",
    board: CartridgeStory,
    wiki: ["NES_2.0_Mapper_274"],
    unif: [{ names: "80013-B" }],
  },
  {
    mapper: 289,
    name: "60311C",
    board: Multicart60311C,
    wiki: ["NES_2.0_Mapper_289"],
    unif: [{ names: "60311C" }],
  },
  { mapper: 293, name: "NewStar 12-in-1", board: NewStar12, wiki: ["NES_2.0_Mapper_293"] },
  { mapper: 294, name: "63-1601 16-in-1", board: Multicart631601, wiki: ["NES_2.0_Mapper_294"] },
  {
    mapper: 396,
    name: "830752C (YY850437C)",
    board: Multicart830752C,
    wiki: ["NES_2.0_Mapper_396"],
    unif: [{ names: "830752C GOLDEN-16IN1-SPC001" }],
  },
  {
    mapper: 439,
    name: "YS2309",
    board: Ys2309,
    wiki: ["NES_2.0_Mapper_439"],
    unif: [{ names: "DS-07 K86B" }],
  },
];
