import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { Mmc3 } from "../nintendo/mmc3.ts";
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

/**
 * Mapper 399, Star Versus: an MMC3 whose bank registers are written at once, with the register's lowest bit
 * in D7, and two CHR banks of 4 KiB. The wiki's page has only the name; this follows FCEUmm, also for
 * submapper 1. https://www.nesdev.org/wiki/NES_2.0_Mapper_399
 */
class StarVersus extends Mmc3 {
  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const seen = this.image.submapper === 1 ? (address + 0x2000) | 0x8000 : address;
    if ((seen & 0xe000) !== 0x8000) {
      this.writeMmc3(seen, value, cycle);
      return;
    }
    this.registers[((seen & 1) * 6) | (value >> 7)] = value;
    this.updateBanks();
  }

  protected override mapPrgBanks(): void {
    const { memory, registers } = this;
    if (this.image.submapper === 1) {
      memory.mapPrg(0x6000, 8 * KIB, -2);
      memory.mapPrg(0x8000, 16 * KIB, registers[6]);
    } else {
      memory.mapPrg(0x8000, 8 * KIB, 0);
      memory.mapPrg(0xa000, 8 * KIB, registers[6]);
    }
    memory.mapPrg(0xc000, 8 * KIB, registers[7]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
  }

  protected override mapChrBanks(): void {
    for (let half = 0; half < 2; half++) this.memory.mapChr(half * 4 * KIB, 4 * KIB, this.registers[half]);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 399,
    name: "Star Versus (MMC3)",
    board: StarVersus,
    wiki: ["NES_2.0_Mapper_399"],
    knownSubmappers: [1],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
  {
    mapper: 400,
    name: "8-BIT XMAS 2017",
    board: Xmas2017,
    wiki: ["NES_2.0_Mapper_400"],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
];
