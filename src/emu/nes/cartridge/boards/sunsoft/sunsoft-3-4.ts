import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const CHR = 0; // four windows of 2 KiB
const PRG = 4;
const MIRRORING = 5;
const IRQ_ENABLED = 6;
const IRQ_TOGGLE = 7;
const NAMETABLES = 8; // two registers
const IRQ_COUNTER_WORD = 4;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * Mapper 67, Sunsoft-3: a 16-bit counter counts cycles down, fires when it wraps, and stops.
 * https://www.nesdev.org/wiki/INES_Mapper_067
 */
class Sunsoft3 extends TimedBoard {
  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.mirroring", this.registers, range(0, 3), MIRRORING, 1);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.irqToggle", this.registers, FLAG, IRQ_TOGGLE, 1);
    state.slots("board.irqCounter", this.words, WORD, IRQ_COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    if ((address & 0x8800) === 0x8000) this.clearIrq(cycle);
    switch (address & 0xf800) {
      case 0x8800:
      case 0x9800:
      case 0xa800:
      case 0xb800:
        registers[CHR + ((address >> 12) & 3)] = value;
        break;
      case 0xc800: {
        const low = registers[IRQ_TOGGLE] !== 0;
        const counter = words[IRQ_COUNTER_WORD];
        words[IRQ_COUNTER_WORD] = low ? (counter & 0xff00) | value : (counter & 0x00ff) | (value << 8);
        registers[IRQ_TOGGLE] ^= 1;
        break;
      }
      case 0xd800:
        registers[IRQ_ENABLED] = (value >> 4) & 1;
        registers[IRQ_TOGGLE] = 0;
        break;
      case 0xe800:
        registers[MIRRORING] = value & 3;
        break;
      case 0xf800:
        registers[PRG] = value & 0x0f;
        break;
      default:
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 16 * KIB, registers[PRG]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    for (let window = 0; window < 4; window++)
      memory.mapChr(window * 2 * KIB, 2 * KIB, registers[CHR + window]);
    memory.mirror(MIRRORINGS[registers[MIRRORING]]);
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    const toIrq = this.cyclesToIrq();
    if (toIrq === NEVER) return;
    if (toIrq > cycles) {
      words[IRQ_COUNTER_WORD] -= cycles;
      return;
    }
    words[IRQ_COUNTER_WORD] = 0xffff;
    registers[IRQ_ENABLED] = 0;
    this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    return this.registers[IRQ_ENABLED] === 0 ? NEVER : this.words[IRQ_COUNTER_WORD] + 1;
  }
}

/** The licence chip can be read for 105 × 1,024 cycles after a write to it. */
const LICENCE_CYCLES = 107_520;
const LICENCE_WORD = 5;

/**
 * Mapper 68, Sunsoft-4: nametables can come from the last 128 KiB of CHR ROM. Nantettatte!! Baseball
 * (submapper 1, or an old header with more than 128 KiB) has a second cartridge, whose ROM can be read for
 * some time after a write to $6000–$7FFF with RAM disabled. https://www.nesdev.org/wiki/INES_Mapper_068
 */
class Sunsoft4 extends TimedBoard {
  readonly #takesCartridge =
    this.memory.prgRom.bytes > 128 * KIB && (this.image.submapper === 1 || !this.image.exactHeader);

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.licence", this.words, range(0, LICENCE_CYCLES), LICENCE_WORD, 1);
  }

  protected override writeBoard(address: number, value: number): void {
    const { registers } = this;
    if (address < 0x6000) return;
    const register = (address >> 12) & 7;
    if (address < 0x8000) this.words[LICENCE_WORD] = LICENCE_CYCLES;
    else if (register < 4) registers[CHR + register] = value;
    else if (register < 6) registers[NAMETABLES + register - 4] = value | 0x80;
    else if (register === 6) registers[MIRRORING] = value;
    else registers[PRG] = value;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const ramOn = (registers[PRG] & 0x10) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    this.#mapPrg();
    for (let window = 0; window < 4; window++)
      memory.mapChr(window * 2 * KIB, 2 * KIB, registers[CHR + window]);
    const mirroring = MIRRORINGS[registers[MIRRORING] & 3];
    memory.mirror(mirroring);
    if ((registers[MIRRORING] & 0x10) === 0) return;
    for (let nametable = 0; nametable < 4; nametable++) {
      const low = mirroring === "vertical" ? nametable & 1 : nametable >> 1;
      const register = mirroring === "single-0" ? 0 : mirroring === "single-1" ? 1 : low;
      memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.chr, registers[NAMETABLES + register]);
    }
  }

  protected override count(cycles: number): void {
    const left = this.words[LICENCE_WORD];
    if (left === 0) return;
    this.words[LICENCE_WORD] = Math.max(0, left - cycles);
    if (left <= cycles) this.mapBanks();
  }

  /** There is no interrupt; the event is the time when the second cartridge is disabled again. */
  protected override cyclesToIrq(): number {
    const left = this.words[LICENCE_WORD];
    return left > 0 && this.#takesCartridge ? left : NEVER;
  }

  /** With a second cartridge, bit 3 = 0 selects its ROM, which follows the first 128 KiB in the file. */
  #mapPrg(): void {
    const { memory, registers } = this;
    const bank = registers[PRG] & 0x0f;
    memory.mapPrg(0xc000, 16 * KIB, this.#takesCartridge ? 7 : -1);
    if (!this.#takesCartridge) memory.mapPrg(0x8000, 16 * KIB, bank);
    else if (bank >= 8) memory.mapPrg(0x8000, 16 * KIB, bank & 7);
    else if (this.words[LICENCE_WORD] > 0) memory.mapPrg(0x8000, 16 * KIB, 8 | bank);
    else memory.unmapCpu(0x8000, 16 * KIB);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 67,
    name: "Sunsoft-3",
    board: Sunsoft3,
    wiki: ["INES_Mapper_067"],
    unif: [{ names: "SUNSOFT-3" }],
  },
  {
    mapper: 68,
    name: "Sunsoft-4",
    board: Sunsoft4,
    wiki: ["INES_Mapper_068"],
    unif: [{ names: "NTBROM SUNSOFT-4" }],
    knownSubmappers: [1],
  },
];

/** Names of its registers. */
export const SUNSOFT3_REGISTERS: RegisterNames = {
  board: Sunsoft3,
  places: {
    prg: PRG,
    chr: [CHR, 8, 4],
  },
};

/** Names of its registers. */
export const SUNSOFT4_REGISTERS: RegisterNames = {
  board: Sunsoft4,
  places: {
    prg: PRG,
    chr: [CHR, 8, 4],
    mirroring: MIRRORING,
    nametables: [NAMETABLES, 8, 2],
  },
};
