import type { MachineArena } from "../../arena.ts";
import type { StateCheck } from "../../state-check.ts";
import { defineFields, type FieldRange, flushFields, loadFields, range } from "../../state-fields.ts";
import type { RegionTiming } from "../region.ts";
import { KERNEL_UNIT, PHASES, sharedKernel, TAPS } from "./kernel.ts";
import { LEVEL_UNIT } from "./levels.ts";

/** Samples per second. */
const SAMPLE_RATE_HZ = 48_000;
/**
 * Maximum number of samples of a frame: PAL and Dendy yield 960, and an instruction or DMA may overrun the
 * end.
 */
const MAX_SAMPLES_PER_FRAME = 1024;

/** A full-scale DAC step becomes 1.5 × full scale, which leaves loud games about 6 dB of headroom. */
const OUTPUT_GAIN = 1.5;
/** From sums of impulses to samples. */
const OUTPUT_SCALE = (OUTPUT_GAIN * 32767) / (KERNEL_UNIT * LEVEL_UNIT);

/** The front loader's first-order filters behind the DACs. https://www.nesdev.org/wiki/APU_Mixer */
const HIGH_PASS_1_HZ = 90;
const HIGH_PASS_2_HZ = 440;
/**
 * The pole, exp(−2π 14 / 48), of a one-pole, one-zero section. It equals a first-order low-pass with a cutoff
 * of 14 kHz exactly at 0 Hz and 14 kHz, and within 1 dB up to 20 kHz.
 */
const LOW_PASS_POLE = 0.16;
const LOW_PASS_B0 = 0.761;
const LOW_PASS_B1 = 0.079;

/** Steps may be made up to this many samples past the frame's end. */
const OVERRUN_SAMPLES = 8;
const TAIL = TAPS + OVERRUN_SAMPLES;
/** Number of steps whose impulses are added at once. */
const MOST_STEPS = 1024;

/** A range far beyond any sum of steps; it excludes NaN. */
const FINITE: FieldRange = { min: -(2 ** 50), max: 2 ** 50, fractions: true };

/** Belongs to the machine's state: it decides how many samples a frame has. */
export const SOUND_FIELDS = defineFields<
  LevelResampler,
  | "level"
  | "highPass1"
  | "highPass1In"
  | "highPass2"
  | "highPass2In"
  | "lowPass"
  | "lowPassIn"
  | "sampleCount"
  | "isHeard"
>()({ fraction: range(0, 2 ** 31 - 1) });
const FILTER_FIELDS = defineFields<LevelResampler, "fraction" | "sampleCount" | "isHeard">()({
  level: FINITE,
  highPass1: FINITE,
  highPass1In: FINITE,
  highPass2: FINITE,
  highPass2In: FINITE,
  lowPass: FINITE,
  lowPassIn: FINITE,
});

/**
 * Returns 0 for values close to it. In silence the filters decay for ever; subnormal numbers would make a
 * silent frame cost twenty times as much as a loud one.
 */
function withoutDust(value: number): number {
  return value < 1e-20 && value > -1e-20 ? 0 : value;
}

function isZero(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) return false;
  return true;
}

