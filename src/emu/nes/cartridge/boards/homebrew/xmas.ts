import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { map16, mirrorBy, registerBoard } from "../parts/register-board.ts";

const LOWER = 2;
const UPPER = 3;
const LATCH = 4;

/**
 * Mapper 400, 8-BIT XMAS 2017: UNROM games in blocks that are selected for both halves of PRG separately. The
 * wiki has no description; this follows FCEUmm. https://www.nesdev.org/wiki/NES_2.0_Mapper_400
 */
const Xmas2017 = registerBoard({
  initial: [0, 0, 0, 0x80],
  onReset: "restores",
  write(registers, address, value) {
    if (address >= 0xc000) registers[LATCH] = value;
    else if ((address & 0xe7ff) === 0x6000) registers[(address >> 11) & 3] = value;
    else return false;
    return true;
  },
  banks(memory, registers) {
    const latch = registers[LATCH];
    memory.unmapCpu(0x6000, 8 * KIB);
    map16(memory, (registers[LOWER] & 0xf8) | (latch & 7), registers[UPPER] | 7);
    memory.mapChr(0x0000, 8 * KIB, latch >> 5);
    mirrorBy(memory, registers[UPPER] & 0x20);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 400,
    name: "8-BIT XMAS 2017",
    board: Xmas2017,
    wiki: ["NES_2.0_Mapper_400"],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
];
