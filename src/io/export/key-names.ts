import { InputError } from "../../emu/input-error.ts";
import type { ButtonName } from "../core/index.ts";
import { printable } from "../files/text.ts";
import { DEFAULT_KEYS, type KeyMap } from "./page/config.ts";

/** Not imported from `emuterm/core`: its sources need a package that only the bundles contain. */
const BUTTONS = Object.keys(DEFAULT_KEYS) as ButtonName[];

/** Names of keys other than letters, digits and the codes themselves. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  up: ["ArrowUp"],
  down: ["ArrowDown"],
  left: ["ArrowLeft"],
  right: ["ArrowRight"],
  shift: ["ShiftLeft", "ShiftRight"],
  space: ["Space"],
  enter: ["Enter"],
  tab: ["Tab"],
  backspace: ["Backspace"],
  escape: ["Escape"],
  comma: ["Comma"],
  period: ["Period"],
};
/** `KeyboardEvent.code` of the keys that a game can use. https://www.w3.org/TR/uievents-code/ */
const CODES =
  /^(Key[A-Z]|Digit\d|Numpad(\d|Add|Subtract|Multiply|Divide|Decimal|Enter)|Arrow(Up|Down|Left|Right)|Shift(Left|Right)|Space|Enter|Tab|Backspace|Escape|Minus|Equal|Bracket(Left|Right)|Semicolon|Quote|Backquote|Backslash|Comma|Period|Slash|Intl(Backslash|Ro|Yen)|Insert|Delete|Home|End|Page(Up|Down))$/;

/**
 * Applies texts such as "a=space,x" to the default keys: these keys replace the button's own. A key that
 * another button has by default is taken from it. Throws `InputError` ("usage") for unknown names and for
 * keys that are given twice.
 */
export function keysWith(changes: readonly string[]): KeyMap {
  const given = new Map<ButtonName, readonly string[]>();
  for (const change of changes) {
    const [name = "", keys = "", ...more] = change.split("=");
    const button = BUTTONS.find((each) => each === name);
    if (button === undefined || keys === "" || more.length > 0) {
      const remedy = `use BUTTON=KEY,KEY with one of ${BUTTONS.join(", ")}`;
      throw new InputError(
        "usage",
        `${printable(change)} does not name a button and its keys`,
        "--key",
        remedy,
      );
    }
    given.set(button, keys.split(",").flatMap(codesOf));
  }
  const moved = [...given.values()].flat();
  const twice = moved.find((code, i) => moved.indexOf(code) !== i);
  if (twice !== undefined) throw new InputError("usage", `${twice} is given twice`, "--key");
  const entries = BUTTONS.map((button) => {
    const rest = DEFAULT_KEYS[button].filter((code) => !moved.includes(code));
    return [button, given.get(button) ?? rest];
  });
  return Object.fromEntries(entries) as KeyMap;
}

function codesOf(name: string): readonly string[] {
  const lower = name.toLowerCase();
  if (/^[a-z]$/.test(lower)) return [`Key${lower.toUpperCase()}`];
  if (/^\d$/.test(lower)) return [`Digit${lower}`];
  if (Object.hasOwn(NAMES, lower)) return NAMES[lower]!;
  if (CODES.test(name)) return [name];
  const remedy = `use a letter, a digit, ${Object.keys(NAMES).join(", ")} or a KeyboardEvent.code`;
  throw new InputError("usage", `no such key: ${printable(name)}`, "--key", remedy);
}
