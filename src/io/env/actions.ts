import { InputError } from "../../emu/input-error.ts";
import { type Buttons, maskOf } from "../library/pads.ts";

/**
 * The actions of an environment. `"mask"`: any combination of buttons, as a mask. A list: its entries, by
 * index. `multiBinary`: each button of the list is pressed or not.
 */
export type ActionOptions = "mask" | readonly Buttons[] | { readonly multiBinary: readonly string[] };

/** A checked action space, as plain data. */
export interface ActionSpace {
  readonly kind: "mask" | "discrete" | "multi-binary";
  /** Number of actions; of buttons, if multi-binary. */
  readonly size: number;
  /** The mask of each discrete action, or of each button of a multi-binary action. */
  readonly masks: readonly number[];
}

/**
 * An action: a mask or an index; for multi-binary spaces a 0 or 1 per button, or these as bits of a number.
 */
export type Action = number | ArrayLike<number>;

const MAX_PLAYERS = 4;
const MAX_CHOICES = 4096;
const MAX_BUTTONS = 32;

/** Checks `options`. Throws `InputError` ("usage"). Masks have the buttons of `players` controllers. */
export function actionSpace(options: ActionOptions, players: number): ActionSpace {
  if (!Number.isInteger(players) || players < 1 || players > MAX_PLAYERS)
    throw new InputError("usage", `${String(players)} players: 1 to ${MAX_PLAYERS} were expected`);
  if (options === "mask") return { kind: "mask", size: 2 ** (8 * players), masks: [] };
  if (Array.isArray(options)) {
    if (options.length < 1 || options.length > MAX_CHOICES)
      throw new InputError("usage", `${options.length} actions: 1 to ${MAX_CHOICES} were expected`);
    return { kind: "discrete", size: options.length, masks: options.map(maskOf) };
  }
  const { multiBinary } = options as { multiBinary?: unknown };
  if (!Array.isArray(multiBinary) || multiBinary.length < 1 || multiBinary.length > MAX_BUTTONS)
    throw new InputError(
      "usage",
      "unknown actions",
      "",
      `"mask", a list such as ["", "right", "right+a"], or { multiBinary: ["left", "right", "a"] } with at most ${MAX_BUTTONS} buttons`,
    );
  return { kind: "multi-binary", size: multiBinary.length, masks: multiBinary.map(maskOf) };
}

/** Packs an action into one number for environments in other threads. Throws `InputError` ("usage"). */
export function packAction(space: ActionSpace, action: Action): number {
  const limit = space.kind === "multi-binary" ? 2 ** space.size : space.size;
  if (typeof action === "number") {
    if (Number.isInteger(action) && action >= 0 && action < limit) return action;
    throw new InputError("usage", `action ${action}: a whole number from 0 to ${limit - 1} was expected`);
  }
  if (space.kind !== "multi-binary" || action.length !== space.size)
    throw new InputError(
      "usage",
      space.kind === "multi-binary"
        ? `the action has ${action.length} values; ${space.size} were expected`
        : "the action must be a number",
    );
  let bits = 0;
  for (let i = 0; i < action.length; i++) if (action[i] !== 0) bits |= 1 << i;
  return bits >>> 0;
}

/** The buttons of a packed action. */
export function buttonsOf(space: ActionSpace, packed: number): number {
  if (space.kind === "mask") return packed;
  if (space.kind === "discrete") return space.masks[packed]!;
  let mask = 0;
  for (let i = 0; i < space.size; i++) if (((packed >>> i) & 1) !== 0) mask |= space.masks[i]!;
  return mask >>> 0;
}
