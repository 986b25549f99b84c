import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const BANK = 0;
const IRQ_ENABLED = 1;
const MIRRORING = 2;
const CHR = 3;
/** NTDEC 2752: BBSNCCM, low address bits: 16 KiB bank, its size, NROM, CHR bank, mirroring. */
const OUTER = 4;
/** The word that holds its count. */
export const COUNTER_WORD = 2;

/** A counter of cycles that the program enables; while disabled it is held at 0. */
export abstract class CycleCounterBoard extends TimedBoard {
  /** Count at which the IRQ line falls. */
  protected abstract readonly irqAt: number;
  /** Count at which the counter restarts. */
  protected abstract readonly period: number;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.irqCounter", this.words, range(0, this.period - 1), COUNTER_WORD, 1);
  }

  protected enableIrq(enabled: boolean, cycle: number): void {
    this.registers[IRQ_ENABLED] = enabled ? 1 : 0;
    if (enabled) return;
    this.words[COUNTER_WORD] = 0;
    this.clearIrq(cycle);
  }

  /** Handles the end of the counter, where it stops or releases the line. */
  protected atPeriod(_cycle: number): void {}

  protected override count(cycles: number, first: number): void {
    if (this.registers[IRQ_ENABLED] === 0) return;
    for (let left = cycles; left > 0; ) {
      const counter = this.words[COUNTER_WORD];
      const next = counter < this.irqAt ? this.irqAt : this.period;
      const step = Math.min(left, next - counter);
      left -= step;
      this.words[COUNTER_WORD] = counter + step;
      const cycle = first + cycles - left - 1;
      if (this.words[COUNTER_WORD] === this.irqAt) this.assertIrq(cycle);
      if (this.words[COUNTER_WORD] !== this.period) continue;
      this.words[COUNTER_WORD] = 0;
      this.atPeriod(cycle);
    }
  }

  protected override cyclesToIrq(): number {
    if (this.registers[IRQ_ENABLED] === 0) return NEVER;
    const counter = this.words[COUNTER_WORD];
    return (counter < this.irqAt ? this.irqAt : this.period) - counter;
  }
}

/**
 * Mapper 40, NTDEC 2722: Super Mario Bros. 2 from disk. The IRQ line falls after 4,096 cycles. Submapper 1,
 * NTDEC 2752, has other games in its second 64 KiB. https://www.nesdev.org/wiki/INES_Mapper_040
 */
export class Ntdec2722 extends CycleCounterBoard {
  protected readonly irqAt = 4096;
  protected readonly period = 8192;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if ((address & 0xe000) === 0x8000) this.enableIrq(false, cycle);
    else if ((address & 0xe000) === 0xa000) this.enableIrq(true, cycle);
    else if ((address & 0xe000) === 0xe000) this.registers[BANK] = value & 7;
    else if ((address & 0xe000) === 0xc000 && this.#isMulticart) this.registers[OUTER] = address & 0x7f;
  }

  override reset(): void {
    if (!this.#isMulticart) return;
    this.registers[OUTER] = 0;
    this.updateBanks();
  }

  /** The line is bit 12 of the counter. */
  protected override atPeriod(cycle: number): void {
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory } = this;
    memory.mapPrg(0x6000, 8 * KIB, 6);
    memory.mapPrg(0x8000, 8 * KIB, 4);
    memory.mapPrg(0xa000, 8 * KIB, 5);
    memory.mapPrg(0xc000, 8 * KIB, this.registers[BANK]);
    memory.mapPrg(0xe000, 8 * KIB, 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if (this.#isMulticart) this.#mapMulticart(this.registers[OUTER]);
  }

  get #isMulticart(): boolean {
    return this.image.mapper === 40 && this.image.submapper === 1;
  }

  #mapMulticart(outer: number): void {
    const { memory } = this;
    if ((outer & 8) !== 0) mapNrom(memory, 4 | (outer >> 5), (outer & 0x10) !== 0);
    memory.mapChr(0x0000, 8 * KIB, (outer >> 1) & 3);
    mirrorBy(memory, outer & 1);
  }
}

/**
 * Mapper 42, boards for games from disk such as Mario Baby: ROM at $6000, and a 15-bit counter that holds the
 * IRQ line low while its two highest bits are set. https://www.nesdev.org/wiki/INES_Mapper_042
 */
class DiskConversion42 extends CycleCounterBoard {
  protected readonly irqAt = 0x6000;
  protected readonly period = 0x8000;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x8000) return;
    if (address < 0xa000) registers[CHR] = value & 0x0f;
    else if ((address & 0xe003) === 0xe000) registers[BANK] = value & 0x0f;
    else if ((address & 0xe003) === 0xe001) registers[MIRRORING] = value & 8;
    else if ((address & 0xe003) === 0xe002) this.enableIrq((value & 2) !== 0, cycle);
  }

  protected override atPeriod(cycle: number): void {
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x6000, 8 * KIB, registers[BANK]);
    memory.mapPrg(0x8000, 32 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, registers[CHR]);
    memory.mirror(registers[MIRRORING] === 0 ? "vertical" : "horizontal");
  }
}

const SELECT = 4;
const KAISER_BANK = 5;

/**
 * Mapper 42 submapper 2, Kaiser KS-018: register 5 of a Namcot 108 is the bank at $6000, without its lowest
 * bit, and bit 3 of $4025 is horizontal mirroring. A game on a board of the same UNIF name, AC08, writes the
 * bank to other addresses of ROM. This follows NintendulatorNRS and FCEUmm.
 */
