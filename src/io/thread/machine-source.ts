import type { SharedSizes } from "../shared/layout.ts";

/**
 * A machine as main knows it before it exists: how much memory it needs, the worker that builds it, and
 * what that worker must be told.
 */
export interface MachineSource {
  readonly sizes: Pick<
    SharedSizes,
    "machineBytes" | "stateBytes" | "batteryBytes" | "widthPixels" | "heightPixels"
  >;
  /** The worker's module; it calls `serveMachine`. */
  readonly worker: URL;
  /** For the worker's machine factory; structured-cloneable. */
  readonly payload: unknown;
}
