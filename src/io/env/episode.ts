import { InputError } from "../../emu/input-error.ts";
import type { InputSource } from "../../emu/machine.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { PictureMemory } from "../capture/picture-memory.ts";
import { PixelConverter } from "../capture/pixel-converter.ts";
import { pixelLayout } from "../capture/pixel-layout.ts";
import { Expression, type ParsedExpression } from "../symbols/memory-expression.ts";
import { type ActionSpace, buttonsOf } from "./actions.ts";
import type { Painter } from "./painter.ts";
import { Random } from "./random.ts";

/** The rules of an environment, as plain data for other threads. */
export interface EpisodeRules {
  readonly actions: ActionSpace;
  /** Frames per step. */
  readonly frameSkip: number;
  /** Probability that a frame repeats the buttons of the frame before. */
  readonly sticky: number;
  /** Limit on the frames without buttons after a reset. */
  readonly noops: number;
  /** Steps after which an episode is truncated; 0 for no limit. */
  readonly maxSteps: number;
  /** States to start from, one of which is chosen at random. */
  readonly starts: readonly Uint8Array[];
  readonly reward?: ParsedExpression;
  readonly end?: ParsedExpression;
  readonly info: readonly { readonly name: string; readonly value: ParsedExpression }[];
}

/** A value for every frame: an expression, or a function instead of one. */
export interface FrameValue {
  commit(): number;
  restart(): void;
  /** Its memory of the previous frame. */
  readonly memory: Float64Array;
}

export interface FrameValues {
  readonly reward: FrameValue | undefined;
  readonly end: FrameValue | undefined;
  readonly info: readonly FrameValue[];
}

/** The expressions of `rules` on a machine. */
export function expressionValues(rules: EpisodeRules, nes: Nes): FrameValues {
  const on = (parsed: ParsedExpression | undefined) =>
    parsed === undefined ? undefined : new Expression(parsed, nes);
  return {
    reward: on(rules.reward),
    end: on(rules.end),
    info: rules.info.map(({ value }) => new Expression(value, nes)),
  };
}

/** A copy of an environment: its machine, its random numbers and its observation. */
export interface EnvSnapshot {
  readonly machine: Uint8Array;
  readonly random: Uint32Array;
  readonly observation: Uint8Array;
  /** The memories of the expressions, and the values of `info`. */
  readonly memories: readonly Float64Array[];
  readonly steps: number;
  readonly buttons: number;
  readonly isDone: boolean;
}

/**
 * One environment: runs the episodes of a machine by its rules, and writes observations into `observation`.
 * It is deterministic: the same seed and actions give the same bits.
 *
 * A reset loads a start state and runs one frame and up to `noops` more without buttons, since a state has no
 * picture. Reward and end are evaluated after each frame of a step; the rewards are added up to the end.
 */
export class Episode implements InputSource {
  readonly nes: Nes;
  readonly observation: Uint8Array;
  /** The values of the last step. */
  reward = 0;
  terminated = false;
  truncated = false;
  readonly infoValues: Float64Array;
  /** Steps of this episode so far. */
  steps = 0;
  readonly #rules: EpisodeRules;
  readonly #painter: Painter;
  readonly #memory: PictureMemory | undefined;
  readonly #values: FrameValues;
  readonly #random = new Random(0);
  #buttons = 0;
  #isStarted = false;

  constructor(nes: Nes, rules: EpisodeRules, painter: Painter, values: FrameValues, observation: Uint8Array) {
    this.nes = nes;
    this.observation = observation;
    this.#rules = rules;
    this.#painter = painter;
    this.#memory = painter.newMemory();
    this.#values = values;
    this.infoValues = new Float64Array(rules.info.length);
    nes.setInput(this);
  }

  /** True if a reset must come before the next step. */
  get isDone(): boolean {
    return !this.#isStarted || this.terminated || this.truncated;
  }

  latchButtons(): number {
    return this.#buttons;
  }

  latchDevices(data: Uint8Array): void {
    data.fill(0);
  }

  /** Restarts the random numbers. */
  seed(seed: number): void {
    this.#random.seed(seed);
  }

