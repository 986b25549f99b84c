import { InputError } from "../../../emu/input-error.ts";
import {
  type BindingTable,
  BUTTON_BITS,
  DEFAULT_BINDINGS,
  describeTarget,
  MORE_BUTTON_BITS,
} from "../../input/bindings.ts";
import { keyLabels, labelOfKey } from "../../input/key-labels.ts";
import { keyName } from "../../input/keys.ts";
import type { MenuContext } from "./context.ts";
import type { MenuPage } from "./page.ts";

const BUTTONS = Object.keys(BUTTON_BITS);
/** Buttons that have no key by default, but can get one here. */
const MORE_TARGETS = [2, 3, 4].flatMap((port) => BUTTONS.map((button) => `p${port}.${button}`));

/** Targets that are named before the default keys are restored, so that their names fit two lines. */
const MAX_NAMED = 5;

/** The page that shows and changes keys. */
export function keysPage(context: MenuContext): MenuPage {
  return {
    title: "Keys, saved in the config file",
    hint: "Enter add a key   Del remove all   Esc back",
    entries: () => {
      const { bindings } = context;
      const all = targetsOf(bindings).map((target, index, targets) => ({
        id: target,
        label: describeTarget(target),
        ...(index === 0 || groupOf(target) !== groupOf(targets[index - 1]!)
          ? { group: groupOf(target) }
          : {}),
        value: keyLabels(bindings, target).join("  "),
        about: `keys.${target} in the config file: ${JSON.stringify(bindings[target] ?? [])}`,
        enter: () =>
          context.menu.askKey(
            `Press the key for: ${describeTarget(target)}${escapeCancels(bindings) ? "   Esc cancel" : ""}`,
            (event) => addKey(context, target, keyName(event)),
          ),
        // Without a key for the menu, the player could not return to this page.
        remove: () => context.changeKeys(target, target === "menu" ? ["f1"] : []),
      }));
      const restore = {
        label: "Restore the default keys",
        group: "",
        about: "asks first",
        enter: () => context.menu.open(restorePage(context)),
      };
      return [...all, restore];
    },
  };
}

/** Only a player who has taken Escape from the menu wants it for something else. */
function escapeCancels({ menu = [] }: BindingTable): boolean {
  return menu.includes("escape");
}

/** Adds a key to a target, and tells the player which other one loses it. */
async function addKey(context: MenuContext, target: string, key: string): Promise<void> {
  const { bindings, session } = context;
  const keys = bindings[target] ?? [];
  if (keys.includes(key) || (key === "escape" && escapeCancels(bindings))) return;
  const [before] = Object.entries(bindings).find(([, others]) => others.includes(key)) ?? [];
  const label = labelOfKey(key);
  if (before === "menu" && bindings.menu?.length === 1)
    throw new InputError("usage", `${label} is the only key of the menu: give the menu another one first`);
  await context.changeKeys(target, [...keys, key]);
  const what = describeTarget(target);
  session.notify(`${label}: ${what}${before === undefined ? "" : `, no longer ${describeTarget(before)}`}`);
}

/** Asks before the player's own keys are lost, and names them. */
function restorePage(context: MenuContext): MenuPage {
  const { menu } = context;
  const changed = changedTargets(context.bindings).map((target) => describeTarget(target));
  return {
    title: "Restore the default keys?",
    hint: "Enter choose   Esc keep your keys",
    entries: () => [
      { label: "Keep your keys", about: "change nothing", enter: () => menu.back() },
      {
        label: "Restore the default keys",
        about: changed.length === 0 ? "all keys are the default ones" : `changes: ${namesOf(changed)}`,
        enter: async () => {
          const isHere = menu.placeHere();
          await restoreAll(context);
          if (isHere()) menu.back();
        },
      },
    ],
  };
}

function namesOf(changed: readonly string[]): string {
  const more = changed.length - MAX_NAMED;
  return [...changed.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

async function restoreAll(context: MenuContext): Promise<void> {
  for (const target of changedTargets(context.bindings))
    await context.changeKeys(target, DEFAULT_BINDINGS[target] ?? []);
}

/** The targets whose keys are not the default ones. */
function changedTargets(bindings: BindingTable): string[] {
  return targetsOf(bindings).filter(
    (target) => !Bun.deepEquals(bindings[target] ?? [], DEFAULT_BINDINGS[target] ?? []),
  );
}

/** All targets, in an order that does not depend on the keys that they have. */
function targetsOf(bindings: BindingTable): string[] {
  return [...new Set([...Object.keys(DEFAULT_BINDINGS), ...MORE_TARGETS, ...Object.keys(bindings)])];
}

function groupOf(target: string): string {
  if (!isButton(target)) return "emu";
  return `Player ${/^p([1-4])\./.exec(target)?.[1] ?? 1}`;
}

function isButton(target: string): boolean {
  const button = target.replace(/^p[1-4]\./, "").replace(/^turbo-/, "");
  return button in BUTTON_BITS || button in MORE_BUTTON_BITS;
}
