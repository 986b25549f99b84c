import { availableParallelism } from "node:os";
import { InputError } from "../../emu/input-error.ts";
import type { Cartridge } from "../library/load.ts";
import { PlaceMap } from "../library/place-map.ts";
import { workerUrl } from "../workers/worker-url.ts";
import { type Action, type ActionSpace, packAction } from "./actions.ts";
import { whole } from "./check-options.ts";
import { checkSeed } from "./env.ts";
import type { EnvWorkerStart } from "./env-worker.ts";
import type { EnvOptions } from "./options.ts";
import { type EnvPlan, type PreparedEnv, prepareEnv } from "./prepare.ts";
import { VectorControl, type VectorOrder } from "./vector-control.ts";
import {
  attachVector,
  type VectorBacking,
  type VectorPlaces,
  type VectorViews,
  vectorPlaces,
} from "./vector-memory.ts";
import { AUTORESETS, type Autoreset, VectorPart } from "./vector-part.ts";

export interface VectorEnvOptions extends EnvOptions {
  /** Number of environments, 1 to 4,096. */
  readonly count: number;
  /**
   * Threads that run them; by default one per processor, at most one per environment. With 0 the calling
   * thread runs them, and rewards, ends and infos can be functions.
   */
  readonly workers?: number;
  /** "next-step" by default, as in Gymnasium. */
  readonly autoreset?: Autoreset;
}

export interface VectorResetOptions {
  /** Seeds of the environments; with a number, environment i gets it plus i. */
  readonly seed?: number | readonly (number | undefined)[];
  /** A state for all environments that are reset. */
  readonly state?: Uint8Array;
  /** The environments to reset, a truthy value for each; all by default. */
  readonly mask?: ArrayLike<number | boolean>;
}

/** The results of all environments. The arrays are live views: the next step overwrites them. */
export interface VectorResult {
  /** One observation after the other, each of `shape`. */
  readonly observations: Uint8Array;
  readonly rewards: Float64Array;
  /** 1 where the game has ended. */
  readonly terminated: Uint8Array;
  /** 1 where an episode has reached `maxSteps`. */
  readonly truncated: Uint8Array;
  /** A value per environment, by name; always `frame`. */
  readonly info: Readonly<Record<string, Float64Array>>;
  /** With "same-step": the last observations of the episodes that have just ended, where `hasFinal` is 1. */
  readonly finalObservations: Uint8Array;
  readonly finalInfo: Readonly<Record<string, Float64Array>>;
  readonly hasFinal: Uint8Array;
}

const MAX_COUNT = 4096;
const MAX_WORKERS = 256;
/** Limit on the memory for observations. */
const MAX_MEMORY_BYTES = 4 * 1024 ** 3;

/**
 * Makes `count` environments on `workers` threads, which share memory with the caller: a step is one call,
 * and copies only observations. Environment i with seed s behaves like one of `makeEnv` with that seed,
 * however many threads there are. Call `close` at the end.
 *
 * Throws `InputError` if the ROM cannot be read or an option is invalid.
 */
export async function makeVectorEnv(
  rom: string | Uint8Array | Cartridge,
  options: VectorEnvOptions,
): Promise<VectorEnv> {
  const vector = await prepareVector(rom, options);
  return new VectorEnv(vector, { kind: "shared", buffer: new SharedArrayBuffer(vector.places.totalBytes) });
}

/** A checked vector before its memory exists. */
export interface PreparedVector {
  readonly prepared: PreparedEnv;
  readonly count: number;
  readonly workers: number;
  readonly autoreset: Autoreset;
  readonly places: VectorPlaces;
}

