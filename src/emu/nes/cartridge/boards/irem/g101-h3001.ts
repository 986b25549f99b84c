import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardParts } from "../../board.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const PRG = 0; // two, for $8000 and $A000
const CHR = 8; // R0–R7
const MODE = 4;
const IRQ_ENABLED = 5;
const LAYOUT = 6;
const IRQ_LATCH_WORD = 4;
const IRQ_COUNTER_WORD = 5;

/**
 * Mapper 32, Irem G-101. Submapper 1 (Major League) has one fixed screen and no PRG mode.
 * https://www.nesdev.org/wiki/INES_Mapper_032
 */
class IremG101 extends Board {
  readonly #majorLeague: boolean;

  constructor(parts: BoardParts) {
    super(parts);
    this.#majorLeague = parts.image.submapper === 1;
  }

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG] = value & 0x1f;
        break;
      case 0x9000:
        registers[MODE] = value & 3;
        break;
      case 0xa000:
        registers[PRG + 1] = value & 0x1f;
        break;
      case 0xb000:
        registers[CHR + (address & 7)] = value;
        break;
      default:
        return;
    }
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const swap = (registers[MODE] & 2) !== 0 && !this.#majorLeague;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(swap ? 0xc000 : 0x8000, 8 * KIB, registers[PRG]);
    memory.mapPrg(0xa000, 8 * KIB, registers[PRG + 1]);
    memory.mapPrg(swap ? 0x8000 : 0xc000, 8 * KIB, -2);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    if (this.#majorLeague) memory.mirror("single-1");
    else memory.mirror((registers[MODE] & 1) === 0 ? "vertical" : "horizontal");
  }
}

const H3001_MIRRORINGS: readonly Mirroring[] = ["vertical", "single-0", "horizontal", "single-0"];

/**
 * Mapper 65, Irem H3001: PRG windows that can be swapped, as in VRC4, and a 16-bit counter that counts cycles
 * down to 0. https://www.nesdev.org/wiki/INES_Mapper_065
 */
class IremH3001 extends TimedBoard {
  override powerOn(): void {
    this.registers.set([0, 1], PRG);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.irqLatch", this.words, WORD, IRQ_LATCH_WORD, 1);
    state.slots("board.irqCounter", this.words, WORD, IRQ_COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    switch (address & 0xf007) {
      case 0x8000:
      case 0xa000:
        registers[PRG + ((address >> 13) & 1)] = value;
        break;
      case 0x9000:
        registers[LAYOUT] = value;
        break;
      case 0x9001:
        registers[MODE] = value;
        break;
      case 0x9003:
        registers[IRQ_ENABLED] = value >> 7;
        this.clearIrq(cycle);
        break;
      case 0x9004:
        words[IRQ_COUNTER_WORD] = words[IRQ_LATCH_WORD];
        this.clearIrq(cycle);
        break;
      case 0x9005:
        words[IRQ_LATCH_WORD] = (words[IRQ_LATCH_WORD] & 0x00ff) | (value << 8);
        break;
      case 0x9006:
        words[IRQ_LATCH_WORD] = (words[IRQ_LATCH_WORD] & 0xff00) | value;
        break;
      default:
        if ((address & 0xf000) === 0xb000) registers[CHR + (address & 7)] = value;
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    const swap = registers[LAYOUT] >= 0x80;
    memory.mapPrg(swap ? 0xc000 : 0x8000, 8 * KIB, registers[PRG]);
    memory.mapPrg(0xa000, 8 * KIB, registers[PRG + 1]);
    memory.mapPrg(swap ? 0x8000 : 0xc000, 8 * KIB, -2);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    memory.mirror(H3001_MIRRORINGS[registers[MODE] >> 6]);
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    const toIrq = this.cyclesToIrq();
    if (toIrq === NEVER) return;
    if (toIrq > cycles) {
      words[IRQ_COUNTER_WORD] -= cycles;
      return;
    }
    words[IRQ_COUNTER_WORD] = 0;
    registers[IRQ_ENABLED] = 0;
    this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    const counter = this.words[IRQ_COUNTER_WORD];
    return this.registers[IRQ_ENABLED] === 0 || counter === 0 ? NEVER : counter;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 32,
    name: "Irem G-101",
    board: IremG101,
    wiki: ["INES_Mapper_032"],
    knownSubmappers: [1],
  },
  {
    mapper: 65,
    name: "Irem H3001",
    board: IremH3001,
    wiki: ["INES_Mapper_065"],
  },
];

/** Names of its registers. */
export const G101_REGISTERS: RegisterNames = {
  board: IremG101,
  places: {
    prg: [PRG, 5, 2],
    chr: [CHR, 8, 8],
    mode: [MODE, 2],
  },
};

/** Names of its registers. */
export const H3001_REGISTERS: RegisterNames = {
  board: IremH3001,
  places: {
    prg: [PRG, 8, 2],
    chr: [CHR, 8, 8],
    mode: MODE,
    layout: LAYOUT,
  },
};
