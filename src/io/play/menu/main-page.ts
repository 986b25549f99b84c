import type { ActionName } from "../../input/bindings.ts";
import { labelOfKey } from "../../input/key-labels.ts";
import { shortFolder } from "../home-folder.ts";
import type { PlayedCore } from "../play-types.ts";
import { cheatsPage } from "./cheats-page.ts";
import type { MenuContext } from "./context.ts";
import { corePage } from "./core-page.ts";
import { dipsPage } from "./dips-page.ts";
import { helpPage } from "./help-page.ts";
import { keysPage } from "./keys-page.ts";
import { libraryPage } from "./library-page.ts";
import { MENU_KEYS, type MenuEntry, type MenuPage } from "./page.ts";
import { settingsPage } from "./settings-page.ts";
import { slotsPage } from "./slots-page.ts";

/** The first coin slot of the sub side of a VS. DualSystem. */
const FIRST_SUB_SLOT = 2;

/** The menu's first page. */
export function mainPage(context: MenuContext): MenuPage {
  return {
    title: context.session.files.name,
    hint: "Up Down move   Enter choose   Esc back to the game   or the mouse",
    entries: () => mainEntries(context),
  };
}

function cheatsEntry(context: MenuContext): MenuEntry {
  return {
    label: "Cheats",
    value: `${context.session.cheats.active.length} on`,
    about: "Game Genie codes, or ADDRESS:VALUE",
    enter: () => context.menu.open(cheatsPage(context)),
  };
}

/** A core without options and devices has nothing to choose. */
function coreEntries(context: MenuContext, core: PlayedCore): MenuEntry[] {
  const { options, devices, name } = core.facts;
  if (options.length === 0 && devices.length === 0) return [];
  const enter = () => context.menu.open(corePage(context, core));
  return [{ label: "Core options", value: name, about: "what this core lets you choose", enter }];
}

function mainEntries(context: MenuContext): MenuEntry[] {
  return [
    ...playEntries(context),
    ...timeEntries(context),
    ...captureEntries(context),
    ...settingEntries(context),
    ...gameEntries(context),
  ];
}

/**
 * The keys of an action, which perform it in the menu too; the first is shown beside its entry. Keys that the
 * menu uses itself are left out.
 */
function keyFor({ bindings }: MenuContext, action: ActionName): Pick<MenuEntry, "keys" | "value"> {
  const keys = (bindings[action] ?? []).filter((key) => !MENU_KEYS.has(key));
  return keys[0] === undefined ? {} : { keys, value: labelOfKey(keys[0]) };
}

/** A text about an entry, with the key that does the same without the menu. */
function withKey({ bindings }: MenuContext, action: ActionName, about: string): string {
  const [key] = bindings[action] ?? [];
  return key === undefined ? about : `${about} (${labelOfKey(key)} in the game)`;
}

/** Performs an action, then closes the menu. */
function andClose({ menu }: MenuContext, action: () => unknown): () => Promise<void> {
  return async () => menu.closeAfter(Promise.resolve(action()));
}

function playEntries(context: MenuContext): MenuEntry[] {
  const { menu, session } = context;
  const value = `slot ${session.slot}`;
  return [
    { label: "Back to the game", group: "Play", about: "close the menu", enter: () => menu.close() },
    {
      label: "Save",
      value,
      about: withKey(context, "save", "save this moment to one of ten slots"),
      enter: () => menu.openPrepared(slotsPage(context, "save"), session.slot),
    },
    {
      label: "Load",
      value,
      about: withKey(context, "load", "go back to a saved moment"),
      enter: () => menu.openPrepared(slotsPage(context, "load"), session.slot),
    },
    ...(session.disk
      ? [
          {
            label: "Next disk side",
            ...keyFor(context, "disk"),
            about: "turn or change the disk",
            enter: andClose(context, () => session.changeDisk()),
          },
        ]
      : []),
    ...(session.arcade !== undefined
      ? [
          {
            label: "Insert coin",
            ...keyFor(context, "coin"),
            about: session.arcade.hasPanel === true ? "for time to play" : "then press Start",
            enter: andClose(context, () => session.insertCoin(0)),
          },
          ...(session.arcade.slotCount > FIRST_SUB_SLOT
            ? [
                {
                  label: "Insert coin, sub side",
                  about: "for the right screen: then controller 3 presses Start",
                  enter: andClose(context, () => session.insertCoin(FIRST_SUB_SLOT)),
                },
              ]
            : []),
        ]
      : []),
  ];
}

