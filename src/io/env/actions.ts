import { InputError } from "../../emu/input-error.ts";
import { BUTTON_NAMES } from "../library/pads.ts";

/**
 * Buttons as text: `"right+a"`, `""` for none, `"p2.start"` for the second controller. Or a mask: one byte
 * per controller, the first lowest; bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right.
 */
export type Buttons = string | number;

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

/** The mask of buttons that are given as a text or a mask. Throws `InputError` ("usage"). */
function maskOf(buttons: Buttons): number {
  if (typeof buttons === "number") {
    if (Number.isInteger(buttons) && buttons >= 0 && buttons <= 0xffff_ffff) return buttons >>> 0;
    throw new InputError("usage", `the mask ${buttons} is not a whole number of 32 bits`);
  }
  if (typeof buttons !== "string") throw new InputError("usage", "buttons must be a text or a mask");
  let mask = 0;
  if (buttons.trim() === "") return mask;
  for (const part of buttons.split("+")) {
    const match = /^\s*(?:p([1-4])\.)?([a-z]+)\s*$/i.exec(part);
    const bit = (BUTTON_NAMES as readonly string[]).indexOf(match?.[2]?.toLowerCase() ?? "");
    if (bit < 0)
      throw new InputError(
        "usage",
        `unknown button "${part.trim().slice(0, 40)}"`,
        "",
        `one of ${BUTTON_NAMES.join(", ")}, joined by +, such as right+a; p2.a is that of the second controller`,
      );
    mask |= 1 << (bit + 8 * (Number(match?.[1] ?? 1) - 1));
  }
  return mask >>> 0;
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