function highPassFactor(cornerHz: number): number {
  return 1 / (1 + (2 * Math.PI * cornerHz) / SAMPLE_RATE_HZ);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Steps of the output: their cycles, and the changes in LEVEL_UNIT. */
class StepQueue {
  readonly cycles = new Int32Array(MOST_STEPS);
  readonly deltas = new Int32Array(MOST_STEPS);
  count = 0;
}

/**
 * Adds the impulses of all steps in the queue: a row of the kernel, and a part of the next row. One loop over
 * many steps takes less time than a call for each. `cycleLength` is the length of a cycle, and `fraction`
 * the position of cycle 0, in 1 / `sampleLength` of a sample. TAPS is a multiple of 4.
 */
function addImpulses(
  impulses: Float64Array,
  steps: StepQueue,
  kernel: Float64Array,
  cycleLength: number,
  fraction: number,
  sampleLength: number,
): void {
  const { cycles, deltas, count } = steps;
  const phaseScale = PHASES / sampleLength;
  for (let step = 0; step < count; step++) {
    const position = cycles[step] * cycleLength + fraction;
    const sample = (position / sampleLength) | 0;
    const place = (position - sample * sampleLength) * phaseScale;
    const phase = place | 0;
    const late = (deltas[step] * (place - phase)) | 0;
    const early = deltas[step] - late;
    let at = phase * TAPS;
    for (let i = sample; i < sample + TAPS; i += 4) {
      impulses[i] += early * kernel[at] + late * kernel[at + TAPS];
      impulses[i + 1] += early * kernel[at + 1] + late * kernel[at + TAPS + 1];
      impulses[i + 2] += early * kernel[at + 2] + late * kernel[at + TAPS + 2];
      impulses[i + 3] += early * kernel[at + 3] + late * kernel[at + TAPS + 3];
      at += 4;
    }
  }
}

/**
 * Turns level changes at exact CPU cycles into 16-bit samples at 48 kHz. Each change adds the step response
 * of a low-pass filter at its exact position between samples, so that nothing above half the sample rate
 * aliases. The ratio of clock and sample rate is an exact fraction and never drifts.
 */
export class LevelResampler {
  readonly samples = new Int16Array(MAX_SAMPLES_PER_FRAME);
  sampleCount = 0;
  /** 1 if the current frame's samples are computed; 0 if the frame is not heard. Set by `beginFrame`. */
  isHeard = 1;

  /** Position of cycle 0 within the first sample, in 1 / `denominator`. */
  fraction = 0;
  /** Sum of all steps so far, in KERNEL_UNIT × LEVEL_UNIT: a whole number. */
  level = 0;
  highPass1 = 0;
  highPass1In = 0;
  highPass2 = 0;
  highPass2In = 0;
  lowPass = 0;
  lowPassIn = 0;

  /** Samples per cycle as a fraction. */
  readonly numerator: number;
  readonly denominator: number;

  readonly #kernel = sharedKernel();
  /** Future impulses, by sample of this frame. */
  readonly #impulses = new Float64Array(MAX_SAMPLES_PER_FRAME + TAIL);
  /**
   * What a frame passes to the next, and its place in the state. These views are created once because states
   * are saved often.
   */
  readonly #tail = this.#impulses.subarray(0, TAIL);
  #savedTail: Float64Array = new Float64Array(0);
  readonly #steps = new StepQueue();
  /** Number of samples of this frame that exist already because a state was saved in the middle of it. */
  #done = 0;
  #slots: Float64Array = new Float64Array(0);

  constructor(region: RegionTiming) {
    const { numerator: clock, denominator: clockDenominator } = region.masterClockHz;
    const samples = SAMPLE_RATE_HZ * region.masterClocksPerCpuCycle * clockDenominator;
    const divisor = greatestCommonDivisor(samples, clock);
    this.numerator = samples / divisor;
    this.denominator = clock / divisor;
    if (MAX_SAMPLES_PER_FRAME * this.denominator >= 2 ** 31) throw new Error("positions exceed 31 bits");
  }

  /** Allocates the place of the filters in a state. */
  allocState(arena: MachineArena): void {
    this.#slots = arena.float64("apu sound", FILTER_FIELDS.names.length + TAIL);
    this.#savedTail = this.#slots.subarray(FILTER_FIELDS.names.length);
  }

  /**
   * A frame begins, with the DACs' output at `level`. If the last frame was not heard, the filters have
   * settled: sound resumes from silence, without a click.
   */
  beginFrame(isHeard: boolean, level: number): void {
    if (isHeard && this.isHeard === 0) this.#settle(level);
    this.isHeard = isHeard ? 1 : 0;
  }

  /** Changes the output by `delta` (a whole number, in LEVEL_UNIT) in `cycle` of this frame. */
  step(cycle: number, delta: number): void {
    if (this.isHeard === 0) return;
    const steps = this.#steps;
    if (steps.count === MOST_STEPS) this.#flush();
    steps.cycles[steps.count] = cycle;
    steps.deltas[steps.count++] = delta;
  }

  /** Adds the impulses of the steps so far. */
  #flush(): void {
    const { fraction, numerator, denominator } = this;
    addImpulses(this.#impulses, this.#steps, this.#kernel, numerator, fraction, denominator);
    this.#steps.count = 0;
  }

  /**
   * Ends the frame before cycle `cycles`, which becomes cycle 0. Its whole samples go to `samples`. If it was
   * not heard, the filters settle at `outputLevel`, the level at its end.
   */
  endFrame(cycles: number, outputLevel: number): void {
    const isSilent = this.#done === 0 && this.#isSilent();
    if (!isSilent) this.#flush();
    const position = cycles * this.numerator + this.fraction;
    const due = (position / this.denominator) | 0;
    const done = this.#done;
    this.#done = 0;
    this.fraction = position - due * this.denominator;
    if (this.isHeard === 0) {
      this.sampleCount = 0;
      this.#settle(outputLevel);
      return;
    }
    const count = Math.min(due, MAX_SAMPLES_PER_FRAME);
    this.sampleCount = count;
    if (isSilent) {
      this.samples.fill(0, 0, count);
      return;
    }
    this.#filter(done, count);
    this.#removeDust();
    this.#impulses.copyWithin(0, due, due + TAIL);
    this.#impulses.fill(0, TAIL);
  }

  /** Number of whole samples in the first `cycles` cycles of this frame. */
  #samplesIn(cycles: number): number {
    const position = cycles * this.numerator + this.fraction;
    return Math.min(Math.floor(position / this.denominator), MAX_SAMPLES_PER_FRAME);
  }

  /** Returns true if nothing has changed for so long that the filters would output zeros. */
  #isSilent(): boolean {
    return (
      this.#steps.count === 0 &&
      this.highPass1 === 0 &&
      this.highPass1In === this.level * OUTPUT_SCALE &&
      this.highPass2 === 0 &&
      this.highPass2In === 0 &&
      this.lowPass === 0 &&
      this.lowPassIn === 0 &&
      isZero(this.#tail)
    );
  }

  /** Computes the samples from `start` to `end`. */
  #filter(start: number, end: number): void {
    const { samples } = this;
    const impulses = this.#impulses;
    const factor1 = highPassFactor(HIGH_PASS_1_HZ);
    const factor2 = highPassFactor(HIGH_PASS_2_HZ);
    // Separate statements, because a destructuring assignment made this loop take 2.5 times as long (Bun
    // 1.4.5).
    let level = this.level;
    let highPass1 = this.highPass1;
    let highPass1In = this.highPass1In;
    let highPass2 = this.highPass2;
    let highPass2In = this.highPass2In;
    let lowPass = this.lowPass;
    let lowPassIn = this.lowPassIn;
    for (let i = start; i < end; i++) {
      level += impulses[i];
      const input = level * OUTPUT_SCALE;
      highPass1 = factor1 * (highPass1 + (input - highPass1In));
      highPass1In = input;
      highPass2 = factor2 * (highPass2 + (highPass1 - highPass2In));
      highPass2In = highPass1;
      lowPass = LOW_PASS_POLE * lowPass + LOW_PASS_B0 * highPass2 + LOW_PASS_B1 * lowPassIn;
      lowPassIn = highPass2;
      samples[i] = lowPass > 32767 ? 32767 : lowPass < -32768 ? -32768 : ((lowPass + 32768.5) | 0) - 32768;
    }
    this.level = level;
    this.highPass1 = highPass1;
    this.highPass1In = highPass1In;
    this.highPass2 = highPass2;
    this.highPass2In = highPass2In;
    this.lowPass = lowPass;
    this.lowPassIn = lowPassIn;
  }

  #removeDust(): void {
    this.highPass1 = withoutDust(this.highPass1);
    this.highPass2 = withoutDust(this.highPass2);
    this.highPass2In = withoutDust(this.highPass2In);
    this.lowPass = withoutDust(this.lowPass);
    this.lowPassIn = withoutDust(this.lowPassIn);
  }

  /**
   * The sum of all steps, also of those whose response is not complete: the level at which the output comes
   * to rest, in LEVEL_UNIT.
   */
  get heldLevel(): number {
    let sum = this.level;
    for (let i = 0; i < TAIL; i++) sum += this.#impulses[this.#done + i];
    return sum / KERNEL_UNIT;
  }

  /** Starts in silence. */
  powerOn(level: number): void {
    this.fraction = 0;
    this.sampleCount = 0;
    this.isHeard = 1;
    this.#impulses.fill(0);
    this.#settle(level);
  }

  /** Silence: the filters rest at `level`, so that the sound that follows begins without a click. */
  #settle(level: number): void {
    this.#steps.count = 0;
    this.#done = 0;
    this.#tail.fill(0);
    this.level = level * KERNEL_UNIT;
    this.highPass1 = 0;
    this.highPass1In = this.level * OUTPUT_SCALE;
    this.highPass2 = 0;
    this.highPass2In = 0;
    this.lowPass = 0;
    this.lowPassIn = 0;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.fields("apu.sound", FILTER_FIELDS, this.#slots);
    state.slots("apu.sound.tail", this.#savedTail, FINITE);
  }

  /**
   * Writes the filter's state and the tail of the kernel to the arena. `cycles` cycles of the frame have run,
   * 0 between frames. Their whole samples are computed now, so that the rest does not depend on earlier
   * steps.
   */
  saveState(cycles: number): void {
    this.#flush(); // channels may have been muted since the last frame
    const done = this.#samplesIn(cycles);
    if (done > this.#done && this.isHeard === 1) {
      this.#filter(this.#done, done);
      this.#done = done;
    }
    flushFields(this, FILTER_FIELDS, this.#slots);
    this.#savedTail.set(
      this.#done === 0 ? this.#tail : this.#impulses.subarray(this.#done, this.#done + TAIL),
    );
  }

  /** Reads the state. The samples of the frame's first `cycles` cycles, if it has begun, are lost. */
  loadState(cycles: number): void {
    loadFields(this, FILTER_FIELDS, this.#slots);
    this.#steps.count = 0;
    this.#done = this.#samplesIn(cycles);
    this.samples.fill(0, 0, this.#done);
    this.#impulses.fill(0);
    this.#impulses.set(this.#savedTail, this.#done);
    this.sampleCount = 0;
    this.isHeard = 1;
  }
}
