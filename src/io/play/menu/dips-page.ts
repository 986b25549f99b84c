import type { DipSwitch } from "../../../emu/machine.ts";
import type { MenuContext } from "./context.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

/** The switches for an unknown game. */
const UNNAMED: readonly DipSwitch[] = Array.from({ length: 8 }, (_, at) => ({
  name: `switch ${at + 1}`,
  mask: 1 << at,
  choices: [
    { label: "off", value: 0 },
    { label: "on", value: 1 << at },
  ],
}));

/** The page of an arcade machine's DIP switches. */
export function dipsPage({ menu, session }: MenuContext): MenuPage {
  const switches = session.arcade?.switches ?? [];
  const entryOf = ({ name, mask, choices }: DipSwitch): MenuEntry => {
    const at = choices.findIndex(({ value }) => value === (session.dips & mask));
    const change = async (by: number) => {
      const next = choices[(Math.max(at, 0) + by + choices.length) % choices.length]!;
      await session.setDips((session.dips & ~mask) | next.value);
    };
    const label = name.replaceAll("-", " ");
    return { label: label[0]!.toUpperCase() + label.slice(1), value: choices[at]?.label ?? "?", change };
  };
  return {
    title: "DIP switches",
    hint: "Left Right change   Esc back",
    entries: () => [
      ...(switches.length > 0 ? switches : UNNAMED).map(entryOf),
      {
        label: "Power cycle: most games read the switches then",
        enter: () => menu.closeAfter(session.reset("power")),
      },
    ],
  };
}
