import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, type BoardParts, HOOK_CPU_READS, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { type MicrowireEeprom, microwireEeprom } from "../parts/microwire-eeprom.ts";
import { map16, mirrorBy } from "../parts/register-board.ts";

export const PEC_LOW = 0; // CSQMPPPP: one bit per pixel, mode, PRG bank
const HIGH = 1; // PRG bank of 512 KiB
const PORT = 2; // ...S.C.D: EEPROM select, clock, data
const MIRRORING = 3; // V.......: vertical mirroring in every mode
const REGISTERS = 8;
const LATCHED_A0 = 8; // of the last nametable read
const LATCHED_A9 = 9;
const LAST_WAS_NAMETABLE = 10;
const EEPROM = 16;

const ONE_BIT_PER_PIXEL = 0x80;

/**
 * The video of the PEC computers: with bit 7 of register 0, PPU A3 and A12 are A0 and A9 of the last
 * nametable read, so that patterns have one bit per pixel. Eight registers are at $5000–$5FFF, one in each
 * 256 bytes.
 */
export abstract class PecBoard extends Board {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_PPU_FETCH;

  override reset(): void {
    this.registers.fill(0, 0, REGISTERS);
    this.powerOn();
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    state.slots("board.lastRead", this.registers, FLAG, LATCHED_A0, 3);
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xf000) !== 0x5000) return;
    this.registers[(address >> 8) & 7] = value;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override ppuFetch(address: number, value: number): number {
    const { registers, memory } = this;
    const isNametable = address >= 0x2000 ? 1 : 0;
    if (isNametable > registers[LAST_WAS_NAMETABLE]) {
      registers[LATCHED_A0] = address & 1;
      registers[LATCHED_A9] = (address >> 9) & 1;
    }
    registers[LAST_WAS_NAMETABLE] = isNametable;
    if (isNametable !== 0 || (registers[PEC_LOW] & ONE_BIT_PER_PIXEL) === 0 || memory.chr.bytes < 8 * KIB)
      return value;
    const at = (address & 0x0ff7) | (registers[LATCHED_A0] << 3) | (registers[LATCHED_A9] << 12);
    return memory.bytes[memory.chr.offset + at];
  }

  override updateBanks(): void {
    const { memory } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.mapPrg();
    memory.mapChr(0x0000, 8 * KIB, 0);
    this.mapNametables();
  }

  /** Maps $8000–$FFFF. */
  protected abstract mapPrg(): void;

  protected mapNametables(): void {
    this.memory.mirror(this.memory.mirroring);
  }
}

/** What the protection of the PEC-586 and REC-9388 answers to the high digit of register 4; others give 0. */
const ANSWERS: Readonly<Record<number, number>> = { 1: 0x09, 7: 0x20, 8: 0x04, 15: 0x02 };

/** A read of the protection, which drives D0–D2 and D5. */
export function pecAnswer(registers: Uint8Array, openBus: number): number {
  return (openBus & 0xd8) | (ANSWERS[registers[4] >> 4] ?? 0);
}

/**
 * Mapper 164, PEC-9588 and cy2000-3. The sources differ on the modes of PRG banking: older emulators have
 * only banks of 32 KiB, the wiki's page has two modes of its register's bit 4. NintendulatorNRS, by the
 * author of that page, is newer: bits 6 and 4 select one of four modes, of which one maps nothing. This
 * follows it. https://www.nesdev.org/wiki/INES_Mapper_164
 */
class Pec9588 extends PecBoard {
  readonly #eeprom: MicrowireEeprom | undefined;

  constructor(parts: BoardParts) {
    super(parts);
    this.#eeprom = microwireEeprom(parts, EEPROM, 512, 1);
  }

  override powerOn(): void {
    this.#eeprom?.powerOn();
  }

  override reset(): void {
    this.registers.fill(0, 0, REGISTERS);
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#eeprom?.declareState(state);
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xfc00) !== 0x5000) return;
    this.registers[(address >> 8) & 7] = value;
    this.#eeprom?.write((value >> 4) & 1, (value >> 2) & 1, value & 1);
    this.updateBanks();
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xfc00) !== 0x5400) return openBus;
    if (this.#eeprom === undefined) return this.registers[PORT] & 4;
    return this.#eeprom.output === 0 ? 4 : 0;
  }

  protected override mapNametables(): void {
    const { memory, registers } = this;
    mirrorBy(memory, (registers[MIRRORING] & 0x80) !== 0 ? 0 : registers[PEC_LOW] & 0x10);
  }

  /** By bits 6 and 4: UNROM of 512 KiB, nothing, UNROM of 448 and of 64 KiB, BNROM or two UNROMs. */
  protected override mapPrg(): void {
    const { memory, registers } = this;
    const low = (registers[PEC_LOW] & 0x0f) | ((registers[PEC_LOW] >> 1) & 0x10);
    const high = registers[HIGH] << 5;
    switch (registers[PEC_LOW] & 0x50) {
      case 0x00:
        map16(memory, high | low, high | 0x1f);
        break;
      case 0x10:
        memory.unmapCpu(0x8000, 32 * KIB);
        break;
      case 0x40:
        map16(memory, high | low, high | (low >= 0x1c ? 0x1c : 0x1e));
        break;
      default: {
        const half = (low << 1) & 0x10;
        if (low < 0x10) memory.mapPrg(0x8000, 32 * KIB, (high >> 1) | low);
        else map16(memory, high | (low & 0x0f) | half, high | 0x0f | half);
      }
    }
  }
}

