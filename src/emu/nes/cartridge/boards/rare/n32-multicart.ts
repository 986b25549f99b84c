import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { map16, mapNrom64, mirrorBy } from "../parts/register-board.ts";

const LATCH = 0; // BPA.MHC.: PRG modes and A14, A16 and NROM mode, mirroring and CHR A14, CHR A13
const PRG_8 = 1; // .....BAC: PRG A14, A13, A15

const NROM_MODE = 8;
const IRQ_COUNT = 0x1000;

/**
 * Mapper 416, the N-32 conversion of Super Mario Bros. 2 in a multicart. The diagram of the wiki's page
 * allows two orders of the CHR bits and names no masks. This follows NintendulatorNRS, by the author of the
 * page: CHR A14 is also the mirroring, the latch answers at $8000–$9FFF, and A8 selects one of the registers
 * at $4020–$5FFF with A5 set and A6 clear.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_416
 */
class N32Multicart extends CycleCounter {
  protected override readonly limit: number = IRQ_COUNT;

  override reset(): void {
    this.registers[LATCH] = 0;
    this.registers[PRG_8] = 0;
    this.updateBanks();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address >= 0x8000 && address < 0xa000) this.registers[LATCH] = value;
    if (address >= 0x6000 || (address & 0x60) !== 0x20) return;
    if ((address & 0x100) === 0) {
      this.registers[PRG_8] = value & 0x0f;
      return;
    }
    this.isCounting = (value & 1) !== 0;
    if (this.isCounting) return;
    this.counter = 0;
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const latch = registers[LATCH];
    memory.mapPrg(0x6000, 8 * KIB, 7);
    if ((latch & NROM_MODE) === 0) this.#mapConversion();
    else this.#mapNrom(((latch >> 5) & 1) | ((latch >> 6) & 2) | ((latch >> 1) & 4));
    memory.mapChr(0x0000, 8 * KIB, (latch >> 1) & 3);
    mirrorBy(memory, latch & 4);
  }

  #mapConversion(): void {
    const { memory, registers } = this;
    const bank = registers[PRG_8];
    memory.mapPrg(0x8000, 8 * KIB, 0);
    memory.mapPrg(0xa000, 8 * KIB, 1);
    memory.mapPrg(0xc000, 8 * KIB, (bank & 8) | ((bank & 1) << 2) | ((bank >> 1) & 3));
    memory.mapPrg(0xe000, 8 * KIB, 3);
  }

  /** Maps 32, 16 or 8 KiB of a bank of 16 KiB. */
  #mapNrom(bank: number): void {
    const { memory, registers } = this;
    if ((registers[LATCH] & 0x80) !== 0) memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
    else if ((registers[LATCH] & 0x40) !== 0) map16(memory, bank, bank);
    else mapNrom64(memory, bank << 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 416, name: "N-32 4-in-1", board: N32Multicart, wiki: ["NES_2.0_Mapper_416"] },
];
