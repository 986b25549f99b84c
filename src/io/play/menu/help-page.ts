import { type BindingTable, describeTarget } from "../../input/bindings.ts";
import { labelOfKey } from "../../input/key-labels.ts";
import type { MenuNote, MenuPage } from "./page.ts";

const HINT = "Esc back   Up Down scroll   F1 menu";

/** The page of all keys. */
export function helpPage(bindings: BindingTable): MenuPage {
  const notes: MenuNote[] = Object.entries(bindings)
    .filter(([, keys]) => keys.length > 0)
    .map(([target, keys]) => ({ keys: keys.map(labelOfKey), text: describeTarget(target) }));
  return { title: "All keys", hint: HINT, entries: () => [], notes: () => notes };
}
