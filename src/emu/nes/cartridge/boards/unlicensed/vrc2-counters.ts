/** Bootlegs of games on a VRC2 with counters of their own. */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { mirrorOne } from "../parts/register-board.ts";

const IS_ON = VRC4_FREE;
const COUNTER = VRC4_FREE + 1;
const PRESCALER = VRC4_FREE + 2;
const FLAG_REGISTER = VRC4_FREE + 3; // mapper 222: IRQ is asserted; 273: the first period has passed

/** A VRC2 with a counter of 8 bits behind a prescaler of cycles. */
abstract class Vrc2WithCounter extends Vrc2And4 {
  override readonly hooks: number = HOOK_CPU_TIME;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqOn", this.registers, FLAG, IS_ON, 1);
    state.slots("board.irqFlag", this.registers, FLAG, FLAG_REGISTER, 1);
  }
}

/** The count of the two counters, as one, at which the line falls. */
const END_222 = 0xf0;
const PERIOD_222 = 128;

/**
 * Mapper 222, CTC-31: CHR banks take whole bytes. Two counters of 4 bits, the second clocked when the first
 * reaches 15, are one counter here, whose low half is one ahead. IRQ is asserted when both are 15. The
 * sources differ: this follows FCEUmm of 2025, which clocks them every 128 cycles; Mesen and older emulators
 * count lines. https://www.nesdev.org/wiki/INES_Mapper_222
 */
class Ctc31 extends Vrc2WithCounter {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    const select = this.select(address);
    if (address < 0xb000) super.writeBoard(address, value, cycle);
    else if (address < 0xf000) {
      if ((select & 1) !== 0) return;
      super.writeBoard(address, value, cycle);
      super.writeBoard(address | 1, value >> 4, cycle);
    } else if (select === 1) {
      registers[FLAG_REGISTER] = 0;
      this.clearIrq(cycle);
      if (registers[IS_ON] === 0) registers[COUNTER] = (value & 0xf0) | ((value + 1) & 0x0f);
    } else if (select !== 3) registers[IS_ON] = select >> 1;
  }

  protected override count(cycles: number, first: number): void {
    const { registers } = this;
    if (registers[FLAG_REGISTER] !== 0) return;
    const toIrq = this.cyclesToIrq();
    if (toIrq <= cycles) {
      this.assertIrq(first + toIrq - 1);
      registers[FLAG_REGISTER] = 1;
      registers[COUNTER] = END_222;
      registers[PRESCALER] = 0;
      return;
    }
    const end = registers[PRESCALER] + cycles;
    const half = PERIOD_222 / 2;
    if (registers[IS_ON] !== 0)
      registers[COUNTER] +=
        Math.floor((end + half) / PERIOD_222) - Math.floor((registers[PRESCALER] + half) / PERIOD_222);
    registers[PRESCALER] = end % PERIOD_222;
  }

  protected override cyclesToIrq(): number {
    const { registers } = this;
    if (registers[IS_ON] === 0 || registers[FLAG_REGISTER] !== 0) return NEVER;
    const clocks = (END_222 - registers[COUNTER]) & 0xff || 0x100;
    const toClock = (PERIOD_222 / 2 - registers[PRESCALER]) & (PERIOD_222 - 1) || PERIOD_222;
    return toClock + (clocks - 1) * PERIOD_222;
  }
}

/**
 * Mapper 273, Gremlins 2 bootleg: a counter that is clocked every 256 cycles, the first time after 128. IRQ
 * is asserted from its wrap to its next clock. https://www.nesdev.org/wiki/NES_2.0_Mapper_273
 */
