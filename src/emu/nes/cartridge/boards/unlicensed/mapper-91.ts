import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const CHR = 0; // four windows of 2 KiB
const PRG = 4; // two registers
const MIRRORING = 6;
const OUTER = 7;
const IRQ_ENABLED = 8;
const RISES = 9;
const LAST_A12 = 11;
const PHASE = 10; // number of cycles in the current step
const COUNTER_WORD = 4;

/** Submapper 0 fires after this many unfiltered rises of A12: eight lines of sprites. */
const RISES_TO_IRQ = 64;
/** Submapper 1's counter decreases by five every four cycles. */
const STEP = 5;
const CYCLES_PER_STEP = 4;

/**
 * Mapper 91, J.Y. Company's Street Fighter III boards. Submapper 0 counts rises of A12 and takes an outer
 * bank from the address of writes to $8000–$9FFF. Submapper 1 counts cycles and selects its mirroring.
 * https://www.nesdev.org/wiki/INES_Mapper_091
 */
class Mapper91 extends TimedBoard {
  readonly #countsCycles = this.image.submapper === 1;
  override readonly hooks: number = this.#countsCycles ? HOOK_CPU_TIME : HOOK_PPU_FETCH;

  override powerOn(): void {
    this.registers[MIRRORING] = this.memory.mirroring === "horizontal" ? 0 : 1;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.rises", this.registers, range(0, RISES_TO_IRQ), RISES, 1);
    state.slots("board.a12", this.registers, FLAG, LAST_A12, 1);
    state.slots("board.phase", this.registers, range(0, CYCLES_PER_STEP - 1), PHASE, 1);
    state.slots("board.irqCounter", this.words, WORD, COUNTER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    if ((address & 0xe000) === 0x8000 && !this.#countsCycles) registers[OUTER] = address & 7;
    if (address < 0x6000 || address >= 0x8000) return;
    const register = address & (this.#countsCycles ? 7 : 3);
    if (address >= 0x7000) {
      if (register < 2) registers[PRG + register] = value & 0x0f;
      else if (register === 2 || register === 6) this.#stop(cycle);
      else if (register === 3 || register === 7) this.#start();
    } else if (register < 4) {
      registers[CHR + register] = value;
    } else if (register < 6) {
      registers[MIRRORING] = register & 1;
    } else if (register === 6) {
      words[COUNTER_WORD] = (words[COUNTER_WORD] & ~0xff) | value;
    } else {
      words[COUNTER_WORD] = (words[COUNTER_WORD] & 0xff) | (value << 8);
    }
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const a12 = (address >> 12) & 1;
    const rises = a12 > registers[LAST_A12];
    registers[LAST_A12] = a12;
    if (rises && registers[IRQ_ENABLED] !== 0 && registers[RISES] < RISES_TO_IRQ) {
      registers[RISES]++;
      if (registers[RISES] === RISES_TO_IRQ) this.assertIrq(cycle);
    }
    return value;
  }

  /** A12 rises at most once in two reads. */
  override readsUntilIrq(): number {
    const { registers } = this;
    if (registers[IRQ_ENABLED] === 0 || registers[RISES] === RISES_TO_IRQ) return NEVER;
    return 2 * (RISES_TO_IRQ - registers[RISES]) - 1;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const outerPrg = (registers[OUTER] & 6) << 3;
    for (let slot = 0; slot < 2; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, outerPrg | registers[PRG + slot]);
    memory.mapPrg(0xc000, 8 * KIB, outerPrg | 0x0e);
    memory.mapPrg(0xe000, 8 * KIB, outerPrg | 0x0f);
    for (let window = 0; window < 4; window++)
      memory.mapChr(window * 2 * KIB, 2 * KIB, ((registers[OUTER] & 1) << 8) | registers[CHR + window]);
    if (this.#countsCycles) memory.mirror(registers[MIRRORING] === 0 ? "horizontal" : "vertical");
    else memory.mirror(memory.mirroring);
  }

  /** The counter stops at or below 0. */
  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    const toIrq = this.cyclesToIrq();
    if (toIrq === NEVER) return;
    if (toIrq <= cycles) {
      words[COUNTER_WORD] = 0;
      registers[PHASE] = 0;
      registers[IRQ_ENABLED] = 0;
      this.assertIrq(first + toIrq - 1);
      return;
    }
    const phase = registers[PHASE] + cycles;
    words[COUNTER_WORD] -= STEP * Math.floor(phase / CYCLES_PER_STEP);
    registers[PHASE] = phase % CYCLES_PER_STEP;
  }

  protected override cyclesToIrq(): number {
    if (!this.#countsCycles || this.registers[IRQ_ENABLED] === 0) return NEVER;
    const steps = Math.max(1, Math.ceil(this.words[COUNTER_WORD] / STEP));
    return steps * CYCLES_PER_STEP - this.registers[PHASE];
  }

  #start(): void {
    this.registers[IRQ_ENABLED] = 1;
    this.registers[RISES] = 0;
    this.registers[PHASE] = 0;
  }

  #stop(cycle: number): void {
    this.registers[IRQ_ENABLED] = 0;
    this.clearIrq(cycle);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 91,
    name: "J.Y. Company JY830623C",
    board: Mapper91,
    wiki: ["INES_Mapper_091"],
    knownSubmappers: [1],
  },
];
