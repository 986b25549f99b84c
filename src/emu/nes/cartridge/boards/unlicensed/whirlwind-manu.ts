import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { mirrorBy, registerBoard } from "../parts/register-board.ts";

const withRam = (): BoardChips => ({ prgRamBytes: 8 * KIB, prgNvramBytes: 0 });

/** Mapper 125, LH32: Monty no Doki Doki Daisassou from disk. https://www.nesdev.org/wiki/INES_Mapper_125 */
const Lh32 = registerBoard({
  chips: withRam,
  write(registers, address, value) {
    if (address < 0x6000 || address >= 0x8000) return false;
    registers[0] = value & 0x0f;
    return true;
  },
  banks(memory, [bank]) {
    memory.mapPrg(0x6000, 8 * KIB, bank);
    memory.mapPrg(0x8000, 32 * KIB, -1);
    memory.mapCpu(0xc000, 8 * KIB, memory.prgRam, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** Mapper 309, LH51: Ai Senshi Nicol from disk. https://www.nesdev.org/wiki/NES_2.0_Mapper_309 */
const Lh51 = registerBoard({
  chips: withRam,
  write(registers, address, value) {
    if (address < 0x8000 || (address & 0x6000) % 0x6000 !== 0) return false;
    registers[(address >> 14) & 1] = value;
    return true;
  },
  banks(memory, [bank, mirroring]) {
    memory.mapPrg(0x8000, 32 * KIB, -1);
    memory.mapPrg(0x8000, 8 * KIB, bank & 0x0f);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, mirroring & 8);
  },
});

/**
 * Mapper 522, LH10: Fuuun Shourinken from disk, with two of an MMC3's registers.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_522
 */
const Lh10 = registerBoard({
  chips: withRam,
  write(registers, address, value) {
    if ((address & 0xe000) !== 0x8000) return false;
    registers[(address & 1) === 0 ? 0 : 1 + (registers[0] & 7)] = value;
    return true;
  },
  banks(memory, registers) {
    memory.mapPrg(0x6000, 8 * KIB, -2);
    memory.mapPrg(0x8000, 8 * KIB, registers[7]);
    memory.mapPrg(0xa000, 8 * KIB, registers[8]);
    memory.mapCpu(0xc000, 8 * KIB, memory.prgRam, 0);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/**
 * Mapper 535, LH53: Nazo no Murasamejou from disk, with RAM at $B800. The period of the counter, 7,560
 * cycles, is FCEUX's. Every write to $E000 acknowledges the IRQ, as the wiki says; in FCEUX only one that
 * stops the counter does. https://www.nesdev.org/wiki/NES_2.0_Mapper_535
 */
class Lh53 extends CycleCounter {
  protected override readonly limit: number = 7560;

  static override chips(): BoardChips {
    return withRam();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address >= 0xf000) this.registers[0] = value;
    else if (address >= 0xe000) {
      this.isCounting = (value & 2) !== 0;
      this.counter = 0;
      this.clearIrq(cycle);
    }
  }

  protected override mapBanks(): void {
    const { memory } = this;
    memory.mapPrg(0x6000, 8 * KIB, this.registers[0]);
    memory.mapPrg(0x8000, 32 * KIB, 3);
    memory.mapCpu(0xb800, 8 * KIB, memory.prgRam, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards, Whirlwind Manu's conversions of disk games, serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 125, name: "LH32", board: Lh32, wiki: ["INES_Mapper_125"], unif: [{ names: "LH32" }] },
  { mapper: 309, name: "LH51", board: Lh51, wiki: ["NES_2.0_Mapper_309"], unif: [{ names: "LH51" }] },
  { mapper: 522, name: "LH10", board: Lh10, wiki: ["NES_2.0_Mapper_522"], unif: [{ names: "LH10" }] },
  { mapper: 535, name: "LH53", board: Lh53, wiki: ["NES_2.0_Mapper_535"], unif: [{ names: "LH53" }] },
];
