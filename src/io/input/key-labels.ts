import type { BindingTable } from "./bindings.ts";

/** Keys whose label is not the name with a capital letter. */
const LABELS: Readonly<Record<string, string>> = {
  escape: "Esc",
  delete: "Del",
  insert: "Ins",
  page_up: "PgUp",
  page_down: "PgDn",
};

const MODIFIERS: Readonly<Record<string, string>> = { ctrl: "Ctrl-", alt: "Alt-" };

/** A key of the bindings as it is written on keyboards: `F5`, `Ctrl-R`, `Right Shift`. */
export function labelOfKey(name: string): string {
  // The key itself may be a plus sign.
  const [, modifiers = "", key = ""] = /^((?:ctrl\+|alt\+)*)(.+)$/.exec(name) ?? [];
  const before = modifiers
    .split("+")
    .map((modifier) => MODIFIERS[modifier] ?? "")
    .join("");
  const words = key.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return before + (LABELS[key] ?? words.join(" "));
}

/** All keys of a target, as they are written on keyboards. */
export function keyLabels(bindings: BindingTable, target: string): string[] {
  return (bindings[target] ?? []).map(labelOfKey);
}

/** The four directions of a set of keys, in the order in which WASD names them. */
const DIRECTIONS = ["up", "left", "down", "right"];

/** The keys that move, one text for each set of four whose keys are all free: `arrows`, `WASD`. */
function movingKeys(bindings: BindingTable, isFree: (key: string) => boolean): string[] {
  const sets = Math.max(...DIRECTIONS.map((direction) => bindings[direction]?.length ?? 0));
  return Array.from({ length: sets }, (_, at) => at).flatMap((at) => {
    const keys = DIRECTIONS.map((direction) => bindings[direction]?.[at]).filter((key) => key !== undefined);
    if (!keys.every(isFree)) return [];
    if (keys.length === DIRECTIONS.length && keys.every((key, i) => key === DIRECTIONS[i])) return "arrows";
    const labels = keys.map(labelOfKey);
    return labels.join(labels.every((label) => label.length === 1) ? "" : " ");
  });
}

/**
 * The keys that play, for someone who has never seen the game: `button A: X`, `move: arrows or WASD`. Games
 * ask for "A", which on a keyboard is another key: the first part says that it is a button. `isFree` returns
 * false for keys that do something else in this game.
 */
export function playingKeys(bindings: BindingTable, isFree: (key: string) => boolean = () => true): string[] {
  const buttons = ["a", "b", "start"].flatMap((button) => {
    const key = bindings[button]?.find(isFree);
    return key === undefined ? [] : [{ name: describe(button), key: labelOfKey(key) }];
  });
  const moving = movingKeys(bindings, isFree).join(" or ");
  return [
    ...buttons.map(({ name, key }, i) => `${i === 0 ? "button " : ""}${name}: ${key}`),
    ...(moving === "" ? [] : [`move: ${moving}`]),
  ];
}

/** What a PlayChoice-10's player does before a game, in this order, with the targets of its keys. */
const PANEL = { coin: "coin", enter: "panel-enter", channel: "panel-channel", reset: "panel-reset" };

/** The keys of a PlayChoice-10's panel: `coin: 5`, `enter: 7`. `isFree` is as in `playingKeys`. */
export function panelKeys(bindings: BindingTable, isFree: (key: string) => boolean): string[] {
  return Object.entries(PANEL).flatMap(([name, target]) => {
    const key = bindings[target]?.find(isFree);
    return key === undefined ? [] : [`${name}: ${labelOfKey(key)}`];
  });
}

function describe(button: string): string {
  return button.charAt(0).toUpperCase() + button.slice(1);
}
