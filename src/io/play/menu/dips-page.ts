import type { DipSwitch } from "../../../emu/machine.ts";
import type { MenuContext } from "./context.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

/** The switches of an unknown game, by number. Those of a DualSystem's sub side follow the main side's. */
function unnamed(count: number): DipSwitch[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `switch ${at + 1}`,
    mask: 1 << at,
    choices: [
      { label: "off", value: 0 },
      { label: "on", value: 1 << at },
    ],
  }));
}

/** The page of an arcade machine's DIP switches. */
export function dipsPage({ menu, session }: MenuContext): MenuPage {
  const { switches = [], switchCount = 0 } = session.arcade ?? {};
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
      ...(switches.length > 0 ? switches : unnamed(switchCount)).map(entryOf),
      {
        label: "Power cycle: most games read the switches then",
        enter: () => menu.closeAfter(session.reset("power")),
      },
    ],
  };
}
