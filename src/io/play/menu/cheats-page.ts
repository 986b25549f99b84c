import type { MenuContext } from "./context.ts";
import type { MenuPage } from "./page.ts";
import { searchPage } from "./search-page.ts";

/** The page of this game's cheats. */
export function cheatsPage(context: MenuContext): MenuPage {
  const { menu, session } = context;
  const { cheats } = session;
  const add = () =>
    menu.askText("Code (SXIOPO, 0075:09, 91D9?01:AD):", "", async (code) => {
      cheats.add(code);
      await session.applyCheats();
    });
  const change = (action: () => void) => async () => {
    action();
    await session.applyCheats();
  };
  return {
    title: "Cheats",
    hint: "Enter on/off   Tab name   Del remove   Esc back",
    entries: () => [
      {
        label: "Add a cheat",
        about: "a code from a list; emu run --cheat FILE.cht adds whole lists",
        hint: "Enter type   Esc back",
        enter: add,
      },
      {
        label: "Search memory",
        about: "find where the game keeps lives or energy, and make a cheat of it",
        hint: "Enter choose   Esc back",
        enter: () => menu.openPrepared(searchPage(context)),
      },
      ...cheats.entries.map(({ code, isOn, name }, index) => ({
        label: name === "" ? code : name,
        value: `${name === "" ? "" : `${code}   `}${isOn ? "on" : "off"}`,
        enter: change(() => cheats.toggle(index)),
        change: change(() => cheats.toggle(index)),
        mark: () =>
          menu.askText(`What does ${code} do?`, name, (text) => change(() => cheats.rename(index, text))()),
        remove: change(() => cheats.remove(index)),
      })),
    ],
  };
}
