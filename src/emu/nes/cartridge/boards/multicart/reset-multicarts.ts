import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 60, four NROM-128 games: each press of the reset button selects the next.
 * https://www.nesdev.org/wiki/INES_Mapper_060
 */
const ResetNrom = registerBoard({
  onReset(registers) {
    registers[0] = (registers[0] + 1) & 3;
  },
  write: () => false,
  banks(memory, [game]) {
    map16(memory, game, game);
    memory.mapChr(0x0000, 8 * KIB, game);
  },
});

const IS_MENU = 1;

/**
 * Mapper 230, a 22-in-1: the reset button switches between Contra, a UNROM game in the first 128 KiB, and a
 * menu of NROM games after it. https://www.nesdev.org/wiki/INES_Mapper_230
 */
const ContraAndNrom = registerBoard({
  onReset(registers) {
    registers[0] = 0;
    registers[IS_MENU] ^= 1;
  },
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value;
    return true;
  },
  banks(memory, [data, isMenu]) {
    memory.mapChr(0x0000, 8 * KIB, 0);
    if (isMenu === 0) {
      map16(memory, data & 7, 7);
      memory.mirror("vertical");
      return;
    }
    mapNrom(memory, (data & 0x1f) + 8, (data & 0x20) === 0);
    memory.mirror((data & 0x40) !== 0 ? "vertical" : "horizontal");
  },
});

const BLOCK = 2;

/**
 * Mapper 233, a 42-in-1: a mapper 226 with PRG bank bit 5 flipped by the reset button.
 * https://www.nesdev.org/wiki/INES_Mapper_233
 */
const Multicart233 = registerBoard({
  onReset(registers) {
    registers.fill(0, 0, BLOCK);
    registers[BLOCK] ^= 1;
  },
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[address & 1] = value;
    return true;
  },
  banks(memory, [low, high, block]) {
    const bank = (low & 0x1f) | (block << 5) | ((high & 1) << 6);
    mapNrom(memory, bank, (low & 0x20) === 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (high & 2) === 0);
    memory.mirror((low & 0x40) !== 0 ? "vertical" : "horizontal");
  },
});

/**
 * Mapper 360, Bit Corp. 3150: a DIP switch of five bits selects one of 31 games; here each press of the reset
 * button sets its next position. The first one is a game of 32 KiB; bit 4 is also the mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_360
 */
const BitCorp3150 = registerBoard({
  onReset(registers) {
    registers[0] = (registers[0] + 1) & 0x1f;
  },
  write: () => false,
  banks(memory, [dip]) {
    mapNrom(memory, dip, dip === 0);
    memory.mapChr(0x0000, 8 * KIB, dip);
    mirrorBy(memory, dip & 0x10);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 60,
    name: "Reset-based NROM-128 4-in-1",
    board: ResetNrom,
    wiki: ["INES_Mapper_060"],
    unif: [{ names: "RESETBASED4IN1" }],
  },
  { mapper: 230, name: "22-in-1 with Contra", board: ContraAndNrom, wiki: ["INES_Mapper_230"] },
  {
    mapper: 233,
    name: "42-in-1 multicart",
    board: Multicart233,
    wiki: ["INES_Mapper_233"],
    unif: [{ names: "42IN1RESETSWITCH" }],
  },
  { mapper: 360, name: "Bit Corp. 3150 31-in-1", board: BitCorp3150, wiki: ["NES_2.0_Mapper_360"] },
];
