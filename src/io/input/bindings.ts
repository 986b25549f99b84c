import { InputError } from "../../emu/input-error.ts";
import type { KeyEvent } from "./keys.ts";

/** Buttons of a pad by name: the bit that stands for each. */
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

export type ButtonName = keyof typeof BUTTON_BITS;

/** What a key can do besides pressing buttons, with the words that the help shows. */
export const ACTIONS = {
  quit: "quit",
  interrupt: "quit as a script that was interrupted does",
  pause: "pause and go on",
  step: "run one frame while paused",
  reset: "the console's reset button",
  save: "save a state",
  load: "load the saved state",
  disk: "take the disk out and put its next side in",
  suspend: "stop, and give the terminal back to the shell",
} as const;

export type ActionName = keyof typeof ACTIONS;

/** A key's meaning: a button of a port, or an action. */
export type Binding =
  | { readonly kind: "button"; readonly port: number; readonly button: ButtonName }
  | { readonly kind: "action"; readonly action: ActionName };

/** Keys by what they do: `<button>`, `p2.<button>` or an action; a key is `x`, `ctrl+x`, `f1`, … */
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
  pause: ["p"],
  step: ["n"],
  reset: ["ctrl+r"],
  save: ["f5"],
  load: ["f7"],
  disk: ["f9"],
  suspend: ["ctrl+z"],
  quit: ["escape", "ctrl+q"],
  interrupt: ["ctrl+c"],
};

/** What each key does. Keys with modifiers come first: `ctrl+r` is not `r`. */
export class Bindings {
  readonly table: BindingTable;
  readonly #byKey = new Map<string, Binding>();

  /** Throws `InputError` ("data") when the table names what does not exist or a key twice. */
  constructor(table: BindingTable = DEFAULT_BINDINGS) {
    this.table = table;
    for (const [target, keys] of Object.entries(table)) {
      const binding = bindingOf(target);
      for (const key of keys) {
        if (this.#byKey.has(key))
          throw new InputError("data", `key ${key} is bound twice`, `keys.${target}`, "bind it once");
        this.#byKey.set(key, binding);
      }
    }
  }

  /** What a key event means; buttons are found whatever modifiers are held with them. */
  find(event: KeyEvent): Binding | undefined {
    const plain = this.#byKey.get(event.key);
    if (!event.control && !event.alt) return plain;
    const modified = this.#byKey.get(`${event.control ? "ctrl+" : ""}${event.alt ? "alt+" : ""}${event.key}`);
    return modified ?? (plain?.kind === "button" ? plain : undefined);
  }
}

function bindingOf(target: string): Binding {
  const [, port, button = ""] = /^(?:p([1-4])\.)?(.*)$/.exec(target)!;
  if (Object.hasOwn(BUTTON_BITS, button))
    return { kind: "button", port: Number(port ?? 1) - 1, button: button as ButtonName };
  if (port === undefined && Object.hasOwn(ACTIONS, target))
    return { kind: "action", action: target as ActionName };
  const known = [...Object.keys(BUTTON_BITS), ...Object.keys(ACTIONS)].join(", ");
  throw new InputError(
    "data",
    `${target} is neither a button nor an action`,
    `keys.${target}`,
    `known: ${known}`,
  );
}

/** The table as lines for people. */
export function describeBindings(table: BindingTable): string {
  const lines = Object.entries(table).map(([target, keys]) => {
    const meaning = Object.hasOwn(ACTIONS, target) ? ACTIONS[target as ActionName] : `${target} button`;
    return `  ${keys.join("  ").padEnd(30)} ${meaning}`;
  });
  return `${lines.join("\n")}\n`;
}
