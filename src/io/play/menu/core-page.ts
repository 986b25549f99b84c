import { type ChoiceScope, portKey } from "../../cores/core-choices.ts";
import type { CoreDevice } from "../../cores/environment.ts";
import type { PlayedCore } from "../play-types.ts";
import type { MenuContext } from "./context.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

const SCOPES: Readonly<Record<ChoiceScope, string>> = { game: "this game", core: "all games of this core" };

/** The page of a core's options and of the devices in its ports. */
export function corePage(context: MenuContext, core: PlayedCore): MenuPage {
  const { facts, choices } = core;
  const { client } = context.session;
  let scope: ChoiceScope = "game";
  const toggleScope = () => {
    scope = scope === "game" ? "core" : "game";
  };
  const mark = (key: string) => (choices.scopeOf(key) === "core" ? " (all games)" : "");

  const optionEntry = (index: number): MenuEntry => {
    const { key, title, values, defaultValue } = facts.options[index]!;
    const value = core.values.get(key) ?? defaultValue;
    const set = async (next: string, kept: string | undefined) => {
      await client.choose(index, values.indexOf(next));
      core.values.set(key, next);
      await choices.keep(scope, key, kept);
    };
    return {
      label: title === "" ? key : title,
      value: value + mark(key),
      change: async (by) => {
        const next = values[(values.indexOf(value) + by + values.length) % values.length]!;
        await set(next, next);
      },
      remove: () => set(defaultValue, undefined),
    };
  };

  const portEntry = (port: number): MenuEntry => {
    const devices = facts.devices.filter((device) => device.port === port);
    const at = devices.findIndex(({ id }) => id === core.plugged[port]);
    const plug = async (device: CoreDevice, kept: string | undefined) => {
      await client.plug(port, device.id);
      core.plugged[port] = device.id;
      await context.plugged();
      await choices.keep(scope, portKey(port), kept);
    };
    return {
      label: `Port ${port + 1}`,
      value: (devices[at]?.name ?? "as the core decides") + mark(portKey(port)),
      change: async (by) => {
        const next = devices[(Math.max(at, 0) + by + devices.length) % devices.length]!;
        await plug(next, next.name);
      },
    };
  };

  const ports = [...new Set(facts.devices.map(({ port }) => port))];
  return {
    title: `${facts.name} ${facts.version}`,
    hint: "Left Right change   Del default   / search   Esc back",
    isSearchable: true,
    entries: () => [
      { label: "Keep changes for", value: SCOPES[scope], change: toggleScope, enter: toggleScope },
      ...ports.map(portEntry),
      ...facts.options.map((_, index) => optionEntry(index)),
      {
        label: "Reset: some options need it",
        enter: () => context.menu.closeAfter(context.session.reset("reset")),
      },
    ],
  };
}
