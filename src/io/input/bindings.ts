import { InputError } from "../../emu/input-error.ts";
import { type KeyEvent, keyName } from "./keys.ts";

/** The controller bit of each button. */
export const BUTTON_BITS = {
  a: 0x01,
  b: 0x02,
  select: 0x04,
  start: 0x08,
  up: 0x10,
  down: 0x20,
  left: 0x40,
  right: 0x80,
} as const;

/** Further buttons of other consoles' pads, in words with 16 bits per port. NES games do not see them. */
export const MORE_BUTTON_BITS = { x: 0x100, y: 0x200, l: 0x400, r: 0x800 } as const;

/** The directions of a game pad's right stick, beside the bits of all buttons. */
export const RIGHT_STICK_BITS = { up: 0x1000, down: 0x2000, left: 0x4000, right: 0x8000 } as const;

/** The bits of all buttons with names. */
export const ALL_BUTTON_BITS = { ...BUTTON_BITS, ...MORE_BUTTON_BITS } as const;

type ButtonName = keyof typeof ALL_BUTTON_BITS;

/** The bit of a button within its port. */
export function bitOfButton(name: ButtonName): number {
  return ALL_BUTTON_BITS[name];
}

/** Buttons on the panel of a PlayChoice-10, which are those of controller 3, with the text of the help. */
const PANEL_BUTTONS = {
  "panel-channel": { button: "select", text: "PC10: channel select" },
  "panel-enter": { button: "start", text: "PC10: enter" },
  "panel-reset": { button: "b", text: "PC10: reset" },
} as const;
const PANEL_PORT = 2;

type PanelName = keyof typeof PANEL_BUTTONS;

/** Actions of keys that are not buttons, with the text that the help shows. */
const ACTIONS = {
  menu: "menu",
  help: "help: all keys",
  pause: "pause, resume",
  step: "one frame, then pause",
  debug: "debugger",
  "fast-forward": "fast-forward on, off",
  slow: "slow motion on, off",
  save: "save to this slot",
  load: "load from this slot",
  "next-slot": "next slot",
  "previous-slot": "previous slot",
  screenshot: "screenshot",
  record: "start, stop recording",
  mute: "sound off, on",
  louder: "louder",
  quieter: "quieter",
  status: "status line, figures",
  disk: "next disk side",
  coin: "arcade: insert a coin",
  service: "arcade: service button",
  screen: "PC10: other screen",
  reset: "reset",
  suspend: "suspend to the shell",
  quit: "quit",
  interrupt: "quit with code 130",
} as const;

export type ActionName = keyof typeof ACTIONS;

/** What a key does while it is held, with the text that the help shows. */
export const HOLDS = {
  rewind: "rewind",
  fast: "fast-forward",
} as const;

export type HoldName = keyof typeof HOLDS;

/**
 * The meaning of a key: a button of a port (plain or turbo), something that lasts while the key is held, or
 * an action.
 */
export type Binding =
  | {
      readonly kind: "button";
      readonly port: number;
      readonly button: ButtonName;
      readonly isTurbo: boolean;
    }
  | { readonly kind: "hold"; readonly hold: HoldName }
  | { readonly kind: "action"; readonly action: ActionName };

/**
 * Keys by target. A target is `<button>`, `turbo-<button>`, `p2.<button>`, a hold or an action. A key is `x`,
 * `ctrl+x`, `f1`, …
 */
export type BindingTable = Readonly<Record<string, readonly string[]>>;

export const DEFAULT_BINDINGS: BindingTable = {
  up: ["up", "w"],
  down: ["down", "s"],
  left: ["left", "a"],
  right: ["right", "d"],
  b: ["z", "j", "y"],
  a: ["x", "k", "space"],
  select: ["tab", "backspace", "right_shift"],
  start: ["enter"],
  x: ["."],
  y: [","],
  l: ["q"],
  r: ["e"],
  "turbo-b": ["u", "c"],
  "turbo-a": ["i", "v"],
  menu: ["f1", "escape", "ctrl+o"],
  help: ["h", "?"],
  pause: ["p"],
  step: ["n"],
  debug: ["f12", "`"],
  rewind: ["r"],
  fast: ["f"],
  "fast-forward": ["ctrl+f"],
  slow: ["g"],
  save: ["f5"],
  load: ["f7"],
  "next-slot": ["f6", "]"],
  "previous-slot": ["f8", "["],
  screenshot: ["f3"],
  record: ["f4"],
  mute: ["m"],
  louder: ["=", "+"],
  quieter: ["-"],
  status: ["f2"],
  disk: ["f9"],
  coin: ["5"],
  service: ["9"],
  "panel-channel": ["6"],
  "panel-enter": ["7"],
  "panel-reset": ["8"],
  screen: ["0"],
  reset: ["ctrl+r"],
  suspend: ["ctrl+z"],
  quit: ["ctrl+q"],
  interrupt: ["ctrl+c"],
};

