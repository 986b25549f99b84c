import { type BindingTable, describeTarget } from "../../input/bindings.ts";
import { KEY_COLUMNS } from "./draw.ts";
import type { MenuNote, MenuPage } from "./page.ts";

const HINT = "Esc back   The menu (F1) has settings, cheats, games, and changes keys";

/** The page of all keys. */
export function helpPage(bindings: BindingTable): MenuPage {
  const notes: MenuNote[] = Object.entries(bindings)
    .filter(([, keys]) => keys.length > 0)
    .map(([target, keys]) => ({ keys: shortened(keys), text: describeTarget(target) }));
  return { title: "All keys", hint: HINT, entries: () => [], notes: () => notes };
}

/** As many of the keys as there is room for. */
function shortened(keys: readonly string[]): string {
  let text = keys[0]!;
  for (const key of keys.slice(1)) {
    if (text.length + 1 + key.length > KEY_COLUMNS - 2) return `${text}…`;
    text += ` ${key}`;
  }
  return text;
}