/**
 * Mapper 371, the Spanish PEC-586: 64 KiB of its own programs and 512 KiB of games, with the video mode of
 * the PEC-9588. Not emulated: its tape, and the reset on reads of $D100–$D1FF, which its programs never make.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_371
 */
class SpanishPec586 extends Pec9588 {
  override powerOn(): void {
    this.registers[HIGH] = 3;
  }

  override reset(): void {
    this.registers.fill(0, 0, REGISTERS);
    this.powerOn();
    this.updateBanks();
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xff00) === 0x5500 ? openBus & 0xfb : openBus;
  }

  protected override mapNametables(): void {
    mirrorBy(this.memory, ~this.registers[HIGH] & 2);
  }

  /** The chip is in bits 4–6; those of the expansion slot are not there. */
  protected override mapPrg(): void {
    const { memory, registers } = this;
    const bank = registers[PEC_LOW] & 0x0f;
    const game = 4 + (bank | ((registers[HIGH] & 1) << 4));
    switch (registers[PEC_LOW] & 0x70) {
      case 0x00:
        map16(memory, bank & 3, 3);
        break;
      case 0x50:
        map16(memory, game, game);
        break;
      default:
        memory.unmapCpu(0x8000, 32 * KIB);
    }
  }
}

/**
 * Mapper 257, PEC-586, with ROM of 512 KiB or less. In the larger one, addresses that no register maps
 * show single KiB of the upper half. This follows FCEUmm, the only source.
 */
class Pec586 extends PecBoard {
  readonly #isLarge = this.memory.prgRom.bytes === 512 * KIB;

  override powerOn(): void {
    this.registers[PEC_LOW] = this.#isLarge ? 0 : 0x0e;
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0x8000) return (address & 0xf000) === 0x5000 ? pecAnswer(this.registers, openBus) : openBus;
    const page = 0x107 | ((address >> 7) & 0xf8);
    return this.memory.bytes[this.memory.prgRom.offset + ((page << 10) | (address & 0x3ff))];
  }

  protected override mapPrg(): void {
    const { memory, registers } = this;
    const low = registers[PEC_LOW];
    if (!this.#isLarge) {
      this.#mapSmall(low);
      return;
    }
    if ((low & 0x10) !== 0) memory.mapPrg(0x8000, 32 * KIB, low & 7);
    else memory.unmapCpu(0x8000, 32 * KIB);
    if ((low & 0x50) === 0x40) memory.mapPrg(0x8000, 8 * KIB, (low & 0x0f) | 0x20 | ((low & 0x20) >> 1));
  }

  /** UNROM of 64 KiB or, by bit 4, the second 64 KiB: a bank of 32 KiB, or by bit 5 UNROM again. */
  #mapSmall(low: number): void {
    const { memory } = this;
    if ((low & 0x10) !== 0) {
      const bank = 4 | ((low & 1) << 1);
      map16(memory, bank, (low & 0x20) !== 0 ? 7 : bank | 1);
    } else if ((low & 0x40) !== 0) map16(memory, low & 3, (low & 0x2c) === 0x2c ? 0 : 2);
    else map16(memory, low & 3, 3);
  }

  protected override mapNametables(): void {
    mirrorBy(this.memory, this.#isLarge && (this.registers[PEC_LOW] & 0x18) === 0x18 ? 1 : 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 164,
    name: "Dongda PEC-9588, cy2000-3",
    board: Pec9588,
    wiki: ["INES_Mapper_164"],
  },
  {
    mapper: 257,
    name: "PEC-586",
    device: "pec-586-keyboard",
    board: Pec586,
    unif: [{ names: "PEC-586" }],
    lacks: ["the tape of this computer is missing"],
  },
  {
    mapper: 371,
    name: "PEC-586 (Spanish)",
    device: "pec-586-keyboard",
    board: SpanishPec586,
    wiki: ["NES_2.0_Mapper_371"],
    lacks: ["the tape of this computer is missing"],
  },
];