function timeEntries(context: MenuContext): MenuEntry[] {
  const { session, settings } = context;
  const toggle = (isOn: boolean, action: () => unknown) => ({
    value: isOn ? "on" : "off",
    enter: action,
    change: action,
  });
  return [
    {
      label: "Pause",
      group: "Time",
      about: withKey(context, "pause", "the game stays paused when the menu is closed"),
      ...toggle(session.isPaused, () => session.setPaused(!session.isPaused)),
    },
    {
      label: "Slow motion",
      about: withKey(context, "slow", `at ${settings.slowPercent} %, which Settings, Play changes`),
      ...toggle(session.isSlow, () => session.toggleSlow()),
      ...(session.isSlow ? { value: `${settings.slowPercent} %` } : {}),
    },
    {
      label: "Fast-forward",
      about: withKey(context, "fast-forward", "as fast as this computer can"),
      ...toggle(session.isFast, () => session.toggleFast()),
    },
  ];
}

function captureEntries(context: MenuContext): MenuEntry[] {
  const { session, palette } = context;
  const { isRecording } = session.captures;
  return [
    {
      label: "Screenshot",
      group: "Capture",
      ...keyFor(context, "screenshot"),
      about: `a PNG file in ${shortFolder(session.files.capturesFolder)}`,
      enter: () => session.screenshot(palette),
    },
    {
      label: isRecording ? "Stop recording" : "Record a video",
      ...keyFor(context, "record"),
      about: isRecording ? "the file is then complete" : `picture and sound, in the same folder`,
      enter: andClose(context, () => session.toggleRecording(palette)),
    },
  ];
}

function settingEntries(context: MenuContext): MenuEntry[] {
  const { menu, session } = context;
  return [
    {
      label: "Settings",
      group: "Options",
      about: "picture, colours, sound, play and files",
      enter: () => menu.open(settingsPage(context)),
    },
    { label: "Keys", about: "which key does what", enter: () => menu.open(keysPage(context)) },
    ...(context.core === undefined ? [cheatsEntry(context)] : coreEntries(context, context.core)),
    ...(session.arcade !== undefined
      ? [
          {
            label: "DIP switches",
            about: "difficulty, coins and more, as in the cabinet",
            enter: () => menu.open(dipsPage(context)),
          },
        ]
      : []),
  ];
}

function entriesOfLibrary(context: MenuContext): MenuEntry[] {
  const { menu, library, gamesFolder } = context;
  if (library === undefined) return [];
  const open = (path: string, continues?: boolean) => context.openGame(path, continues);
  const prepare = async () => {
    const page = libraryPage(menu, library, open, gamesFolder);
    await library.refresh();
    return page;
  };
  const enter = () => menu.openPrepared(prepare());
  return [{ label: "Open another game", group: "Game", about: "your games, and files of any folder", enter }];
}

function gameEntries(context: MenuContext): MenuEntry[] {
  const { menu, session, library } = context;
  return [
    ...entriesOfLibrary(context),
    {
      label: "Reset",
      ...(library === undefined ? { group: "Game" } : {}),
      ...keyFor(context, "reset"),
      about: "press the console's reset button",
      enter: andClose(context, () => session.reset("reset")),
    },
    {
      label: "Power cycle",
      about: "turn the console off and on; battery saves are kept",
      enter: andClose(context, () => session.reset("power")),
    },
    {
      label: "Help: all keys",
      ...keyFor(context, "help"),
      about: "one page with every key",
      enter: () => menu.open(helpPage(context)),
    },
    {
      label: "Quit",
      ...keyFor(context, "quit"),
      about: "end emu; battery saves are kept",
      enter: () => context.quit(),
    },
  ];
}
