import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_BINDINGS } from "../../../../src/io/input/bindings.ts";
import type { KeyEvent } from "../../../../src/io/input/keys.ts";
import { CheatList } from "../../../../src/io/play/cheat-list.ts";
import { cheatsPage } from "../../../../src/io/play/menu/cheats-page.ts";
import type { MenuContext } from "../../../../src/io/play/menu/context.ts";
import { dipsPage } from "../../../../src/io/play/menu/dips-page.ts";
import { helpPage } from "../../../../src/io/play/menu/help-page.ts";
import { keysPage } from "../../../../src/io/play/menu/keys-page.ts";
import { mainPage } from "../../../../src/io/play/menu/main-page.ts";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import type { MenuEntry, MenuPage } from "../../../../src/io/play/menu/page.ts";
import { resumePage } from "../../../../src/io/play/menu/resume-page.ts";
import { searchPage } from "../../../../src/io/play/menu/search-page.ts";
import { settingsPage } from "../../../../src/io/play/menu/settings-page.ts";
import { slotsPage } from "../../../../src/io/play/menu/slots-page.ts";
import { PlaySession } from "../../../../src/io/play/play-session.ts";
import { DEFAULT_SETTINGS } from "../../../../src/io/play/settings.ts";
import { NO_SYMBOLS } from "../../../../src/io/symbols/symbols.ts";
import { TextScreen } from "../../../../src/io/terminal/text-screen.ts";

const LONG = "A Game with a Long Name - The Second (World) (Rev 1)";
const PATH = "/home/player/a folder with a long name/pictures/of games that I have played/nes/favourites";

function key(name: string): KeyEvent {
  return { key: name, kind: "press", shift: false, alt: false, control: false };
}

/** The pages' session of a game with everything: disk, coins, switches, channels, cheats. */
function contextIn(folder: string): MenuContext {
  const menu = new Menu({
    changed: () => {},
    closed: () => {},
    failed: (error) => {
      throw error;
    },
  });
  const client = {
    ready: {
      hasDisk: true,
      coins: { slotCount: 4, dips: 0, switches: [], switchCount: 16 },
      geometry: { soundChannels: ["Square 1", "Square 2", "Triangle", "Noise", "DMC"] },
    },
    blocks: { tap: {} },
    peek: async (_space: string, _address: number, length: number) => new Uint8Array(length),
  };
  const cheats = new CheatList(join(folder, "cheats.txt"));
  cheats.add("SXIOPO", "0075:09", "91D9?01:AD");
  const files = { name: LONG, statesFolder: folder, capturesFolder: PATH, cheats };
  const session = new PlaySession(client as never, DEFAULT_SETTINGS, files, () => {});
  return {
    menu,
    session,
    settings: { ...DEFAULT_SETTINGS, captureFolder: PATH, paletteFile: `${PATH}/${LONG}.pal` },
    palette: new Uint32Array(512),
    bindings: DEFAULT_BINDINGS,
    devices: { port2: "power-glove", expansion: "mahjong", microphone: true },
    library: undefined,
    symbols: async () => NO_SYMBOLS,
    gamesFolder: folder,
    core: undefined,
    changeSetting: async () => {},
    changeKeys: async () => {},
    plugged: async () => {},
    openGame: () => {},
    quit: () => {},
  };
}

/** Every page, and the pages of settings that the first one leads to. */
async function allPages(context: MenuContext): Promise<MenuPage[]> {
  const pages: MenuPage[] = [];
  const settings = settingsPage(context);
  const opened = context.menu.open.bind(context.menu);
  context.menu.open = (page) => void pages.push(page);
  for (const { enter } of settings.entries()) enter?.();
  pages
    .find(({ title }) => title === "Settings: Sound")
    ?.entries()
    .at(-1)
    ?.enter?.();
  context.menu.open = opened;
  return [
    mainPage(context),
    settings,
    ...pages,
    keysPage(context),
    cheatsPage(context),
    await searchPage(context),
    await withKeptStates(context),
    await slotsPage(context, "save"),
    dipsPage(context),
    helpPage({
      ...context,
      bindings: {
        ...DEFAULT_BINDINGS,
        a: ["x", "k", "space", "right_shift", "page_down", "ctrl+alt+x"],
      },
    }),
    resumePage(
      context.menu,
      { savedAt: new Date(0), state: new Uint8Array(0), isCurrent: true } as never,
      DEFAULT_BINDINGS,
      async () => {},
    ),
  ];
}

/** The page to load from, with states of each kind that were replaced. */
async function withKeptStates(context: MenuContext): Promise<MenuPage> {
  for (const name of ["slot-8.other", "slot-8.replaced", "slot-8", "resume", "earlier-5"])
    await writeFile(join(context.session.slots.folder, `${name}.state`), "");
  return slotsPage(context, "load");
}

/** The words of a screen, from its upper left corner on. */
function wordsOf(screen: TextScreen): string[] {
  const text = new TextDecoder().decode(screen.encode());
  return Bun.stripANSI(text.replaceAll("\x1b[", " \x1b[")).split(/\s+/);
}

/** All words in the right order, perhaps with others between them. Long words may be broken. */
function holds(words: readonly string[], text: string): boolean {
  return words.join("").includes(text.replaceAll(/\s+/g, ""));
}

/** What of an entry is not on the screen while it is selected. */
function missing(
  words: readonly string[],
  page: MenuPage,
  { label, value, about, hint }: MenuEntry,
): string[] {
  const wanted = [label, value ?? "", about ?? "", ...(hint ?? page.hint ?? "Esc back").split("   ")];
  return wanted.filter((text) => !holds(words, text));
}

test.each([
  [80, 24],
  [60, 24],
  [130, 48],
])("no text of any page is cut in %p × %p cells", async (columns, rows) => {
  const folder = await mkdtemp(join(tmpdir(), "emu-pages-"));
  try {
    const context = contextIn(folder);
    const cut: string[] = [];
    const pages = await allPages(context);
    expect(pages.length).toBeGreaterThan(14);
    for (const page of pages) {
      const { menu } = context;
      menu.open(page);
      const shown: string[] = [];
      const count = Math.max(page.entries().length, (page.notes?.() ?? []).length, 1);
      for (let i = 0; i < count; i++) {
        const screen = new TextScreen(columns, rows, "true");
        menu.draw(screen);
        const words = wordsOf(screen);
        shown.push(...words);
        const entry = page.entries()[i];
        if (!holds(words, page.title)) cut.push(`${page.title}: title`);
        if (entry !== undefined)
          cut.push(...missing(words, page, entry).map((text) => `${page.title}, ${entry.label}: ${text}`));
        menu.handle(key("down"));
      }
      for (const { keys, text } of page.notes?.() ?? [])
        for (const part of [...keys, ...text.split(" ")])
          if (!holds(shown, part)) cut.push(`${page.title}: ${part}`);
      menu.close();
    }
    expect(cut).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
