import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import type { LevelSink } from "../../board.ts";

/** Number of 32-bit words of a board's registers for the state of a `LowPass`. */
export const LOW_PASS_WORDS = 4;

const LEVEL = 0; // of the current input
const SUM = 1; // of the input's levels in each cycle since the last step
const TICKS = 2; // cycles since the last step
const OUTPUT = 3; // in 1 / OUTPUT_UNIT

const OUTPUT_UNIT = 1 << 12;
/** The step rate is far above the audible range, so that the steps of the output are inaudible. */
const STEP_CYCLES = 16;

/**
 * A one-pole low-pass filter for a cartridge's sound. It steps every 16 cycles by the mean of its input since
 * the last step, in whole numbers. The output does not depend on how time is divided into spans.
 */
export class LowPass implements LevelSink {
  readonly #words: Int32Array;
  readonly #share: number;
  readonly #chip: Pick<SoundChip, "muted">;
  #sink: LevelSink | undefined;
  #cycle = 0;

  /**
   * `share` is the part of the distance to the input that a step covers; see `lowPassShare`. `chip` is the
   * source, which is not heard while its channels are muted.
   */
  constructor(words: Int32Array, share: number, chip: Pick<SoundChip, "muted">) {
    this.#words = words;
    this.#share = share;
    this.#chip = chip;
  }

  /** Declares the valid values of a state; `mostLevel` is the largest absolute value of the input. */
  declareState(state: StateCheck, mostLevel: number): void {
    const most = Math.ceil(mostLevel);
    state.slots("filter.level", this.#words, range(-most, most), LEVEL, 1);
    state.slots("filter.sum", this.#words, range(-most * STEP_CYCLES, most * STEP_CYCLES), SUM, 1);
    state.slots("filter.ticks", this.#words, range(0, STEP_CYCLES - 1), TICKS, 1);
    state.slots("filter.output", this.#words, range(-most * OUTPUT_UNIT, most * OUTPUT_UNIT), OUTPUT, 1);
  }

  /** Starts a span at `cycle` that lasts until `end` is called; the output goes to `sink`. */
  begin(cycle: number, sink: LevelSink): void {
    this.#cycle = cycle;
    this.#sink = sink;
  }

  /** Sets the input to `level` from `cycle` on. */
  setExpansionLevel(cycle: number, level: number): void {
    this.#advance(cycle);
    this.#words[LEVEL] = level;
  }

  /** Sets the input to `level` from now on. */
  setLevel(level: number): void {
    this.#words[LEVEL] = level;
  }

  /** Runs up to `cycle`, exclusive. */
  end(cycle: number): void {
    this.#advance(cycle);
  }

  #advance(until: number): void {
    const words = this.#words;
    const level = words[LEVEL];
    while (this.#cycle < until) {
      const cycles = Math.min(until - this.#cycle, STEP_CYCLES - words[TICKS]);
      this.#cycle += cycles;
      words[TICKS] += cycles;
      words[SUM] += level * cycles;
      if (words[TICKS] === STEP_CYCLES) this.#step();
    }
  }

  #step(): void {
    const words = this.#words;
    const mean = (words[SUM] * OUTPUT_UNIT) / STEP_CYCLES;
    words[OUTPUT] += Math.round((mean - words[OUTPUT]) * this.#share);
    words[SUM] = 0;
    words[TICKS] = 0;
    const output = Math.round(words[OUTPUT] / OUTPUT_UNIT);
    this.#sink?.setExpansionLevel(this.#cycle, output, this.#chip.muted === 0 ? output : 0);
  }
}

/** Returns the share of a step for a cutoff frequency, at a clock in cycles per second. */
export function lowPassShare(cutoffHz: number, clockHz: number): number {
  return 1 - Math.exp((-2 * Math.PI * cutoffHz * STEP_CYCLES) / clockHz);
}
