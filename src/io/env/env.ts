import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { Cartridge } from "../library/load.ts";
import { PlaceMap } from "../library/place-map.ts";
import { createHeadless } from "../shared/headless.ts";
import { type Action, type ActionSpace, packAction } from "./actions.ts";
import { whole } from "./check-options.ts";
import { type EnvSnapshot, Episode } from "./episode.ts";
import type { ObservationLayout } from "./observation.ts";
import type { EnvOptions } from "./options.ts";
import { Painter } from "./painter.ts";
import { type EnvPlan, frameValues, type PreparedEnv, prepareEnv } from "./prepare.ts";

/** Numbers by name: the values of the option `info`, and `frame`, the machine's number of frames. */
export type EnvInfo = Record<string, number>;

export interface ResetOptions {
  /** Restarts the random numbers, with a seed of 0 to 2^53 − 1. Without it, they continue. */
  readonly seed?: number;
  /** A state to start from instead of one of `starts`. */
  readonly state?: Uint8Array;
}

export interface ResetResult {
  readonly observation: Uint8Array;
  readonly info: EnvInfo;
}

export interface StepResult extends ResetResult {
  readonly reward: number;
  /** True if the game has ended: `end` was not 0. */
  readonly terminated: boolean;
  /** True if the episode has reached `maxSteps`. */
  readonly truncated: boolean;
}

export interface MakeEnvOptions extends EnvOptions {
  /** Where observations are written: at least `bytes` long. By default the environment allocates it. */
  readonly buffer?: Uint8Array;
}

/**
 * Makes an environment for learning, as Gymnasium calls it, on a machine of its own. `rom` is a file, its
 * bytes, or the result of `loadCartridge`. It is deterministic: the same seed and actions give the same
 * observations and rewards, in every process.
 *
 * ```ts
 * const env = await makeEnv("game.nes", {
 *   observation: { format: "gray", width: 84, height: 84, stack: 4 },
 *   actions: ["", "left", "right", "a", "right+a"],
 *   reward: "delta(digits($0303, 6))",
 *   end: "lives == 0",
 * });
 * let { observation } = env.reset({ seed: 1 });
 * for (let done = false; !done; ) {
 *   const step = env.step(policy(observation));
 *   done = step.terminated || step.truncated;
 * }
 * ```
 *
 * Throws `InputError` if the ROM cannot be read or an option is invalid.
 */
export async function makeEnv(
  rom: string | Uint8Array | Cartridge,
  options: MakeEnvOptions = {},
): Promise<Env> {
  return new Env(await prepareEnv(rom, options, ["buffer"]), options.buffer);
}

/** An environment with Gymnasium's `reset` and `step`. `makeEnv` makes it. */
export class Env {
  /** The machine, for everything that this class does not offer. */
  readonly nes: Nes;
  readonly actionSpace: ActionSpace;
  /** Lengths of the observation's dimensions. */
  readonly shape: readonly number[];
  /** The current observation: the next step overwrites it. */
  readonly observation: Uint8Array;
  readonly #plan: EnvPlan;
  readonly #episode: Episode;

  constructor({ plan, cartridge, functions }: PreparedEnv, buffer?: Uint8Array) {
    this.#plan = plan;
    this.nes = createHeadless(plan.image, plan.nes);
    this.actionSpace = plan.rules.actions;
    this.shape = plan.layout.shape;
    this.observation = observationIn(plan.layout, buffer);
    const painter = new Painter(plan.layout, this.nes.geometry, plan);
    const places = new PlaceMap(this.nes, cartridge.symbols);
    const values = frameValues(plan, this.nes, functions, places);
    this.#episode = new Episode(this.nes, plan.rules, painter, values, this.observation);
  }

  /** Starts an episode. Throws `InputError` for an invalid seed, or a state that is not of this game. */
  reset(options: ResetOptions = {}): ResetResult {
    if (options.seed !== undefined) this.#episode.seed(checkSeed(options.seed));
    this.#episode.reset(options.state);
    return { observation: this.observation, info: this.#info() };
  }

  /**
   * Carries out an action for `frameSkip` frames. Throws `InputError` for an invalid action or without a
   * reset.
   */
  step(action: Action): StepResult {
    const episode = this.#episode;
    if (episode.isDone) throw new InputError("usage", "the episode has ended or not begun: call reset first");
    episode.step(packAction(this.actionSpace, action));
    const { reward, terminated, truncated } = episode;
    return { observation: this.observation, reward, terminated, truncated, info: this.#info() };
  }

  /** A copy of the environment in the middle of an episode, for search: `restore` returns to it. */
  snapshot(): EnvSnapshot {
    return this.#episode.snapshot();
  }

  /** Returns to a snapshot of this environment, or of one with the same ROM and options. */
  restore(snapshot: EnvSnapshot): void {
    this.#episode.restore(snapshot);
  }

  /** The state of the machine, for `reset`. */
  saveState(): Uint8Array {
    const state = new Uint8Array(this.nes.stateBytes);
    this.nes.save(state);
    return state;
  }

  #info(): EnvInfo {
    const info: EnvInfo = { frame: this.nes.frame };
    const { infoValues } = this.#episode;
    for (const [i, { name }] of this.#plan.rules.info.entries()) info[name] = infoValues[i]!;
    return info;
  }
}

const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** Returns `seed` if it is valid. Throws `InputError` ("usage") otherwise. */
export function checkSeed(seed: number): number {
  return whole("seed", seed, 0, MAX_SEED);
}

function observationIn(layout: ObservationLayout, buffer: Uint8Array | undefined): Uint8Array {
  if (buffer === undefined) return new Uint8Array(layout.bytes);
  if (buffer instanceof Uint8Array && buffer.length >= layout.bytes) return buffer.subarray(0, layout.bytes);
  throw new InputError("usage", `the buffer must be a Uint8Array of ${layout.bytes} bytes or more`);
}
