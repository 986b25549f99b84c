import type { ActionName } from "../../input/bindings.ts";
import type { PlayedCore } from "../play-types.ts";
import { cheatsPage } from "./cheats-page.ts";
import type { MenuContext } from "./context.ts";
import { corePage } from "./core-page.ts";
import { dipsPage } from "./dips-page.ts";
import { folderPage, recentPage } from "./games-page.ts";
import { helpPage } from "./help-page.ts";
import { keysPage } from "./keys-page.ts";
import type { MenuEntry, MenuPage } from "./page.ts";
import { settingsPage } from "./settings-page.ts";
import { slotsPage } from "./slots-page.ts";

/** The menu's first page. */
export function mainPage(context: MenuContext): MenuPage {
  return {
    title: context.session.files.name,
    hint: "Up Down move   Enter choose   Esc back to the game",
    entries: () => mainEntries(context),
  };
}

/** A core without options and devices has nothing to choose. */
function coreEntries(context: MenuContext, core: PlayedCore): MenuEntry[] {
  const { options, devices, name } = core.facts;
  if (options.length === 0 && devices.length === 0) return [];
  const enter = () => context.menu.open(corePage(context, core));
  return [{ label: "Core options", value: name, enter }];
}

function mainEntries(context: MenuContext): MenuEntry[] {
  const { menu, session } = context;
  const andClose = (action: () => unknown) => async () => {
    await action();
    menu.close();
  };
  const { disk } = session;
  /** The first of an action's keys, shown beside its entry. */
  const keyFor = (action: ActionName) => {
    const [key] = context.bindings[action] ?? [];
    return key === undefined ? {} : { value: key };
  };
  return [
    { label: "Back to the game", enter: () => menu.close() },
    {
      label: "Save",
      value: `slot ${session.slot}`,
      enter: async () => menu.open(await slotsPage(context, "save"), session.slot),
    },
    {
      label: "Load",
      value: `slot ${session.slot}`,
      enter: async () => menu.open(await slotsPage(context, "load"), session.slot),
    },
    {
      label: "Pause",
      value: session.isPaused ? "on" : "off",
      enter: () => session.setPaused(!session.isPaused),
      change: () => session.setPaused(!session.isPaused),
    },
    {
      label: "Slow motion",
      value: session.isSlow ? `${context.settings.slowPercent} %` : "off",
      enter: () => session.toggleSlow(),
      change: () => session.toggleSlow(),
    },
    {
      label: "Fast-forward",
      value: session.isFast ? "on" : "off",
      enter: () => session.toggleFast(),
      change: () => session.toggleFast(),
    },
    {
      label: "Cheats",
      value: `${session.cheats.active.length} on`,
      enter: () => menu.open(cheatsPage(context)),
    },
    { label: "Screenshot", ...keyFor("screenshot"), enter: () => session.screenshot(context.palette) },
    {
      label: session.captures.isRecording ? "Stop recording" : "Record a video",
      ...keyFor("record"),
      enter: andClose(() => session.toggleRecording(context.palette)),
    },
    ...(context.core === undefined ? [] : coreEntries(context, context.core)),
    { label: "Settings", enter: () => menu.open(settingsPage(context)) },
    { label: "Keys", enter: () => menu.open(keysPage(context)) },
    {
      label: "Open a game",
      enter: async () =>
        menu.open(await folderPage(menu, context.gamesFolder, (path) => context.openGame(path))),
    },
    {
      label: "Recent games",
      enter: async () => menu.open(recentPage(await context.recentGames(), (path) => context.openGame(path))),
    },
    ...(disk
      ? [{ label: "Next disk side", ...keyFor("disk"), enter: andClose(() => session.changeDisk()) }]
      : []),
    ...(session.arcade !== undefined
      ? [
          { label: "Insert coin", ...keyFor("coin"), enter: andClose(() => session.insertCoin(0)) },
          { label: "DIP switches", enter: () => menu.open(dipsPage(context)) },
        ]
      : []),
    { label: "Reset", ...keyFor("reset"), enter: andClose(() => session.client.reset("reset")) },
    { label: "Power cycle", enter: andClose(() => session.client.reset("power")) },
    { label: "Help: all keys", ...keyFor("help"), enter: () => menu.open(helpPage(context.bindings)) },
    { label: "Quit", ...keyFor("quit"), enter: () => context.quit() },
  ];
}
