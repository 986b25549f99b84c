import { bindingOf, describeTarget, isPanelButton, MORE_BUTTON_BITS } from "../../input/bindings.ts";
import { deviceNotes } from "../../input/device-notes.ts";
import { labelOfKey } from "../../input/key-labels.ts";
import type { MenuContext } from "./context.ts";
import type { MenuNote, MenuPage } from "./page.ts";

const HINT = "Esc back   Up Down scroll   F1 close";

/** What the page of all keys reads. */
export type HelpContext = Pick<MenuContext, "bindings" | "core" | "devices"> & {
  readonly session: Pick<MenuContext["session"], "arcade" | "disk">;
};

/** The page of all keys that do something in this game. */
export function helpPage(context: HelpContext): MenuPage {
  const notes: MenuNote[] = Object.entries(context.bindings)
    .filter(([target, keys]) => keys.length > 0 && isUseful(target, context))
    .map(([target, keys]) => ({ keys: keys.map(labelOfKey), text: describeTarget(target) }));
  // Keys of devices first: they go before those of the controllers.
  notes.unshift(...deviceNotes(context.devices));
  return { title: "All keys", hint: HINT, entries: () => [], notes: () => notes };
}

/** False for what this machine does not have: disks, coins, or the buttons of another console's pad. */
function isUseful(target: string, { core, session }: HelpContext): boolean {
  if (isPanelButton(target) || target === "screen") return session.arcade?.hasPanel === true;
  const binding = bindingOf(target);
  if (binding.kind === "button")
    return core !== undefined || !Object.hasOwn(MORE_BUTTON_BITS, binding.button);
  if (binding.kind === "hold") return true;
  if (binding.action === "disk") return session.disk;
  if (binding.action === "coin" || binding.action === "service") return session.arcade !== undefined;
  return true;
}
