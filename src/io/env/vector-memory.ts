/**
 * The memory of a vector of environments. Threads of this process attach to the same buffer; another process
 * attaches to the same file. Each part has its own place, named in `VectorPlaces`.
 *
 * Writers: before an order, the caller writes `actions`, `orders`, `seeds` and `stateIn`; while it is carried
 * out, each worker writes the parts of its own environments. The control words that pass the order on are in
 * `vector-control.ts`.
 */
import type { EnvPlan } from "./prepare.ts";

/** Memory of this process, or a file that other processes map too. */
export type VectorBacking =
  | { readonly kind: "shared"; readonly buffer: SharedArrayBuffer }
  | { readonly kind: "file"; readonly path: string };

/** Offset in bytes of each part. */
export interface VectorPlaces {
  /** Per environment, one after the other. */
  readonly observations: number;
  /** The last observations of episodes that ended in a step, for "same-step" resets. */
  readonly finalObservations: number;
  /** Doubles. */
  readonly rewards: number;
  /** Doubles: the values of `info` per environment. */
  readonly info: number;
  /** Doubles: the values of `info` at the end of episodes that ended in a step. */
  readonly finalInfo: number;
  /** Doubles: frames since power-on. */
  readonly frames: number;
  /** Doubles: a seed for a reset, NaN for none. */
  readonly seeds: number;
  /** 32-bit words: packed actions. */
  readonly actions: number;
  /** Bytes: 1 if a reset is for this environment. */
  readonly orders: number;
  readonly terminated: number;
  readonly truncated: number;
  /** Bytes: 1 if `finalObservations` has been written in this step. */
  readonly hasFinal: number;
  /** A state for a reset, and the state that was asked for. */
  readonly stateIn: number;
  readonly stateOut: number;
  /** Red, green and blue of the whole frame that was asked for. */
  readonly picture: number;
  readonly totalBytes: number;
}

export interface VectorViews {
  readonly observations: Uint8Array;
  readonly finalObservations: Uint8Array;
  readonly rewards: Float64Array;
  readonly info: Float64Array;
  readonly finalInfo: Float64Array;
  readonly frames: Float64Array;
  readonly seeds: Float64Array;
  readonly actions: Uint32Array;
  readonly orders: Uint8Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly hasFinal: Uint8Array;
  readonly stateIn: Uint8Array;
  readonly stateOut: Uint8Array;
  readonly picture: Uint8Array;
}

/** Parts of different threads share no cache line. */
const ALIGN_BYTES = 64;

/** Where everything is, for `count` environments. */
export function vectorPlaces(plan: EnvPlan, count: number): VectorPlaces {
  let end = 0;
  const part = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES;
    return at;
  };
  const infos = 8 * count * plan.rules.info.length;
  const places = {
    observations: part(count * plan.layout.bytes),
    finalObservations: part(count * plan.layout.bytes),
    rewards: part(8 * count),
    info: part(infos),
    finalInfo: part(infos),
    frames: part(8 * count),
    seeds: part(8 * count),
    actions: part(4 * count),
    orders: part(count),
    terminated: part(count),
    truncated: part(count),
    hasFinal: part(count),
    stateIn: part(plan.stateBytes),
    stateOut: part(plan.stateBytes),
    picture: part(plan.pictureBytes),
  };
  return { ...places, totalBytes: end };
}

/** Attaches to the memory. */
export function attachVector(
  backing: VectorBacking,
  places: VectorPlaces,
  plan: EnvPlan,
  count: number,
): VectorViews {
  const bytes = backing.kind === "shared" ? new Uint8Array(backing.buffer) : Bun.mmap(backing.path);
  const { buffer, byteOffset } = bytes;
  if (bytes.length < places.totalBytes)
    throw new Error(`the memory has ${bytes.length} of ${places.totalBytes} bytes`);
  const uint8 = (at: number, length: number) => new Uint8Array(buffer, byteOffset + at, length);
  const float64 = (at: number, length: number) => new Float64Array(buffer, byteOffset + at, length);
  const infos = count * plan.rules.info.length;
  return {
    observations: uint8(places.observations, count * plan.layout.bytes),
    finalObservations: uint8(places.finalObservations, count * plan.layout.bytes),
    rewards: float64(places.rewards, count),
    info: float64(places.info, infos),
    finalInfo: float64(places.finalInfo, infos),
    frames: float64(places.frames, count),
    seeds: float64(places.seeds, count),
    actions: new Uint32Array(buffer, byteOffset + places.actions, count),
    orders: uint8(places.orders, count),
    terminated: uint8(places.terminated, count),
    truncated: uint8(places.truncated, count),
    hasFinal: uint8(places.hasFinal, count),
    stateIn: uint8(places.stateIn, plan.stateBytes),
    stateOut: uint8(places.stateOut, plan.stateBytes),
    picture: uint8(places.picture, plan.pictureBytes),
  };
}