/** The meaning of each key. Keys with modifiers are looked up first: `ctrl+r` is not `r`. */
export class Bindings {
  readonly table: BindingTable;
  readonly #byKey = new Map<string, Binding>();

  /** Throws `InputError` ("data") if the table names an unknown target or binds a key twice. */
  constructor(table: BindingTable = DEFAULT_BINDINGS) {
    this.table = table;
    for (const [target, keys] of Object.entries(table)) {
      const binding = bindingOf(target);
      for (const key of keys) {
        if (this.#byKey.has(key))
          throw new InputError("data", `key ${key} is bound twice`, `keys.${target}`, "bind each key once");
        this.#byKey.set(key, binding);
      }
    }
  }

  /** Returns the meaning of a key event. A button is found whatever modifiers are held with it. */
  find(event: KeyEvent): Binding | undefined {
    const { typed = "" } = event;
    const plain = this.#byKey.get(typed) ?? this.#byKey.get(event.key);
    if (!event.control && !event.alt) return plain;
    const modified = this.#byKey.get(keyName(event));
    return modified ?? (plain?.kind === "button" ? plain : undefined);
  }
}

/** What a target of a binding table means. Throws `InputError` ("data") for unknown targets. */
export function bindingOf(target: string): Binding {
  if (isPanelButton(target)) {
    const { button } = PANEL_BUTTONS[target];
    return { kind: "button", port: PANEL_PORT, button, isTurbo: false };
  }
  const [, port, turbo, button = ""] = /^(?:p([1-4])\.)?(turbo-)?(.*)$/.exec(target)!;
  if (Object.hasOwn(BUTTON_BITS, button) || Object.hasOwn(MORE_BUTTON_BITS, button)) {
    const isTurbo = turbo !== undefined;
    return { kind: "button", port: Number(port ?? 1) - 1, button: button as ButtonName, isTurbo };
  }
  if (port === undefined && Object.hasOwn(ACTIONS, target))
    return { kind: "action", action: target as ActionName };
  if (port === undefined && Object.hasOwn(HOLDS, target)) return { kind: "hold", hold: target as HoldName };
  const known = [BUTTON_BITS, MORE_BUTTON_BITS, HOLDS, PANEL_BUTTONS, ACTIONS]
    .flatMap((names) => Object.keys(names))
    .join(", ");
  throw new InputError(
    "data",
    `${target} is neither a button nor an action`,
    `keys.${target}`,
    `known: ${known}`,
  );
}

/** True for the target of a button on the panel of a PlayChoice-10. */
export function isPanelButton(target: string): target is PanelName {
  return Object.hasOwn(PANEL_BUTTONS, target);
}

/** Describes a binding's target in a few words. */
export function describeTarget(target: string): string {
  if (isPanelButton(target)) return PANEL_BUTTONS[target].text;
  if (Object.hasOwn(ACTIONS, target)) return ACTIONS[target as ActionName];
  if (Object.hasOwn(HOLDS, target)) return `${HOLDS[target as HoldName]} (held)`;
  const [, port, turbo, button = ""] = /^(?:p([1-4])\.)?(turbo-)?(.*)$/.exec(target)!;
  const name = button.charAt(0).toUpperCase() + button.slice(1);
  const player = port === undefined || port === "1" ? "" : `, player ${port}`;
  // A letter alone would look like another key.
  const consoles = Object.hasOwn(MORE_BUTTON_BITS, button) ? ", other consoles" : "";
  return `${turbo === undefined ? "" : "turbo "}${name}${player}${consoles}`;
}
