import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FOUR_MIRRORINGS } from "../parts/outer-mmc3.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const CHR = 0; // eight registers
const PRG = 8; // $8000, $A000, $C000, $6000
const MIRRORING = 12;
const IRQ_ENABLED = 13;
const COUNTER = 14;
const PHASE = 15;

/** Cycles of a step of the counter. */
const CYCLES_PER_STEP = 114;

/**
 * Mapper 183, Shui Guan Pipe: registers like the VRC4's, ROM at $6000, and a counter of steps of 114 cycles.
 * https://www.nesdev.org/wiki/INES_Mapper_183
 */
class ShuiGuanPipe extends TimedBoard {
  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.phase", this.registers, range(0, CYCLES_PER_STEP - 1), PHASE, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    const register = address & 0xf80c;
    if ((address & 0xf800) === 0x6800) registers[PRG + 3] = address & 0x3f;
    else if (register === 0x8800) registers[PRG] = value;
    else if (register === 0xa800) registers[PRG + 1] = value;
    else if (register === 0xa000) registers[PRG + 2] = value;
    else if (register === 0x9800) registers[MIRRORING] = value & 3;
    else if (register >= 0xb000 && register <= 0xe00c) this.#writeChr(address, value);
    else if (register === 0xf000) registers[COUNTER] = (registers[COUNTER] & 0xf0) | (value & 0x0f);
    else if (register === 0xf004) registers[COUNTER] = (registers[COUNTER] & 0x0f) | ((value & 0x0f) << 4);
    else if (register === 0xf008) {
      registers[IRQ_ENABLED] = value !== 0 ? 1 : 0;
      if (value === 0) registers[PHASE] = 0;
      this.clearIrq(cycle);
    }
  }

  #writeChr(address: number, value: number): void {
    const slot = CHR + ((((address >> 11) - 6) | (address >> 3)) & 7);
    const shift = address & 4;
    this.registers[slot] = (this.registers[slot] & (0xf0 >> shift)) | ((value & 0x0f) << shift);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x6000, 8 * KIB, registers[PRG + 3]);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    memory.mirror(FOUR_MIRRORINGS[registers[MIRRORING]]);
  }

  protected override count(cycles: number, first: number): void {
    const { registers } = this;
    if (this.cyclesToIrq() <= cycles) this.assertIrq(first + this.cyclesToIrq() - 1);
    const total = registers[PHASE] + cycles;
    registers[PHASE] = total % CYCLES_PER_STEP;
    if (registers[IRQ_ENABLED] !== 0) registers[COUNTER] += Math.floor(total / CYCLES_PER_STEP);
  }

  protected override cyclesToIrq(): number {
    const { registers } = this;
    if (registers[IRQ_ENABLED] === 0) return NEVER;
    return (256 - registers[COUNTER]) * CYCLES_PER_STEP - registers[PHASE];
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 183, name: "Shui Guan Pipe", board: ShuiGuanPipe, wiki: ["INES_Mapper_183"] },
];