  /**
   * Starts an episode, from `state` or from a random start state. If `state` is not a state of this game,
   * throws `InputError` ("data") and changes only the random numbers.
   */
  reset(state?: Uint8Array): void {
    const { starts, noops } = this.#rules;
    const start = starts.length > 1 ? this.#random.below(starts.length) : 0;
    if (state === undefined) this.nes.restore(starts[start]!);
    else this.nes.load(state);
    const frames = 1 + this.#random.below(noops + 1);
    this.#buttons = 0;
    for (let left = frames - 1; left >= 0; left--) this.#painter.runFrame(this.nes, left);
    this.#painter.observe(this.nes, this.observation, true, frames < 2, this.#memory);
    this.#values.reward?.restart();
    this.#values.end?.restart();
    for (const value of this.#values.info) value.restart();
    this.#readInfo();
    this.reward = 0;
    this.steps = 0;
    this.terminated = false;
    this.truncated = false;
    this.#isStarted = true;
  }

  /** Carries out a packed action for the frames of a step. */
  step(action: number): void {
    const { actions, frameSkip, sticky, maxSteps } = this.#rules;
    const { reward, end } = this.#values;
    const buttons = buttonsOf(actions, action);
    this.reward = 0;
    for (let left = frameSkip - 1; left >= 0; left--) {
      if (sticky === 0 || !this.#random.chance(sticky)) this.#buttons = buttons;
      this.#painter.runFrame(this.nes, left);
      if (this.terminated) continue;
      if (reward !== undefined) this.reward += reward.commit();
      if (end !== undefined && end.commit() !== 0) this.terminated = true;
    }
    this.#painter.observe(this.nes, this.observation, false, frameSkip < 2, this.#memory);
    this.#readInfo();
    this.steps++;
    this.truncated = maxSteps > 0 && this.steps >= maxSteps && !this.terminated;
  }

  /**
   * Writes red, green and blue of the frame that would come next: after a state is loaded, the last frame is
   * not known. The machine does not move.
   */
  render(into: Uint8Array): void {
    const { nes } = this;
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const pixels = new Uint16Array(nes.geometry.width * nes.geometry.height);
    nes.runFrame(pixels);
    nes.restore(state);
    const { palette } = this.#painter;
    new PixelConverter(palette, pixelLayout({}, nes.geometry), nes.geometry.width).convert(pixels, into);
  }

  /** A copy of the whole environment. */
  snapshot(): EnvSnapshot {
    const machine = new Uint8Array(this.nes.stateBytes);
    this.nes.save(machine);
    return {
      machine,
      random: this.#random.words.slice(),
      observation: this.observation.slice(),
      memories: this.#memories.map((memory) => memory.slice()),
      steps: this.steps,
      buttons: this.#buttons,
      isDone: this.isDone,
    };
  }

  /**
   * Returns to a copy of this environment, or of another with the same options. Throws `InputError` if the
   * options differ or the game is another.
   */
  restore(snapshot: EnvSnapshot): void {
    const memories = this.#memories;
    const isAlike =
      snapshot.observation.length === this.observation.length &&
      snapshot.memories.length === memories.length &&
      memories.every((memory, i) => memory.length === snapshot.memories[i]!.length);
    if (!isAlike) throw new InputError("usage", "the snapshot is of an environment with other options");
    this.nes.load(snapshot.machine);
    this.#random.words.set(snapshot.random);
    this.observation.set(snapshot.observation);
    for (const [i, memory] of memories.entries()) memory.set(snapshot.memories[i]!);
    this.steps = snapshot.steps;
    this.#buttons = snapshot.buttons;
    this.#isStarted = !snapshot.isDone;
    this.reward = 0;
    this.terminated = false;
    this.truncated = false;
  }

  get #memories(): Float64Array[] {
    const { reward, end, info } = this.#values;
    const values = [reward, end, ...info].filter((value) => value !== undefined);
    return [...values.map((value) => value.memory), this.infoValues];
  }

  #readInfo(): void {
    const { info } = this.#values;
    for (let i = 0; i < info.length; i++) this.infoValues[i] = info[i]!.commit();
  }
}
