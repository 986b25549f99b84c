import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { NEVER } from "../../../interrupts.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { Board, HOOK_CPU_TIME } from "../../board.ts";

/** The last word of the registers: the last cycle that the counters have run. */
export const TIME_WORD = 63;

/**
 * A board with counters driven by M2. They run only when needed: `count` runs them for a span of cycles,
 * `cyclesToIrq` returns when the IRQ line may change next. A write takes effect after the count of its own
 * cycle, as on chips that count while M2 is high and latch data when it falls.
 */
export abstract class TimedBoard extends Board {
  override readonly hooks: number = HOOK_CPU_TIME;
  /** The registers as signed 32-bit words, for counters: word n is bytes 4n to 4n + 3. */
  protected readonly words = new Int32Array(this.registers.buffer, this.registers.byteOffset, TIME_WORD + 1);

  override writeRegister(address: number, value: number, cycle: number): void {
    this.runTo(cycle);
    this.writeBoard(address, value, cycle);
    this.updateBanks();
  }

  override runTo(cycle: number): void {
    const cycles = cycle - this.words[TIME_WORD];
    if (cycles <= 0) return;
    const first = this.words[TIME_WORD] + 1;
    this.words[TIME_WORD] = cycle;
    this.count(cycles, first);
    this.schedule();
  }

  override rebase(cycles: number): void {
    this.words[TIME_WORD] = Math.max(this.words[TIME_WORD] - cycles, -cycles);
    if (this.nextEventCycle !== NEVER) this.nextEventCycle -= cycles;
  }

  override updateBanks(): void {
    this.mapBanks();
    this.schedule();
  }

  override declareState(state: StateCheck): void {
    state.slots("board.time", this.words, range(-MAX_CYCLES, MAX_CYCLES), TIME_WORD, 1);
  }

  override checkState(state: StateCheck): void {
    if ((this.hooks & HOOK_CPU_TIME) === 0) return;
    const time = state.value("board.time");
    const cycle = state.value("cpu.cycle");
    // A rise of A12 late in a cycle belongs to the sample of the next one.
    state.require(time >= -1 && time <= cycle + 1, `board.time is ${time} at CPU cycle ${cycle}`);
  }

  /** Recomputes the next event after registers or counters have changed. */
  protected schedule(): void {
    const cycles = this.cyclesToIrq();
    this.nextEventCycle = cycles === NEVER ? NEVER : this.words[TIME_WORD] + cycles;
  }

  /** Handles a write after the counters have run to its cycle; banks are mapped afterwards. */
  protected abstract writeBoard(address: number, value: number, cycle: number): void;

  /** Maps every bank and sets mirroring and RAM protection. */
  protected abstract mapBanks(): void;

  /** Runs the counters for `cycles` cycles, the first of which is `first`. */
  protected abstract count(cycles: number, first: number): void;

  /** Cycles until the IRQ line may change, at least 1; NEVER if it will not change. */
  protected abstract cyclesToIrq(): number;
}
