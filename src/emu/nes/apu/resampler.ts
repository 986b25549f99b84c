import type { MachineArena } from "../../arena.ts";
import type { StateCheck } from "../../state-check.ts";
import { defineFields, type FieldRange, flushFields, loadFields, range } from "../../state-fields.ts";
import type { RegionTiming } from "../region.ts";
import { buildKernel, KERNEL_UNIT, PHASES, TAPS } from "./kernel.ts";
import { LEVEL_UNIT } from "./levels.ts";

/** Samples a second. */
const SAMPLE_RATE_HZ = 48_000;
/** The most samples of a frame: PAL and Dendy yield 960, an instruction or DMA may overrun the end. */
const MAX_SAMPLES_PER_FRAME = 1024;

/** A full-scale DAC step becomes 1.5 × full scale, which leaves loud games some 6 dB of headroom. */
const OUTPUT_GAIN = 1.5;

/** The front loader's filters behind the DACs, first order each. https://www.nesdev.org/wiki/APU_Mixer */
const HIGH_PASS_1_HZ = 90;
const HIGH_PASS_2_HZ = 440;
/**
 * A one-pole, one-zero section that equals a first-order low-pass at 14 kHz at 0 Hz and 14 kHz, and is
 * within 1 dB of it to 20 kHz. The pole is exp(−2π 14 / 48).
 */
const LOW_PASS_POLE = 0.16;
const LOW_PASS_B0 = 0.761;
const LOW_PASS_B1 = 0.079;

/** Steps may be made up to this many samples past the frame's end. */
const OVERRUN_SAMPLES = 8;
const TAIL = TAPS + OVERRUN_SAMPLES;

/** Far beyond any sum of steps, and no NaN. */
const FINITE: FieldRange = { min: -(2 ** 50), max: 2 ** 50, fractions: true };

const FRACTION_FIELDS = defineFields<
  LevelResampler,
  | "level"
  | "highPass1"
  | "highPass1In"
  | "highPass2"
  | "highPass2In"
  | "lowPass"
  | "lowPassIn"
  | "sampleCount"
>()({ fraction: range(0, 2 ** 31 - 1) });
const FILTER_FIELDS = defineFields<LevelResampler, "fraction" | "sampleCount">()({
  level: FINITE,
  highPass1: FINITE,
  highPass1In: FINITE,
  highPass2: FINITE,
  highPass2In: FINITE,
  lowPass: FINITE,
  lowPassIn: FINITE,
});

/** In silence the filters decay for ever; subnormal numbers would make that cost twenty times a loud frame. */
function withoutDust(value: number): number {
  return value < 1e-20 && value > -1e-20 ? 0 : value;
}

