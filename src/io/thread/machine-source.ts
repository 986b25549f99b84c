import type { SharedSizes } from "../shared/layout.ts";

/**
 * What main knows of a machine before it exists: how much memory it needs, the worker that builds it, and
 * that worker's payload.
 */
export interface MachineSource {
  readonly sizes: Pick<
    SharedSizes,
    | "machineBytes"
    | "stateBytes"
    | "batteryBytes"
    | "widthPixels"
    | "heightPixels"
    | "isRgb"
    | "audioChannels"
    | "frameSamples"
  >;
  /** The worker's module; it calls `serveMachine`. */
  readonly worker: URL;
  /** Passed to the worker's machine factory; structured-cloneable. */
  readonly payload: unknown;
}