const Ks018 = registerBoard({
  write(registers, address, value) {
    if (address === 0x4025) registers[MIRRORING] = value & 8;
    else if (address < 0x8000) return false;
    else if (address >= 0xa000) registers[BANK] = value & 0x0f;
    else if ((address & 1) === 0) registers[SELECT] = value & 7;
    else if (registers[SELECT] === KAISER_BANK) registers[BANK] = (value >> 1) & 0x0f;
    return true;
  },
  banks(memory, registers) {
    memory.mapPrg(0x6000, 8 * KIB, registers[BANK]);
    // Two chips of 128 and 32 KiB, which files pad to 256 KiB or not.
    memory.mapPrg(0x8000, 32 * KIB, memory.prgRom.bytes === 160 * KIB ? 4 : 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, registers[MIRRORING]);
  },
});

const BJ56_PRG = 16;

/**
 * Mapper 526, BJ-56: eight CHR and four PRG banks, and a counter that never stops and whose bit 12 is the IRQ
 * line. $800D and $800F, which the game writes together, clear it.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_526
 */
class Bj56 extends CycleCounterBoard {
  protected readonly irqAt = 4096;
  protected readonly period = 8192;

  override powerOn(): void {
    this.registers.set([0xfc, 0xfd, 0xfe, 0xff], BJ56_PRG);
    this.enableIrq(true, 0);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const register = address & 0x0f;
    if ((address & 0xf000) !== 0x8000) return;
    if (register < 12) this.registers[BJ56_PRG + (register < 8 ? 4 + register : register - 8)] = value;
    else if (register === 13 || register === 15) {
      this.enableIrq(false, cycle);
      this.enableIrq(true, cycle);
    }
  }

  protected override atPeriod(cycle: number): void {
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    for (let slot = 0; slot < 4; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[BJ56_PRG + slot]);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[BJ56_PRG + 4 + page]);
    memory.mirror("vertical");
  }
}

/**
 * Mapper 50, N-32: another Super Mario Bros. 2 from disk, with scrambled bank bits.
 * https://www.nesdev.org/wiki/INES_Mapper_050
 */
class N32 extends CycleCounterBoard {
  protected readonly irqAt = 4096;
  protected readonly period = 8192;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if ((address & 0x4120) === 0x4120 && address < 0x6000) this.enableIrq((value & 1) !== 0, cycle);
    else if ((address & 0x4120) === 0x4020 && address < 0x6000)
      this.registers[BANK] = (value & 8) | ((value & 1) << 2) | ((value >> 1) & 3);
  }

  protected override atPeriod(cycle: number): void {
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory } = this;
    memory.mapPrg(0x6000, 8 * KIB, 0x0f);
    memory.mapPrg(0x8000, 8 * KIB, 0x08);
    memory.mapPrg(0xa000, 8 * KIB, 0x09);
    memory.mapPrg(0xc000, 8 * KIB, this.registers[BANK]);
    memory.mapPrg(0xe000, 8 * KIB, 0x0b);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** PRG ROM of the SMB2J boards that do not have a second bank at $6000. */
const ONE_BANK_BYTES = 40 * KIB;

/**
 * Mapper 304, SMB2J (09-034A): Whirlwind Manu's LE08, LE10 and LF11, with ROM at $6000. The period of the
 * counter, 5,750 cycles, is FCEUX's guess: recordings of LE10 look as if its counter did not work, and the
 * game then hangs. https://www.nesdev.org/wiki/NES_2.0_Mapper_304
 */
class Smb2j extends CycleCounter {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  protected override readonly limit: number = 5750;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address === 0x4027) this.registers[BANK] = value & 1;
    else if (address === 0x4068) {
      this.isCounting = (value & 1) !== 0;
      this.counter = 0;
      this.clearIrq(cycle);
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return address >= 0x4042 && address <= 0x4055 ? 0xff : openBus;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const bank = memory.prg.bytes === ONE_BANK_BYTES ? 0 : registers[BANK];
    memory.mapPrg(0x6000, 8 * KIB, 4 + bank);
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 40,
    name: "NTDEC 2722",
    board: Ntdec2722,
    knownSubmappers: [1],
    wiki: ["INES_Mapper_040"],
  },
  {
    mapper: 42,
    submappers: [2],
    claims: ({ mapper, chrRom, prgRom }) => mapper === 42 && chrRom.length === 0 && prgRom.length > 128 * KIB,
    name: "Kaiser KS-018, AC08",
    board: Ks018,
    unif: [{ names: "AC08" }],
  },
  {
    mapper: 42,
    name: "FDS conversions on cartridge",
    board: DiskConversion42,
    knownSubmappers: [1, 3],
    wiki: ["INES_Mapper_042"],
  },
  {
    mapper: 50,
    name: "N-32, Super Mario Bros. 2j conversion",
    board: N32,
    wiki: ["INES_Mapper_050"],
  },
  {
    mapper: 304,
    name: "SMB2J (09-034A)",
    board: Smb2j,
    wiki: ["NES_2.0_Mapper_304"],
    unif: [{ names: "SMB2J" }],
  },
  {
    mapper: 526,
    name: "BJ-56, Sangokushi bootleg",
    board: Bj56,
    wiki: ["NES_2.0_Mapper_526"],
    unif: [{ names: "BJ-56" }],
  },
];
