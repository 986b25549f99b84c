/**
 * A thread that runs a part of a vector of environments. It never returns to its event loop before the end.
 */
import type { EnvPlan } from "./prepare.ts";
import { VectorControl } from "./vector-control.ts";
import { attachVector, type VectorBacking, type VectorPlaces } from "./vector-memory.ts";
import { type Autoreset, VectorPart } from "./vector-part.ts";

export interface EnvWorkerStart {
  readonly plan: EnvPlan;
  readonly backing: VectorBacking;
  readonly places: VectorPlaces;
  readonly count: number;
  readonly range: { readonly first: number; readonly last: number };
  readonly autoreset: Autoreset;
  readonly worker: number;
  readonly workers: number;
  readonly control: SharedArrayBuffer;
}

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<EnvWorkerStart>) => {
  const { plan, backing, places, count, range, autoreset } = data;
  new VectorControl(data.workers, data.control).serve(data.worker, () => {
    const part = new VectorPart(plan, attachVector(backing, places, plan, count), range, autoreset);
    return (kind, index) => part.carryOut(kind, index);
  });
  self.postMessage("ended");
};
