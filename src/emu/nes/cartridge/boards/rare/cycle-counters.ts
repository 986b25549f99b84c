/**
 * Boards of single games with counters of cycles. What has no page in the wiki follows
 * NintendulatorNRS and FCEUmm.
 */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { FOUR_MIRRORINGS } from "../parts/outer-mmc3.ts";
import { VrcIrqBoard } from "../parts/vrc-irq.ts";
import { COUNTER_WORD, CycleCounterBoard } from "../unlicensed/disk-conversions.ts";

const PRG = 12; // three banks
const CHR = 16; // eight banks
const NAMETABLES = 24; // the left and the right ones

/**
 * Mapper 417, Fine Studio: a counter of cycles whose bit 10, in submapper 1 bit 12, is the IRQ line while it
 * is enabled. https://www.nesdev.org/wiki/NES_2.0_Mapper_417
 */
class FineStudio extends CycleCounterBoard {
  protected readonly irqAt = this.image.submapper === 1 ? 0x1000 : 0x400;
  protected readonly period = 2 * this.irqAt;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const { registers } = this;
    const isFirst = this.image.submapper !== 1;
    const index = address & 3;
    switch ((address >> 4) & 7) {
      case 0:
        registers[PRG + index] = value;
        break;
      case 1:
        registers[CHR + index] = value;
        if (!isFirst) registers[NAMETABLES + index] = value >> 7;
        break;
      case 2:
        registers[CHR + 4 + index] = value;
        break;
      case 3:
        this.enableIrq(false, cycle);
        this.enableIrq(true, cycle);
        break;
      case 4:
        this.enableIrq(false, cycle);
        break;
      case 5:
        if (isFirst) registers[NAMETABLES + index] = value;
    }
  }

  protected override atPeriod(cycle: number): void {
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    for (let page = 0; page < 4; page++)
      memory.mapPpu(0x2000 + page * KIB, KIB, memory.ciram, registers[NAMETABLES + (page & 1)] & 1);
  }
}

/** The counter of mapper 548 counts on from here when it releases the IRQ line. */
const RELEASED_AT = 24_320;

/**
 * Mapper 548, CTC-15, a game from disk: $4800–$4FFF sets the bank by A2, A3 and A5, which $5000–$57FF puts
 * into effect, and A2 stops the counter. The line is low from 23,680 to 24,320 of 65,536 cycles; the count
 * here begins where it is released. https://www.nesdev.org/wiki/NES_2.0_Mapper_548
 */
class Ctc15 extends CycleCounterBoard {
  protected readonly irqAt = 0x10000 + 23_680 - RELEASED_AT;
  protected readonly period = 0x10000;

  override powerOn(): void {
    this.registers.set([2, 0, 0, 7]);
    this.words[COUNTER_WORD] = 0x10000 - RELEASED_AT;
  }

  protected override writeBoard(address: number, _value: number, cycle: number): void {
    const page = address & 0xf800;
    if (page === 0x4800) {
      this.registers[3] = ((address >> 2) & 3) | ((address >> 3) & 4);
      this.enableIrq((address & 4) === 0, cycle);
      if ((address & 4) !== 0) this.words[COUNTER_WORD] = 0x10000 - RELEASED_AT;
    } else if (page === 0x5000) this.registers[0] = this.registers[3] ^ 5;
  }

  protected override atPeriod(cycle: number): void {
    this.clearIrq(cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 16 * KIB, registers[0]);
    memory.mapPrg(0xc000, 16 * KIB, 3);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/**
 * Mapper 528, 831128C: the registers of an FME-7 and the interrupts of a VRC4, by A0–A3 of $A000 or, for the
 * second half of the ROMs, $C000. https://www.nesdev.org/wiki/NES_2.0_Mapper_528
 */
class Multicart831128C extends VrcIrqBoard {
  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    const page = address & 0xf000;
    if (page !== 0xa000 && page !== 0xc000) return;
    const register = address & 0x0f;
    if (register === 0x0d) this.writeIrqControl(value, cycle);
    else if (register === 0x0e) this.acknowledgeIrq(cycle);
    else if (register === 0x0f) this.writeIrqLatch(value);
    else registers[register] = value;
    registers[0x0d] = page === 0xc000 ? 0x10 : 0;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const half = registers[0x0d];
    const bank = (register: number): number => (registers[register] & (0x0f | half)) + half;
    if (registers[8] === 1) memory.mapPrgRam(0x6000, 8 * KIB, 0);
    else memory.mapPrg(0x6000, 8 * KIB, bank(8));
    memory.mapPrg(0x8000, 8 * KIB, bank(9));
    memory.mapPrg(0xa000, 8 * KIB, bank(10));
    memory.mapPrg(0xc000, 16 * KIB, half === 0 ? 7 : 0x17);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[page] | (half << 4));
    memory.mirror(FOUR_MIRRORINGS[registers[12] & 3]!);
  }
}

const COUNT = VRC4_FREE;
const IRQ_ENABLED = VRC4_FREE + 1;
const TICK_AT = 64;
const TICK_CYCLES = 112;
const PRESCALER_WORD = 8;

/**
 * Mapper 565, J-33-C: a VRC2 with a counter of 112 cycles each. The IRQ line is low while it is 0. $F000 sets
 * it and $F004 enables it.
 */
class J33c extends Vrc2And4 {
  override readonly hooks: number = HOOK_CPU_TIME;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.tickCycles", this.words, range(0, TICK_CYCLES - 1), PRESCALER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    if (address < 0xf000) super.writeBoard(address, value, cycle);
    else if ((address & 0x0c) === 0) {
      registers[COUNT] = value;
      words[PRESCALER_WORD] = 0;
      this.clearIrq(cycle);
    } else if ((address & 0x0c) === 4) {
      registers[IRQ_ENABLED] = value & 1;
      if ((value & 1) !== 0) return;
      words[PRESCALER_WORD] = 0;
      this.clearIrq(cycle);
    }
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    if (registers[IRQ_ENABLED] === 0) return;
    let done = 0;
    for (let toTick = this.#toTick(); done + toTick <= cycles; toTick = TICK_CYCLES) {
      done += toTick;
      registers[COUNT]++;
      if (registers[COUNT] === 0) this.assertIrq(first + done - 1);
      else this.clearIrq(first + done - 1);
    }
    words[PRESCALER_WORD] = (words[PRESCALER_WORD] + cycles) % TICK_CYCLES;
  }

  protected override cyclesToIrq(): number {
    const count = this.registers[COUNT];
    if (this.registers[IRQ_ENABLED] === 0) return NEVER;
    return this.#toTick() + (count === 0 ? 0 : TICK_CYCLES * (255 - count));
  }

  #toTick(): number {
    const count = this.words[PRESCALER_WORD];
    return count < TICK_AT ? TICK_AT - count : TICK_AT + TICK_CYCLES - count;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 417,
    name: "Fine Studio",
    board: FineStudio,
    wiki: ["NES_2.0_Mapper_417"],
    knownSubmappers: [1],
  },
  {
    mapper: 528,
    name: "831128C",
    board: Multicart831128C,
    wiki: ["NES_2.0_Mapper_528"],
    unif: [{ names: "831128C" }],
  },
  { mapper: 548, name: "CTC-15", board: Ctc15, wiki: ["NES_2.0_Mapper_548"] },
  { mapper: 565, name: "J-33-C (VRC2)", board: J33c },
];
