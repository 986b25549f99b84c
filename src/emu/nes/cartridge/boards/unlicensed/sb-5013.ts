import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { HOOK_A12, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { FOUR_MIRRORINGS } from "../parts/outer-mmc3.ts";

const PRG = 0; // $8000 + n
const CHR = 4; // $A000 and $B000 + n
const MODE = 12; // $9000 + n: PRG block, sizes, mirroring, CHR block
const IRQ_ENABLED = 16;
const COUNTS_LINES = 17;
const ENABLES_ITSELF = 18;
const LINE_RELOAD = 19;
const LINE_LATCH = 20;
const LINE_COUNTER = 21;
const POWER_ON = [0xfc, 0xfd, 0xfe, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0x40];
/** PRG bank bits by D0–D1 of $9001. */
const PRG_MASKS = [0x3f, 0x1f, 0x2f, 0x0f];

/**
 * Mapper 359, SB-5013, GCL8050 and 841242C, and 540, 82112C, whose CHR banks have 2 KiB: a counter of cycles,
 * or of lines like that of the MMC3. https://www.nesdev.org/wiki/NES_2.0_Mapper_359
 */
class Sb5013 extends CycleCounter {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_TIME;

  override powerOn(): void {
    this.registers.set(POWER_ON);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqFlags", this.registers, FLAG, IRQ_ENABLED, 4);
  }

  protected override get countsDown(): boolean {
    return true;
  }

  override ppuA12Rise(cycle: number): void {
    const { registers } = this;
    if (registers[COUNTS_LINES] === 0) return;
    const reloads = registers[LINE_COUNTER] === 0 || registers[LINE_RELOAD] !== 0;
    registers[LINE_COUNTER] = reloads ? registers[LINE_LATCH] : registers[LINE_COUNTER] - 1;
    registers[LINE_RELOAD] = 0;
    if (registers[LINE_COUNTER] === 0 && registers[IRQ_ENABLED] !== 0) this.assertIrq(cycle);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const register = address & 3;
    const { registers } = this;
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG + register] = value;
        break;
      case 0x9000:
        registers[MODE + register] = value;
        break;
      case 0xa000:
      case 0xb000:
        registers[CHR + ((address >> 10) & 4) + register] = value;
        break;
      case 0xc000:
        this.#writeIrq(register, value);
        this.clearIrq(cycle);
    }
  }

  #writeIrq(register: number, value: number): void {
    const { registers } = this;
    if (register < 2) {
      this.setCounterByte(register === 1, value);
      if (registers[ENABLES_ITSELF] !== 0) registers[IRQ_ENABLED] = register;
      if (register === 1) {
        registers[LINE_RELOAD] = 1;
        registers[LINE_LATCH] = value;
      }
    } else {
      registers[IRQ_ENABLED] = value & 1;
      if (register === 2) {
        registers[COUNTS_LINES] = (value >> 1) & 1;
        registers[ENABLES_ITSELF] = (value >> 2) & 1;
      }
    }
    this.isCounting = registers[IRQ_ENABLED] !== 0 && registers[COUNTS_LINES] === 0 && this.counter !== 0;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const block = (registers[MODE] & 0x38) << 1;
    const mask = PRG_MASKS[registers[MODE + 1] & 3]!;
    // The fourth bank is at $6000, and the last one of the block at $E000.
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, block | (registers[PRG + slot] & mask));
    memory.mapPrg(0x6000, 8 * KIB, block | (registers[PRG + 3] & mask));
    memory.mapPrg(0xe000, 8 * KIB, block | mask);
    if (memory.chrRom.bytes === 0) memory.mapChr(0x0000, 8 * KIB, 0);
    else this.#mapChr();
    memory.mirror(FOUR_MIRRORINGS[registers[MODE + 2] & 3]!);
  }

  #mapChr(): void {
    const { memory, registers } = this;
    if (this.image.mapper === 540) {
      for (const [slot, from] of [0, 1, 6, 7].entries())
        memory.mapChr(slot * 2 * KIB, 2 * KIB, registers[CHR + from]);
      return;
    }
    const mask = (registers[MODE + 1] & 0x40) !== 0 ? 0xff : 0x7f;
    for (let page = 0; page < 8; page++)
      memory.mapChr(page * KIB, KIB, (registers[MODE + 3] << 7) | (registers[CHR + page] & mask));
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 359,
    name: "SB-5013, GCL8050, 841242C",
    board: Sb5013,
    wiki: ["NES_2.0_Mapper_359"],
    unif: [{ names: "SB-5013" }],
  },
  {
    mapper: 540,
    name: "82112C",
    board: Sb5013,
    wiki: ["NES_2.0_Mapper_540"],
    unif: [{ names: "82112C" }],
  },
];
