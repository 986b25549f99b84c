import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_A12, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

// Registers 0–15 are the banks R0–RF.
const SELECT = 16; // CPK.RRRR
const MIRRORING = 17;
const IRQ_LATCH = 18;
const IRQ_COUNTER = 19;
const IRQ_ENABLED = 20;
const IRQ_MODE = 21; // bit 0: count cycles instead of A12
const IRQ_RELOAD = 22;
/** Cycles until the next clock of the counter, while the prescaler runs. */
const PRESCALER = 23;
/** When cycle mode ends, the prescaler makes one more clock. */
const LAST_CLOCK = 24;
/** Cycles until a fired counter pulls the line; 0 if none is pending. */
const IRQ_DELAY = 25;

const CYCLES_PER_CLOCK = 4;
const DELAY_AFTER_A12 = 2;
const DELAY_AFTER_CYCLES = 1;

/**
 * Mapper 64, Tengen RAMBO-1: an MMC3 with more banks and a counter that is clocked by A12 or every fourth
 * cycle. After $C001 the counter takes one or two more clocks than its latch says.
 * https://www.nesdev.org/wiki/RAMBO-1
 */
class Rambo1 extends TimedBoard {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_TIME;

  override powerOn(): void {
    this.registers.set([0, 2, 4, 5, 6, 7, 0, 1, 1, 3]);
    // The Police Academy prototype calls its sound driver at $C000 before it sets the bank, and needs bank 2.
    // https://github.com/nesdev-org/MesenCE/pull/6
    this.registers[15] = 2;
    this.registers[PRESCALER] = CYCLES_PER_CLOCK;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    for (const at of [IRQ_ENABLED, IRQ_MODE, IRQ_RELOAD, LAST_CLOCK])
      state.slots(`board.flag${at}`, this.registers, FLAG, at, 1);
    state.slots("board.prescaler", this.registers, range(1, CYCLES_PER_CLOCK), PRESCALER, 1);
    state.slots("board.irqDelay", this.registers, range(0, DELAY_AFTER_A12), IRQ_DELAY, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    switch (address & 0xe001) {
      case 0x8000:
        registers[SELECT] = value;
        break;
      case 0x8001:
        registers[registers[SELECT] & 0x0f] = value;
        break;
      case 0xa000:
        registers[MIRRORING] = value & 1;
        break;
      case 0xc000:
        registers[IRQ_LATCH] = value;
        break;
      case 0xc001:
        this.#writeMode(value & 1);
        break;
      case 0xe000:
        registers[IRQ_ENABLED] = 0;
        this.clearIrq(cycle);
        break;
      case 0xe001:
        registers[IRQ_ENABLED] = 1;
        break;
      default:
    }
  }

  override ppuA12Rise(cycle: number): void {
    this.runTo(cycle);
    if (this.registers[IRQ_MODE] === 0) this.#clock(DELAY_AFTER_A12);
    this.schedule();
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const select = registers[SELECT];
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    const prg = (select & 0x40) !== 0 ? [15, 7, 6] : [6, 7, 15];
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[prg[slot]]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    const swap = (select & 0x80) !== 0 ? 4 : 0;
    for (let page = 0; page < 4; page++) {
      this.mapChrBank(page ^ swap, this.#lowChrBank(page));
      this.mapChrBank((page + 4) ^ swap, registers[2 + page]);
    }
    this.mapNametables();
  }

  /** Maps 1 KiB at slot × $400. */
  protected mapChrBank(slot: number, bank: number): void {
    this.memory.mapChr(slot * KIB, KIB, bank);
  }

  protected mapNametables(): void {
    this.memory.mirror(this.registers[MIRRORING] === 0 ? "vertical" : "horizontal");
  }

  protected override count(cycles: number, first: number): void {
    const { registers } = this;
    for (let left = cycles; left > 0; ) {
      const step = Math.min(left, this.#cyclesToChange());
      if (registers[IRQ_DELAY] > 0) {
        registers[IRQ_DELAY] -= step;
        if (registers[IRQ_DELAY] === 0) this.assertIrq(first + cycles - left + step - 1);
      }
      if (this.#prescalerRuns()) {
        registers[PRESCALER] -= step;
        if (registers[PRESCALER] === 0) this.#prescalerClock();
      }
      left -= step;
    }
  }

  protected override cyclesToIrq(): number {
    const { registers } = this;
    if (registers[IRQ_DELAY] > 0) return registers[IRQ_DELAY];
    if (!this.#prescalerRuns() || registers[IRQ_ENABLED] === 0) return NEVER;
    const clocks = this.#clocksToZero();
    if (registers[IRQ_MODE] === 0 && clocks > 1) return NEVER;
    return registers[PRESCALER] + CYCLES_PER_CLOCK * (clocks - 1) + DELAY_AFTER_CYCLES;
  }

  protected override schedule(): void {
    super.schedule();
    this.irqImminent = this.registers[IRQ_ENABLED] !== 0 && this.#clocksToZero() === 1;
  }

  #clocksToZero(): number {
    const { registers } = this;
    if (registers[IRQ_RELOAD] !== 0) return 1 + this.#reloadValue();
    return registers[IRQ_COUNTER] === 0 ? 1 + registers[IRQ_LATCH] : registers[IRQ_COUNTER];
  }

  #reloadValue(): number {
    const latch = this.registers[IRQ_LATCH];
    return (latch + (latch <= 1 ? 0 : 1)) & 0xff;
  }

  #cyclesToChange(): number {
    const { registers } = this;
    const delay = registers[IRQ_DELAY] > 0 ? registers[IRQ_DELAY] : NEVER;
    return Math.min(delay, this.#prescalerRuns() ? registers[PRESCALER] : NEVER);
  }

  #prescalerRuns(): boolean {
    return this.registers[IRQ_MODE] !== 0 || this.registers[LAST_CLOCK] !== 0;
  }

  #prescalerClock(): void {
    this.registers[PRESCALER] = CYCLES_PER_CLOCK;
    this.registers[LAST_CLOCK] = 0;
    this.#clock(DELAY_AFTER_CYCLES);
  }