function highPassFactor(cornerHz: number): number {
  return 1 / (1 + (2 * Math.PI * cornerHz) / SAMPLE_RATE_HZ);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Adds a row of the kernel times `early`, and the row after it times `late`; TAPS is a multiple of 4. */
function addImpulses(
  impulses: Float64Array,
  sample: number,
  kernel: Float32Array,
  row: number,
  early: number,
  late: number,
): void {
  let at = row;
  for (let i = sample; i < sample + TAPS; i += 4) {
    impulses[i] += early * kernel[at] + late * kernel[at + TAPS];
    impulses[i + 1] += early * kernel[at + 1] + late * kernel[at + TAPS + 1];
    impulses[i + 2] += early * kernel[at + 2] + late * kernel[at + TAPS + 2];
    impulses[i + 3] += early * kernel[at + 3] + late * kernel[at + TAPS + 3];
    at += 4;
  }
}

/**
 * Turns level changes at exact CPU cycles into 16-bit samples at 48 kHz. Each change adds the step
 * response of a low-pass filter at its exact place between samples, so that nothing above half the
 * sample rate folds back. The ratio of clock and sample rate is an exact fraction: no drift, ever.
 */
export class LevelResampler {
  readonly samples = new Int16Array(MAX_SAMPLES_PER_FRAME);
  sampleCount = 0;

  /** Place of cycle 0 within the first sample, in 1 / `denominator`. */
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

  readonly #kernel = buildKernel();
  /** Impulses to come, by sample of this frame. */
  readonly #impulses = new Float64Array(MAX_SAMPLES_PER_FRAME + TAIL);
  /** What a frame leaves to the next, and its place in the state: views made once, states are taken often. */
  readonly #tail = this.#impulses.subarray(0, TAIL);
  readonly #savedTail: Float64Array;
  readonly #phasesPerDenominator: number;
  readonly #slots: Float64Array;

  constructor(arena: MachineArena, region: RegionTiming) {
    const { numerator: clock, denominator: clockDenominator } = region.masterClockHz;
    const samples = SAMPLE_RATE_HZ * region.masterClocksPerCpuCycle * clockDenominator;
    const divisor = greatestCommonDivisor(samples, clock);
    this.numerator = samples / divisor;
    this.denominator = clock / divisor;
    if (MAX_SAMPLES_PER_FRAME * this.denominator >= 2 ** 31) throw new Error("positions exceed 31 bits");
    this.#phasesPerDenominator = PHASES / this.denominator;
    this.#slots = arena.float64("apu sound", 1 + FILTER_FIELDS.names.length + TAIL);
    this.#savedTail = this.#slots.subarray(1 + FILTER_FIELDS.names.length);
  }

  /** The output changes by `delta` (a whole number, in LEVEL_UNIT) in `cycle` of this frame. */
  step(cycle: number, delta: number): void {
    const position = cycle * this.numerator + this.fraction;
    const sample = (position / this.denominator) | 0;
    const place = (position - sample * this.denominator) * this.#phasesPerDenominator;
    const phase = place | 0;
    const late = (delta * (place - phase)) | 0;
    const early = delta - late;
    addImpulses(this.#impulses, sample, this.#kernel, phase * TAPS, early, late);
  }

  /** The frame ends before cycle `cycles`: its whole samples go to `samples`, and that cycle becomes 0. */
  endFrame(cycles: number): void {
    const position = cycles * this.numerator + this.fraction;
    const due = (position / this.denominator) | 0;
    this.fraction = position - due * this.denominator;
    const count = Math.min(due, MAX_SAMPLES_PER_FRAME);
    this.#filter(count);
    this.sampleCount = count;
    this.#impulses.copyWithin(0, due, due + TAIL);
    this.#impulses.fill(0, TAIL);
  }

  #filter(count: number): void {
    const { samples } = this;
    const impulses = this.#impulses;
    const scale = (OUTPUT_GAIN * 32767) / (KERNEL_UNIT * LEVEL_UNIT);
    const factor1 = highPassFactor(HIGH_PASS_1_HZ);
    const factor2 = highPassFactor(HIGH_PASS_2_HZ);
    // One by one: destructuring them at once made this loop take 2.5 times as long (Bun 1.4.5).
    let level = this.level;
    let highPass1 = this.highPass1;
    let highPass1In = this.highPass1In;
    let highPass2 = this.highPass2;
    let highPass2In = this.highPass2In;
    let lowPass = this.lowPass;
    let lowPassIn = this.lowPassIn;
    for (let i = 0; i < count; i++) {
      level += impulses[i];
      const input = level * scale;
      highPass1 = factor1 * (highPass1 + (input - highPass1In));
      highPass1In = input;
      highPass2 = factor2 * (highPass2 + (highPass1 - highPass2In));
      highPass2In = highPass1;
      lowPass = LOW_PASS_POLE * lowPass + LOW_PASS_B0 * highPass2 + LOW_PASS_B1 * lowPassIn;
      lowPassIn = highPass2;
      samples[i] = lowPass > 32767 ? 32767 : lowPass < -32768 ? -32768 : ((lowPass + 32768.5) | 0) - 32768;
    }
    this.level = level;
    this.highPass1 = withoutDust(highPass1);
    this.highPass1In = highPass1In;
    this.highPass2 = withoutDust(highPass2);
    this.highPass2In = withoutDust(highPass2In);
    this.lowPass = withoutDust(lowPass);
    this.lowPassIn = withoutDust(lowPassIn);
  }

  /** Silence: the filters rest at `level`, so that power-on makes no click. */
  powerOn(level: number): void {
    this.fraction = 0;
    this.sampleCount = 0;
    this.#impulses.fill(0);
    this.level = level * KERNEL_UNIT;
    this.highPass1 = 0;
    this.highPass1In = (this.level * OUTPUT_GAIN * 32767) / (KERNEL_UNIT * LEVEL_UNIT);
    this.highPass2 = 0;
    this.highPass2In = 0;
    this.lowPass = 0;
    this.lowPassIn = 0;
  }

  /** Declares what a state may hold. */
  declareState(state: StateCheck): void {
    const at = state.fields("apu.sound", FRACTION_FIELDS, this.#slots);
    state.fields("apu.sound", FILTER_FIELDS, this.#slots, at);
    state.slots("apu.sound.tail", this.#savedTail, FINITE);
  }

  /** Writes what crosses a frame's end into the state. Only between frames. */
  saveState(): void {
    const at = flushFields(this, FRACTION_FIELDS, this.#slots);
    flushFields(this, FILTER_FIELDS, this.#slots, at);
    this.#savedTail.set(this.#tail);
  }

  loadState(): void {
    const at = loadFields(this, FRACTION_FIELDS, this.#slots);
    loadFields(this, FILTER_FIELDS, this.#slots, at);
    this.#impulses.fill(0);
    this.#tail.set(this.#savedTail);
    this.sampleCount = 0;
  }
}
