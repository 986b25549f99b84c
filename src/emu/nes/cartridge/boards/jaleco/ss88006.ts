import type { StateCheck } from "../../../../state-check.ts";
import { range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

// Programs write all of these in nibbles.
const PRG = 0; // three banks
const RAM = 3; // ......WE: write enable, enable
const CHR = 4; // eight banks
const MIRRORING = 12;
const IRQ_CONTROL = 13; // ....421E: counter of 4, 8 or 12 bits instead of 16, enable
const IRQ_LATCH_WORD = 4;
const IRQ_COUNTER_WORD = 5;

const MIRRORINGS: readonly Mirroring[] = ["horizontal", "vertical", "single-0", "single-1"];

/** Mapper 18, Jaleco SS 88006. Its ADPCM chip is not emulated. https://www.nesdev.org/wiki/INES_Mapper_018 */
class JalecoSs88006 extends TimedBoard {
  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.ram", this.registers, range(0, 3), RAM, 1);
    state.slots("board.mirroring", this.registers, range(0, 3), MIRRORING, 1);
    state.slots("board.irqControl", this.registers, range(0, 15), IRQ_CONTROL, 1);
    state.slots("board.irqLatch", this.words, WORD, IRQ_LATCH_WORD, 1);
    state.slots("board.irqCounter", this.words, WORD, IRQ_COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const { registers, words } = this;
    // Each 4 KiB has four registers; two of them make a byte.
    const register = ((address >> 10) & 0x1c) | (address & 3);
    const high = (register & 1) !== 0;
    if (register < 6) writeNibble(registers, PRG + (register >> 1), high, value);
    else if (register === 6) registers[RAM] = value & 3;
    else if (register >= 8 && register < 24) writeNibble(registers, CHR + ((register - 8) >> 1), high, value);
    else if (register >= 24 && register < 28) {
      const shift = (register & 3) * 4;
      words[IRQ_LATCH_WORD] = (words[IRQ_LATCH_WORD] & ~(0xf << shift)) | ((value & 0xf) << shift);
    } else if (register === 28) {
      words[IRQ_COUNTER_WORD] = words[IRQ_LATCH_WORD];
      this.clearIrq(cycle);
    } else if (register === 29) {
      registers[IRQ_CONTROL] = value & 0x0f;
      this.clearIrq(cycle);
    } else if (register === 30) {
      registers[MIRRORING] = value & 3;
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const ramOn = (registers[RAM] & 1) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, registers[RAM] === 3);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    memory.mirror(MIRRORINGS[registers[MIRRORING]]);
  }

  /** Only the counter's low bits count; the IRQ occurs when they reach 0. */
  protected override count(cycles: number, first: number): void {
    if ((this.registers[IRQ_CONTROL] & 1) === 0) return;
    const mask = this.#mask;
    const counter = this.words[IRQ_COUNTER_WORD];
    const toIrq = this.cyclesToIrq();
    this.words[IRQ_COUNTER_WORD] = (counter & ~mask) | ((counter - cycles) & mask);
    if (toIrq <= cycles) this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    if ((this.registers[IRQ_CONTROL] & 1) === 0) return NEVER;
    const low = this.words[IRQ_COUNTER_WORD] & this.#mask;
    return low === 0 ? this.#mask + 1 : low;
  }

  get #mask(): number {
    const control = this.registers[IRQ_CONTROL];
    if ((control & 8) !== 0) return 0x000f;
    if ((control & 4) !== 0) return 0x00ff;
    return (control & 2) !== 0 ? 0x0fff : 0xffff;
  }
}

function writeNibble(registers: Uint8Array, at: number, high: boolean, value: number): void {
  registers[at] = high
    ? (registers[at] & 0x0f) | ((value & 0x0f) << 4)
    : (registers[at] & 0xf0) | (value & 0x0f);
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 18,
    name: "Jaleco SS 88006",
    board: JalecoSs88006,
    wiki: ["INES_Mapper_018"],
  },
];

/** Names of its registers. */
export const SS88006_REGISTERS: RegisterNames = {
  board: JalecoSs88006,
  places: {
    prg: [PRG, 8, 3],
    chr: [CHR, 8, 8],
  },
};