/** Reads the ROM and checks the options. Throws `InputError`. */
export async function prepareVector(
  rom: string | Uint8Array | Cartridge,
  options: VectorEnvOptions,
): Promise<PreparedVector> {
  const count = whole("count", options.count, 1, MAX_COUNT);
  const workers = whole(
    "workers",
    options.workers ?? Math.min(count, availableParallelism()),
    0,
    MAX_WORKERS,
  );
  const { autoreset = "next-step" } = options;
  if (!AUTORESETS.includes(autoreset))
    throw new InputError(
      "usage",
      `unknown autoreset ${String(autoreset)}`,
      "",
      `one of ${AUTORESETS.join(", ")}`,
    );
  const prepared = await prepareEnv(rom, options, ["count", "workers", "autoreset"]);
  if (prepared.functions !== undefined && workers > 0)
    throw new InputError(
      "usage",
      "functions cannot be sent to other threads",
      "reward, end or info",
      "use expressions, or workers: 0",
    );
  const places = vectorPlaces(prepared.plan, count);
  if (places.totalBytes > MAX_MEMORY_BYTES)
    throw new InputError(
      "usage",
      `the observations would take ${places.totalBytes} bytes`,
      "",
      "fewer environments or smaller pictures",
    );
  return { prepared, count, workers: Math.min(workers, count), autoreset, places };
}

/** Several environments with Gymnasium's vector API. `makeVectorEnv` makes it. */
export class VectorEnv {
  readonly count: number;
  readonly workers: number;
  readonly actionSpace: ActionSpace;
  /** Lengths of one observation's dimensions. */
  readonly shape: readonly number[];
  readonly #plan: EnvPlan;
  readonly #views: VectorViews;
  readonly #result: VectorResult;
  readonly #control: VectorControl;
  readonly #threads: Worker[] = [];
  readonly #part: VectorPart | undefined;
  /** 1 for environments that have been reset. */
  readonly #started: Uint8Array;
  readonly #autoreset: Autoreset;
  #isClosed = false;

