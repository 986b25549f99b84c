import { SETTINGS, type Setting, type SettingName, type Settings } from "../settings.ts";
import type { MenuContext } from "./context.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

/** The page of all settings in the config file except keys. */
export function settingsPage(context: MenuContext): MenuPage {
  const names = Object.keys(SETTINGS) as SettingName[];
  const { menu } = context;
  return {
    title: "Settings, saved in the config file",
    hint: "Left Right change   Enter type   Del default   Esc back",
    entries: () => [
      { label: "Sound channels", enter: () => menu.open(channelsPage(context)) },
      ...names.map((name) => entryOf(context, name)),
    ],
  };
}

function entryOf(context: MenuContext, name: SettingName): MenuEntry {
  const setting: Setting = SETTINGS[name];
  const value = context.settings[name];
  const set = (next: string | number | boolean) =>
    context.changeSetting(name, next as Settings[SettingName] as never);
  const label = `${setting.path.split(".").at(-1)!.replaceAll("-", " ")}: ${setting.about}`;
  const remove = () => set(setting.fallback);
  switch (setting.kind) {
    case "choice":
      return {
        label,
        value: String(value),
        remove,
        change: (by) => set(neighbour(setting.choices, String(value), by)),
      };
    case "flag":
      return { label, value: value === true ? "on" : "off", remove, change: () => set(value !== true) };
    case "number": {
      const { min, max, step } = setting;
      const change = (by: number) =>
        set(Math.max(min, Math.min(max, Math.round((Number(value) + by * step) / step) * step)));
      return { label, value: String(Number(Number(value).toFixed(2))), remove, change };
    }
    case "text": {
      const enter = () => context.menu.askText(`${setting.about}:`, String(value), set);
      return { label, value: String(value) === "" ? "-" : String(value).slice(-24), remove, enter };
    }
  }
}

function neighbour(choices: readonly string[], value: string, by: number): string {
  const next = choices.indexOf(value) + by;
  return choices[(next + choices.length) % choices.length]!;
}

/** The page that mutes the console's sound channels. */
function channelsPage({ session }: MenuContext): MenuPage {
  const { soundChannels } = session.client.ready.geometry;
  return {
    title: "Sound channels, for this game",
    hint: "Enter on/off   Esc back",
    entries: () =>
      soundChannels.map((label, bit) => {
        const toggle = () => session.muteChannels(session.mutedChannels ^ (1 << bit));
        const isMuted = (session.mutedChannels & (1 << bit)) !== 0;
        return { label, value: isMuted ? "off" : "on", enter: toggle, change: toggle };
      }),
  };
}
