import type { StateCheck } from "../../../../state-check.ts";
import { NEVER } from "../../../interrupts.ts";
import {
  Board,
  type BoardClass,
  type BoardParts,
  HOOK_A12,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
} from "../../board.ts";

/** The first of 16 registers of the board that selects between chips. */
const OWN = 192;
const OWN_BYTES = 16;
/** Registers of counters of cycles, which go on. */
const TIME = 252;

/**
 * A chip: its board, its mapper number, and where its registers are. Those with a counter of cycles are at 0.
 */
export interface SwitchedChip {
  readonly board: BoardClass;
  readonly mapper: number;
  readonly registersAt: number;
}

/**
 * A board that works like one of several others, as its own registers select. The chips keep their registers
 * while another one is selected. A board stops the counter of cycles of a chip that it leaves.
 */
export abstract class SwitchedBoard extends Board {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_TIME | HOOK_CPU_READS;
  protected readonly own = this.registers.subarray(OWN, OWN + OWN_BYTES);
  protected readonly chips: readonly Board[];

  constructor(parts: BoardParts, chips: readonly SwitchedChip[]) {
    super(parts);
    this.chips = chips.map(
      ({ board: Chip, mapper, registersAt }) =>
        new Chip({
          ...parts,
          image: { ...parts.image, mapper, submapper: 0 },
          registers: parts.registers.subarray(registersAt),
        }),
    );
  }

  /** The number of the chip that the registers select. */
  protected abstract get selected(): number;

  /** Puts the parts of ROM that the chip has in the place of `memory.prg` and `memory.chr`. */
  protected abstract selectWindows(): void;

  /** Maps what differs from the chip's banks. */
  protected mapOver(): void {}

  override powerOn(): void {
    for (const chip of this.chips) chip.powerOn();
  }

  override declareState(state: StateCheck): void {
    for (const chip of this.chips) chip.declareState(state);
  }

  override checkState(state: StateCheck): void {
    for (const chip of this.chips) chip.checkState(state);
  }

  /** Sets the chips as at power-on. */
  protected restartChips(cycle: number): void {
    this.registers.fill(0, 0, OWN);
    this.registers.fill(0, OWN + OWN_BYTES, TIME);
    this.powerOn();
    this.clearIrq(cycle);
  }

  /** A write to the selected chip. */
  protected writeChip(address: number, value: number, cycle: number): void {
    this.#chip.writeRegister(address, value, cycle);
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number, _cycle: number): number {
    return this.peekRegister(address, openBus);
  }

  override updateBanks(): void {
    this.memory.unmapCpu(0x5000, 0x3000);
    this.memory.mirror(this.memory.mirroring);
    this.selectWindows();
    this.#chip.updateBanks();
    this.mapOver();
    this.#schedule();
  }

  override ppuA12Rise(cycle: number): void {
    if ((this.#chip.hooks & HOOK_A12) === 0) return;
    this.#chip.ppuA12Rise(cycle);
    this.#schedule();
  }

  override get risesUntilIrq(): number {
    return (this.#chip.hooks & HOOK_A12) === 0 ? NEVER : this.#chip.risesUntilIrq;
  }

  override runTo(cycle: number): void {
    for (const chip of this.chips) chip.runTo(cycle);
    this.#schedule();
  }

  override rebase(cycles: number): void {
    for (const chip of this.chips) chip.rebase(cycles);
    this.#schedule();
  }

  get #chip(): Board {
    return this.chips[this.selected]!;
  }

  #schedule(): void {
    const chip = this.#chip;
    this.irqImminent = (chip.hooks & HOOK_A12) !== 0 && chip.irqImminent;
    this.nextEventCycle = chip.nextEventCycle;
  }
}