  /** Use `makeVectorEnv` instead. Starts the threads and waits until they have powered on their machines. */
  constructor(vector: PreparedVector, backing: VectorBacking) {
    const { prepared, count, workers, places, autoreset } = vector;
    const { plan, cartridge, functions } = prepared;
    this.count = count;
    this.workers = workers;
    this.actionSpace = plan.rules.actions;
    this.shape = plan.layout.shape;
    this.#plan = plan;
    this.#autoreset = autoreset;
    this.#started = new Uint8Array(count);
    this.#views = attachVector(backing, places, plan, count);
    this.#result = resultOf(this.#views, plan, count);
    this.#control = new VectorControl(workers);
    if (workers === 0) {
      const placesOf = (nes: PlaceMapMachine) => new PlaceMap(nes, cartridge.symbols);
      this.#part = new VectorPart(
        plan,
        this.#views,
        { first: 0, last: count },
        autoreset,
        functions,
        placesOf,
      );
      return;
    }
    for (let worker = 0; worker < workers; worker++) {
      const thread = new Worker(workerUrl("io/env/env-worker.ts"), { ref: false });
      const range = {
        first: Math.floor((worker * count) / workers),
        last: Math.floor(((worker + 1) * count) / workers),
      };
      const control = this.#control.buffer;
      const start: EnvWorkerStart = {
        plan,
        backing,
        places,
        count,
        range,
        autoreset,
        worker,
        workers,
        control,
      };
      thread.postMessage(start);
      this.#threads.push(thread);
    }
    this.#control.announce("step");
    try {
      this.#control.settle();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The current results. */
  get result(): VectorResult {
    return this.#result;
  }

  /** Starts episodes. Throws `InputError` for an invalid seed, or a state that is not of this game. */
  reset(options: VectorResetOptions = {}): VectorResult {
    const { seed, state, mask } = options;
    if (mask !== undefined && mask.length !== this.count)
      throw new InputError("usage", `the mask has ${mask.length} values; ${this.count} were expected`);
    if (typeof seed === "object" && seed.length !== this.count)
      throw new InputError("usage", `there are ${seed.length} seeds; ${this.count} were expected`);
    for (let index = 0; index < this.count; index++) {
      const own = typeof seed === "number" ? seed + index : seed?.[index];
      this.#views.seeds[index] = own === undefined ? Number.NaN : checkSeed(own);
      this.#views.orders[index] = Number(mask === undefined || Boolean(mask[index]));
    }
    if (state !== undefined) this.#takeState(state);
    this.#reset(state !== undefined);
    return this.#result;
  }

  /** Carries out an action per environment. Throws `InputError` for an invalid action or without a reset. */
  step(actions: ArrayLike<Action>): VectorResult {
    if (actions.length !== this.count)
      throw new InputError("usage", `there are ${actions.length} actions; ${this.count} were expected`);
    for (let index = 0; index < this.count; index++)
      this.#views.actions[index] = packAction(this.actionSpace, actions[index]!);
    this.#step();
    return this.#result;
  }

  /**
   * `reset` with the seeds, the mask and perhaps the state that another process has written into the memory.
   */
  resetInPlace(hasState: boolean): void {
    for (const seed of this.#views.seeds) if (!Number.isNaN(seed)) checkSeed(seed);
    this.#reset(hasState);
  }

  /** `step` with the packed actions that another process has written into the memory. */
  stepInPlace(): void {
    const { actions } = this.#views;
    for (let index = 0; index < this.count; index++) packAction(this.actionSpace, actions[index]!);
    this.#step();
  }

  /** The state of the machine of environment `index`, for `reset`. */
  saveState(index: number): Uint8Array {
    this.#order("save", whole("index", index, 0, this.count - 1));
    return this.#views.stateOut.slice();
  }

  /**
   * Red, green and blue of the whole frame that environment `index` would show next, row by row. Nothing
   * moves.
   */
  render(index: number): Uint8Array {
    this.#order("render", whole("index", index, 0, this.count - 1));
    return this.#views.picture.slice();
  }

  /** Ends the threads. Nothing can be called afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#control.announce("end");
    for (const thread of this.#threads) thread.terminate();
  }

  #takeState(state: Uint8Array): void {
    const { stateBytes } = this.#plan;
    if (!(state instanceof Uint8Array) || state.length !== stateBytes)
      throw new InputError("data", `a state of this game has ${stateBytes} bytes`);
    this.#views.stateIn.set(state);
  }

  #reset(hasState: boolean): void {
    this.#order("reset", hasState ? 1 : 0);
    for (let index = 0; index < this.count; index++)
      if (this.#views.orders[index] === 1) this.#started[index] = 1;
  }

  /** Checks all environments before any of them steps. */
  #step(): void {
    const { terminated, truncated } = this.#views;
    for (let index = 0; index < this.count; index++) {
      const isOver = this.#autoreset === "off" && (terminated[index] !== 0 || truncated[index] !== 0);
      if (this.#started[index] === 0 || isOver)
        throw new InputError("usage", `environment ${index} must be reset before its next step`);
    }
    this.#order("step");
  }

  #order(kind: VectorOrder, index = 0): void {
    if (this.#isClosed) throw new InputError("usage", "the environments have been closed");
    if (this.#part === undefined) this.#control.order(kind, index);
    else this.#part.carryOut(kind, index);
  }
}

type PlaceMapMachine = ConstructorParameters<typeof PlaceMap>[0];

function resultOf(views: VectorViews, plan: EnvPlan, count: number): VectorResult {
  const names = plan.rules.info.map(({ name }) => name);
  return {
    observations: views.observations,
    rewards: views.rewards,
    terminated: views.terminated,
    truncated: views.truncated,
    get info() {
      return { frame: views.frames, ...columns(names, views.info, count) };
    },
    finalObservations: views.finalObservations,
    get finalInfo() {
      return columns(names, views.finalInfo, count);
    },
    hasFinal: views.hasFinal,
  };
}

/** One array per name, out of rows of one value per name. */
function columns(names: readonly string[], rows: Float64Array, count: number): Record<string, Float64Array> {
  const column = (at: number) => Float64Array.from({ length: count }, (_, i) => rows[i * names.length + at]!);
  return Object.fromEntries(names.map((name, at) => [name, column(at)]));
}