class Gremlins2 extends Vrc2WithCounter {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0xf000) {
      super.writeBoard(address, value, cycle);
      return;
    }
    const isControl = (address & 8) !== 0;
    if (isControl) registers[IS_ON] = value & 1;
    else registers[COUNTER] = value;
    if (isControl && (value & 1) !== 0) return;
    if (isControl) registers.fill(0, PRESCALER, FLAG_REGISTER + 1);
    this.clearIrq(cycle);
  }

  protected override count(cycles: number, first: number): void {
    const { registers } = this;
    if (registers[IS_ON] === 0) return;
    let left = cycles;
    for (let toClock = this.#cyclesToClock(); toClock <= left; toClock = this.#cyclesToClock()) {
      left -= toClock;
      registers[PRESCALER] += toClock;
      registers[FLAG_REGISTER] = 1;
      registers[COUNTER]++;
      if (registers[COUNTER] === 0) this.assertIrq(first + cycles - left - 1);
      else this.clearIrq(first + cycles - left - 1);
    }
    registers[PRESCALER] += left;
  }

  protected override cyclesToIrq(): number {
    const { registers } = this;
    if (registers[IS_ON] === 0) return NEVER;
    const clocks = registers[COUNTER] === 0 ? 1 : 0x100 - registers[COUNTER];
    if (clocks === 1 || registers[FLAG_REGISTER] !== 0) return this.#cyclesToClock() + (clocks - 1) * 256;
    return this.#cyclesToClock() + 128 + (clocks - 2) * 256;
  }

  #cyclesToClock(): number {
    const { registers } = this;
    return registers[FLAG_REGISTER] === 0 ? 128 - (registers[PRESCALER] & 127) : 256 - registers[PRESCALER];
  }
}

const PAL_MIRRORING = VRC4_FREE + 4;
const LAST_A13 = VRC4_FREE + 5;
const FALLS_272 = 84;

/**
 * Mapper 272, Akumajou Special bootleg: a PAL counts falls of PPU A13, 42 in each line, and overrides the
 * mirroring. It sees writes that the VRC2 sees too. FCEUmm and puNES have the same description by the person
 * who traced the board. https://www.nesdev.org/wiki/NES_2.0_Mapper_272
 */
class AkumajouSpecial extends Vrc2And4 {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqOn", this.registers, FLAG, IS_ON, 1);
    state.slots("board.irqCounter", this.registers, range(0, FALLS_272 - 1), COUNTER, 1);
    state.slots("board.a13", this.registers, FLAG, LAST_A13, 1);
  }

  override reset(): void {
    this.registers.fill(0, 0, LAST_A13 + 1);
    this.updateBanks();
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const a13 = address >> 13;
    if (a13 < registers[LAST_A13] && registers[IS_ON] !== 0) {
      registers[COUNTER] = (registers[COUNTER] + 1) % FALLS_272;
      if (registers[COUNTER] === 0) this.assertIrq(cycle);
    }
    registers[LAST_A13] = a13;
    return value;
  }

  /** A13 falls at most once in two reads. */
  override readsUntilIrq(): number {
    return this.registers[IS_ON] === 0 ? NEVER : 2 * (FALLS_272 - this.registers[COUNTER]) - 1;
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    super.writeBoard(address, value, cycle);
    switch (address & 0xc00c) {
      case 0x8004:
        registers[PAL_MIRRORING] = value & 3;
        break;
      case 0x800c:
        this.assertIrq(cycle);
        break;
      case 0xc008:
        registers[IS_ON] = 1;
        break;
      case 0xc00c:
        registers.fill(0, IS_ON, COUNTER + 1);
        this.clearIrq(cycle);
        break;
      case 0xc004:
        this.clearIrq(cycle);
    }
  }

  protected override mapBanks(): void {
    super.mapBanks();
    const mirroring = this.registers[PAL_MIRRORING];
    if (mirroring >= 2) mirrorOne(this.memory, mirroring & 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 222,
    name: "CTC-31 (VRC2)",
    board: Ctc31,
    wiki: ["INES_Mapper_222"],
    unif: [{ names: "DRAGONNINJA" }],
  },
  {
    mapper: 272,
    name: "Akumajou Special bootleg (VRC2)",
    board: AkumajouSpecial,
    wiki: ["NES_2.0_Mapper_272"],
  },
  { mapper: 273, name: "Gremlins 2 bootleg (VRC2)", board: Gremlins2, wiki: ["NES_2.0_Mapper_273"] },
];
