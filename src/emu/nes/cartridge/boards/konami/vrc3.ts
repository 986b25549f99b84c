import type { StateCheck } from "../../../../state-check.ts";
import { range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const PRG = 0;
const CONTROL = 1; // .....MEA: 8-bit mode, enabled, enabled after acknowledge
const LATCH_WORD = 1;
const COUNTER_WORD = 2;

const ENABLED_AFTER_ACKNOWLEDGE = 1;
const ENABLED = 2;
const EIGHT_BITS = 4;

/** Mapper 73, VRC3: a 16-bit counter that counts cycles up. https://www.nesdev.org/wiki/VRC3 */
class Vrc3 extends TimedBoard {
  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqControl", this.registers, range(0, 7), CONTROL, 1);
    state.slots("board.irqLatch", this.words, WORD, LATCH_WORD, 1);
    state.slots("board.irqCounter", this.words, WORD, COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    switch (address & 0xf000) {
      case 0x8000:
      case 0x9000:
      case 0xa000:
      case 0xb000: {
        const shift = ((address >> 12) & 3) * 4;
        words[LATCH_WORD] = (words[LATCH_WORD] & ~(0xf << shift)) | ((value & 0xf) << shift);
        break;
      }
      case 0xc000:
        registers[CONTROL] = value & 7;
        if ((value & ENABLED) !== 0) words[COUNTER_WORD] = words[LATCH_WORD];
        this.clearIrq(cycle);
        break;
      case 0xd000: {
        const after = (registers[CONTROL] & ENABLED_AFTER_ACKNOWLEDGE) !== 0 ? ENABLED : 0;
        registers[CONTROL] = (registers[CONTROL] & ~ENABLED) | after;
        this.clearIrq(cycle);
        break;
      }
      case 0xf000:
        registers[PRG] = value & 7;
        break;
      default:
    }
  }

  protected override mapBanks(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.memory.mapPrg(0x8000, 16 * KIB, this.registers[PRG]);
    this.memory.mapPrg(0xc000, 16 * KIB, -1);
    this.memory.mapChr(0x0000, 8 * KIB, 0);
  }

  protected override count(cycles: number, first: number): void {
    if ((this.registers[CONTROL] & ENABLED) === 0) return;
    let left = cycles;
    let next = first;
    for (let toIrq = this.cyclesToIrq(); toIrq <= left; toIrq = this.cyclesToIrq()) {
      left -= toIrq;
      next += toIrq;
      this.assertIrq(next - 1);
      this.#load(this.words[LATCH_WORD] & this.#mask);
    }
    this.#load((this.words[COUNTER_WORD] & this.#mask) + left);
  }

  protected override cyclesToIrq(): number {
    if ((this.registers[CONTROL] & ENABLED) === 0) return NEVER;
    return this.#mask + 1 - (this.words[COUNTER_WORD] & this.#mask);
  }

  /** In 8-bit mode, only the counter's low byte counts and is reloaded. */
  get #mask(): number {
    return (this.registers[CONTROL] & EIGHT_BITS) !== 0 ? 0xff : 0xffff;
  }

  #load(low: number): void {
    this.words[COUNTER_WORD] = (this.words[COUNTER_WORD] & ~this.#mask) | low;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 73,
    name: "Konami VRC3",
    board: Vrc3,
    wiki: ["VRC3"],
    unif: [{ names: "KONAMI-VRC3" }],
  },
];

/** Names of its registers. */
export const VRC3_REGISTERS: RegisterNames = {
  board: Vrc3,
  places: {
    prg: [PRG, 4],
  },
};
