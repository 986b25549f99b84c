/**
 * Environments for learning: games with Gymnasium's `reset` and `step`, one at a time or many on several
 * threads. See docs/env.md.
 *
 * ```ts
 * import { makeEnv, makeVectorEnv } from "emuterm/env";
 * ```
 */
export { InputError, type InputErrorKind } from "../../emu/input-error.ts";
export type { NesOptions } from "../../emu/nes/nes.ts";
export type { PictureArea, PixelFormat } from "../capture/pixel-layout.ts";
export { type Cartridge, loadCartridge } from "../library/load.ts";
export type { Buttons } from "../library/pads.ts";
export type { Action, ActionOptions, ActionSpace } from "./actions.ts";
export {
  Env,
  type EnvInfo,
  type MakeEnvOptions,
  makeEnv,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from "./env.ts";
export type { EnvSnapshot } from "./episode.ts";
export type { ObservationOptions, PictureObservation, RamObservation } from "./observation.ts";
export type { EnvOptions, GameValue, GameView, StartOptions } from "./options.ts";
export {
  makeVectorEnv,
  VectorEnv,
  type VectorEnvOptions,
  type VectorResetOptions,
  type VectorResult,
} from "./vector-env.ts";
export type { Autoreset } from "./vector-part.ts";
