import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";

const DIVIDER = FREE;
const LAST_A12 = FREE + 1;

/**
 * Mapper 4 submapper 3, MC-ACC, Acclaim's MMC3: every eighth falling edge of A12 clocks the interrupt
 * counter, instead of filtered rising edges. https://www.nesdev.org/wiki/MMC3#iNES_Mapper_004_and_MMC6
 */
class McAcc extends Mmc3 {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override declareState(state: StateCheck): void {
    state.slots("board.divider", this.registers, range(0, 7), DIVIDER, 1);
    state.slots("board.a12", this.registers, FLAG, LAST_A12, 1);
  }

  protected override writeMmc3(address: number, value: number, cycle: number): void {
    if ((address & 0xe001) === 0xc001) this.registers[DIVIDER] = 0;
    super.writeMmc3(address, value, cycle);
  }

  /** A12 falls at most once in two reads. */
  override readsUntilIrq(): number {
    const rises = this.risesUntilIrq;
    if (rises === NEVER) return NEVER;
    const fallsToClock = this.registers[DIVIDER] === 0 ? 1 : 9 - this.registers[DIVIDER];
    return Math.max(1, 2 * (fallsToClock + 8 * (rises - 1)) - 1);
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const a12 = (address >> 12) & 1;
    if (registers[LAST_A12] === 1 && a12 === 0) {
      registers[DIVIDER] = (registers[DIVIDER] + 1) & 7;
      if (registers[DIVIDER] === 1) this.ppuA12Rise(cycle);
    }
    registers[LAST_A12] = a12;
    return value;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 4,
    submappers: [3],
    name: "MC-ACC (Acclaim)",
    board: McAcc,
    wiki: ["MMC3"],
  },
];