  #writeMode(mode: number): void {
    const { registers } = this;
    if (registers[IRQ_MODE] !== 0 && mode === 0) registers[LAST_CLOCK] = 1;
    if (mode !== 0) registers[PRESCALER] = CYCLES_PER_CLOCK;
    registers[IRQ_MODE] = mode;
    registers[IRQ_RELOAD] = 1;
  }

  #clock(delay: number): void {
    const { registers } = this;
    if (registers[IRQ_RELOAD] !== 0) registers[IRQ_COUNTER] = this.#reloadValue();
    else if (registers[IRQ_COUNTER] === 0) registers[IRQ_COUNTER] = registers[IRQ_LATCH];
    else registers[IRQ_COUNTER]--;
    registers[IRQ_RELOAD] = 0;
    if (registers[IRQ_COUNTER] === 0 && registers[IRQ_ENABLED] !== 0) registers[IRQ_DELAY] = delay;
  }

  /** R0 and R1 select 2 KiB windows, or in K mode 1 KiB each; R8 and R9 then select the other halves. */
  #lowChrBank(page: number): number {
    const { registers } = this;
    const pair = page >> 1;
    if ((page & 1) === 0) return (registers[SELECT] & 0x20) !== 0 ? registers[pair] : registers[pair] & 0xfe;
    return (registers[SELECT] & 0x20) !== 0 ? registers[8 + pair] : registers[pair] | 1;
  }
}

/**
 * Mapper 158, Tengen 800037: CHR A17 of each bank is CIRAM A10. https://www.nesdev.org/wiki/INES_Mapper_158
 */
class Tengen800037 extends Rambo1 {
  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, bank);
    if (slot < 4) this.memory.mapPpu(0x2000 + slot * KIB, KIB, this.memory.ciram, bank >> 7);
  }

  protected override mapNametables(): void {}
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 64,
    name: "Tengen RAMBO-1",
    board: Rambo1,
    wiki: ["RAMBO-1"],
    unif: [{ names: "TENGEN-800032 RAMBO-1" }],
  },
  {
    mapper: 158,
    name: "Tengen 800037 (RAMBO-1)",
    board: Tengen800037,
    wiki: ["INES_Mapper_158"],
  },
];

/** Names of its registers. */
export const RAMBO1_REGISTERS: RegisterNames = {
  board: Rambo1,
  places: {
    r: [0, 8, 16],
    bankSelect: SELECT,
    mirroring: MIRRORING,
    irqLatch: IRQ_LATCH,
    irqCounter: IRQ_COUNTER,
    irqEnabled: [IRQ_ENABLED, 1],
    irqMode: [IRQ_MODE, 1],
    irqReload: [IRQ_RELOAD, 1],
  },
};
