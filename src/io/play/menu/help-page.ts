import { type BindingTable, describeTarget } from "../../input/bindings.ts";
import type { MenuNote, MenuPage } from "./page.ts";

/** The page of all keys. */
export function helpPage(bindings: BindingTable): MenuPage {
  const notes: MenuNote[] = Object.entries(bindings)
    .filter(([, keys]) => keys.length > 0)
    .map(([target, keys]) => ({ keys: keys.join(" "), text: describeTarget(target) }));
  return {
    title: "Keys",
    hint: "Esc back   config and keys: emu run --help",
    entries: () => [],
    notes: () => notes,
  };
}
