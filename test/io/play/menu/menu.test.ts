import { describe, expect, test } from "bun:test";
import { DEFAULT_BINDINGS, describeTarget, isPanelButton } from "../../../../src/io/input/bindings.ts";
import { labelOfKey } from "../../../../src/io/input/key-labels.ts";
import type { KeyEvent } from "../../../../src/io/input/keys.ts";
import type { MouseEvent } from "../../../../src/io/input/mouse.ts";
import type { MenuContext } from "../../../../src/io/play/menu/context.ts";
import { helpPage } from "../../../../src/io/play/menu/help-page.ts";
import { mainPage } from "../../../../src/io/play/menu/main-page.ts";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import type { MenuPage } from "../../../../src/io/play/menu/page.ts";
import { TextScreen } from "../../../../src/io/terminal/text-screen.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

function key(name: string, also: Partial<KeyEvent> = {}): KeyEvent {
  return { key: name, kind: "press", shift: false, alt: false, control: false, ...also };
}

function setUp() {
  const told: string[] = [];
  const menu = new Menu({
    changed: () => {},
    closed: () => told.push("closed"),
    failed: (error) => told.push(String(error)),
  });
  const press = (...names: string[]) => {
    for (const name of names) menu.handle(key(name));
  };
  return { menu, told, press };
}

function pageOf(title: string, labels: readonly string[], told: string[]): MenuPage {
  return {
    title,
    entries: () =>
      labels.map((label) => ({
        label,
        enter: () => told.push(`enter ${label}`),
        change: (by) => told.push(`${by} ${label}`),
        remove: () => told.push(`remove ${label}`),
      })),
  };
}

/** The text in a window of this size. */
async function shown(menu: Menu, columns: number, rows: number): Promise<string[]> {
  const screen = new TextScreen(columns, rows, "true");
  menu.draw(screen);
  const terminal = new VirtualTerminal(columns, rows);
  await terminal.write(screen.encode());
  return Array.from({ length: rows }, (_, row) => terminal.text(row).trimEnd());
}

describe("Menu", () => {
  test.each([
    ["game", "back", ["closed"], ""],
    ["nothing", "quit", [], "one"],
  ] as const)("over %s, F1 leaves its pages", (ground, leaving, expected, title) => {
    const told: string[] = [];
    const menu = new Menu({ changed: () => {}, closed: () => told.push("closed"), failed: () => {} }, ground);
    expect(menu.leaving).toBe(leaving);
    menu.open(pageOf("one", ["a"], told));
    menu.open(pageOf("two", ["b"], told));
    menu.open(pageOf("three", ["c"], told));
    menu.handle(key("f1"));
    expect([told, menu.title]).toEqual([[...expected], title]);
    if (ground === "game") return;
    // A player who presses it for help keeps the list of games.
    menu.handle(key("f1"));
    expect(menu.isOpen).toBe(true);
    menu.handle(key("escape"));
    expect(told).toEqual(["closed"]);
  });

  test("moves through its entries and performs their actions", () => {
    const { menu, told, press } = setUp();
    menu.open(pageOf("one", ["a", "b", "c"], told));
    press("down", "enter", "up", "up", "right", "left", "delete", "down", "space");
    menu.handle(key("enter", { kind: "release" }));
    expect(told).toEqual(["enter b", "1 c", "-1 c", "remove c", "enter a"]);
  });

  test("goes back page by page, and closes all pages at once", () => {
    const { menu, told, press } = setUp();
    menu.open(pageOf("one", ["a"], told));
    menu.open(pageOf("two", ["b"], told));
    press("escape", "enter", "escape");
    expect(told).toEqual(["enter a", "closed"]);
    menu.open(pageOf("one", ["a"], told));
    menu.open(pageOf("two", ["b"], told));
    press("f1");
    expect(menu.isOpen).toBe(false);
    press("enter");
    expect(told).toEqual(["enter a", "closed", "closed"]);
  });

  test("wants the keys of a text, and any key that it asks for, before they do anything else", () => {
    const { menu, told } = setUp();
    const wanted = (...names: string[]) => names.map((name) => menu.wants(key(name)));
    expect(wanted("q")).toEqual([false]);
    menu.open(pageOf("one", ["a"], told));
    expect(wanted("q", "enter", "escape")).toEqual([false, false, false]);
    menu.askText("Name:", "", () => {});
    expect(wanted("q", "enter", "escape", "backspace", "f10")).toEqual([true, true, true, true, false]);
    expect(menu.wants(key("q", { control: true }))).toBe(false);
    menu.handle(key("escape"));
    menu.askKey("Key:", () => {});
    expect(wanted("q", "f10", "escape")).toEqual([true, true, true]);
    expect(menu.wants(key("c", { control: true }))).toBe(false);
    menu.handle(key("x"));
    let text = "";
    const filter = {
      get text() {
        return text;
      },
      set: (next: string) => {
        text = next;
      },
    };
    menu.open({ ...pageOf("games", ["a"], told), filter });
    expect(wanted("q", "space", "escape", "enter")).toEqual([true, false, false, false]);
    menu.handle(key("q"));
    expect(text).toBe("q");
    expect(wanted("q", "space", "escape", "enter")).toEqual([true, true, true, false]);
  });

  test("asks for text and for keys, which then do not move the selection", async () => {
    const { menu, told, press } = setUp();
    menu.open(pageOf("one", ["a", "b"], told));
    menu.askText("Name:", "x", (text) => told.push(`text ${text}`));
    press("down", "b", "backspace", "space");
    menu.handle(key("c", { shift: true }));
    expect((await shown(menu, 80, 24)).join("\n")).toContain(" Name: x C_");
    press("enter");
    menu.askText("Name:", "", (text) => told.push(`text ${text}`));
    press("escape");
    menu.askKey("Key:", (event) => told.push(`key ${event.key}`));
    press("left_shift", "escape");
    press("enter");
    expect(told).toEqual(["text x C", "key escape", "enter a"]);
  });

  test("reports failures of synchronous and asynchronous actions", async () => {
    const { menu, told } = setUp();
    const fail = async () => {
      await Bun.sleep(1);
      throw new Error("later");
    };
    menu.open({ title: "", entries: () => [{ label: "x", enter: fail, remove: () => JSON.parse("{") }] });
    menu.handle(key("delete"));
    menu.handle(key("enter"));
    await Bun.sleep(20);
    expect(told).toHaveLength(2);
    expect(told[1]).toBe("Error: later");
  });

  test.each([
    [80, 24],
    [32, 12],
    [200, 60],
  ])("shows where it is in a long list in %p columns and %p rows", async (columns, rows) => {
    const { menu, told, press } = setUp();
    const labels = Array.from(
      { length: 100 },
      (_, i) => `entry number ${i} with a name that is long enough to cut`,
    );
    menu.open(pageOf("many", labels, told));
    for (let i = 0; i < 57; i++) press("down");
    const text = await shown(menu, columns, rows);
    expect(text.join("\n")).toContain("entry number 57 ");
    expect(text.join("\n")).toContain("58/100");
    // The last row belongs to the status line.
    expect(text.at(-1)).toBe("");
    expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });
});

describe("a page with headings, sliders and explanations", () => {
  function openGroups() {
    const { menu, told, press } = setUp();
    let level = 3;
    const change = (by: -1 | 1) => {
      level += by;
    };
    const entries = () => [
      { label: "Start", group: "Play", about: "begin the game", enter: () => told.push("start") },
      { label: "Level", value: `${level}`, slider: level / 10, about: "how hard it is", change },
      { label: "Leave", group: "Rest", enter: () => told.push("leave") },
    ];
    menu.open({ title: "page", entries });
    const click = (row: number, column: number, button = 0) =>
      menu.handleMouse({ row, column, button, isDown: true });
    return { menu, told, press, click, level: () => level };
  }

  test("explains what is selected, and draws ranges as sliders", async () => {
    const { menu, press } = openGroups();
    const first = await shown(menu, 80, 24);
    expect(first[2]).toMatch(/^ {2}Play +Start$/);
    expect(first[3]).toMatch(/^ {14}Level +━━━━━●─{10} +3$/);
    expect(first[4]).toMatch(/^ {2}Rest +Leave$/);
    expect(first[21]).toBe("  begin the game");
    press("down", "right");
    await Bun.sleep(0);
    const second = await shown(menu, 80, 24);
    expect(second[3]).toMatch(/Level +━━━━━━●─{9} +4$/);
    expect(second[21]).toBe("  how hard it is");
    // Without room, sliders are left out, values are not, and one heading stands above the list.
    const small = await shown(menu, 40, 12);
    expect(small[3]).toMatch(/^ {2}Level +4$/);
    expect(small[1]).toMatch(/^ {34}Play$/);
    press("down");
    expect((await shown(menu, 40, 12))[1]).toMatch(/^ {34}Rest$/);
  });

  test("shows the heading beside the filter, unless the filter needs the room", async () => {
    const { menu } = setUp();
    let text = "";
    const filter = {
      get text() {
        return text;
      },
      set: () => {},
    };
    const entries = () => [{ label: "Swingby", group: "Built in" }];
    menu.open({ title: "Games", entries, filter });
    expect((await shown(menu, 40, 12))[2]).toMatch(/^ {2}type to find a game {9}Built in$/);
    text = "a name of many letters and words";
    expect((await shown(menu, 40, 12))[2]).toBe(`  Find: ${text}`.slice(0, 40));
  });

  test.each([
    [5, ["Games", "one", "two", "Enter"]],
    [4, ["Games", "one", "two"]],
    [3, ["Games", "one"]],
    [2, ["Games"]],
  ])("shows entries before keys and texts in a window of %d rows", async (rows, expected) => {
    const { menu, told } = setUp();
    menu.open(pageOf("Games", ["one", "two", "three", "four"], told));
    const lines = await shown(menu, 20, rows);
    expect(lines.slice(0, rows - 1).map((line) => line.trim().split(/ /)[0])).toEqual(expected);
    // A click hits what is shown.
    const click = (row: number) =>
      menu.handleMouse({ row, column: 3, button: 0, isDown: true } as MouseEvent);
    click(expected.indexOf("two"));
    expect(told).toEqual(rows > 3 ? ["enter two"] : []);
  });

  test("is used with the mouse", async () => {
    const { menu, told, click, level } = openGroups();
    await shown(menu, 80, 24);
    click(2, 20);
    click(3, 57);
    click(3, 60);
    click(3, 77);
    await Bun.sleep(0);
    expect(level()).toBe(2);
    for (const [row, column] of [
      [0, 20],
      [5, 20],
      [23, 0],
      [2, 79],
    ] as const)
      click(row, column);
    menu.handleMouse({ row: 0, column: 0, button: undefined, isDown: true, wheel: 1 });
    menu.handle(key("enter"));
    expect(told).toEqual(["start", "leave"]);
    click(2, 20, 2);
    expect(told.at(-1)).toBe("closed");
    expect(menu.isOpen).toBe(false);
  });

  test("takes clicks on the keys of its last line, and the right button leaves a question", async () => {
    const { menu, told, click } = openGroups();
    const removed: string[] = [];
    menu.open({
      title: "a page",
      hint: "Enter choose   Del remove   Esc back",
      entries: () => [
        { label: "one", remove: () => removed.push("one"), enter: () => removed.push("chosen") },
      ],
    });
    const last = (await shown(menu, 80, 24))[22]!;
    for (const part of ["Del", "Enter", "remove"]) click(22, last.indexOf(part));
    // Between two keys there is none.
    click(22, last.indexOf("Del") - 2);
    await Bun.sleep(0);
    expect(removed).toEqual(["one", "chosen", "one"]);
    menu.askText("Name:", "", () => removed.push("asked"));
    click(22, last.indexOf("Enter"));
    click(10, 10, 2);
    menu.handle(key("enter"));
    await Bun.sleep(0);
    expect(removed.slice(3)).toEqual(["chosen"]);
    click(22, last.indexOf("Esc"));
    expect(menu.title).not.toBe("a page");
    expect(told).toEqual([]);
  });
});

describe("the first page", () => {
  /** The page of a game with a disk and coins, and with these keys. */
  function openMain(bindings: typeof DEFAULT_BINDINGS, core?: object) {
    const { menu, told } = setUp();
    const session = {
      files: { name: "game", capturesFolder: "/captures" },
      captures: { isRecording: false },
      cheats: { active: [] },
      disk: true,
      arcade: { slotCount: 2 },
      screenshot: () => told.push("Screenshot"),
      toggleRecording: () => told.push("Record a video"),
      changeDisk: () => told.push("Next disk side"),
      insertCoin: () => told.push("Insert coin"),
      reset: (kind: string) => told.push(kind === "reset" ? "Reset" : kind),
    };
    const quit = () => told.push("Quit");
    const context = { menu, session, settings: {}, bindings, devices: {}, core, quit };
    const page = mainPage(context as unknown as MenuContext);
    return { menu, told, page };
  }

  /** The event of a key of the bindings. */
  function bound(name: string): KeyEvent {
    const plain = name.replace(/^ctrl\+/, "");
    if (plain === "?") return key("/", { shift: true, typed: "?" });
    return key(plain, { control: plain !== name });
  }

  test("offers cheats for NES games, but not for games of cores", () => {
    const labels = (core?: object) =>
      openMain(DEFAULT_BINDINGS, core)
        .page.entries()
        .map(({ label }) => label);
    expect(labels()).toContain("Cheats");
    expect(labels({ facts: { name: "core", options: [], devices: [] } })).not.toContain("Cheats");
  });

  test("does what it shows beside its entries, for each of their keys", async () => {
    const { menu, told, page } = openMain(DEFAULT_BINDINGS);
    const withKeys = page.entries().filter(({ keys }) => keys !== undefined);
    const labels = withKeys.map(({ label }) => label);
    expect(labels).toEqual([
      "Next disk side",
      "Insert coin",
      "Screenshot",
      "Record a video",
      "Reset",
      "Help: all keys",
      "Quit",
    ]);
    for (const { label, keys = [], value } of withKeys) {
      expect(value).toBe(labelOfKey(keys[0]!));
      for (const name of keys) {
        told.length = 0;
        menu.close();
        menu.open(page);
        menu.handle(bound(name));
        // A key that is held does it once.
        menu.handle({ ...bound(name), kind: "repeat" });
        await Bun.sleep(0);
        if (label.startsWith("Help")) expect([name, menu.title]).toEqual([name, "All keys"]);
        else expect([name, told.filter((text) => text !== "closed")]).toEqual([name, [label]]);
      }
    }
  });

  test("shows no key that moves in the menu", () => {
    const keys = { help: ["j", "f10"], reset: ["k"], quit: ["ctrl+k"] };
    const { menu, told, page } = openMain({ ...DEFAULT_BINDINGS, ...keys });
    const shownFor = (wanted: string) => page.entries().find(({ label }) => label === wanted)?.value;
    expect([shownFor("Help: all keys"), shownFor("Reset"), shownFor("Quit")]).toEqual([
      "F10",
      undefined,
      "Ctrl-K",
    ]);
    menu.open(page);
    menu.handle(key("k"));
    expect(told).toEqual([]);
    menu.handle(key("k", { control: true }));
    expect(told).toEqual(["Quit"]);
  });
});

describe("TextScreen", () => {
  test.each(["true", "256", "16", "mono"] as const)("shows the same text in %p colours", async (mode) => {
    const screen = new TextScreen(20, 4, mode);
    screen.write(1, 2, "wide 漢 and \x1b[2J", "title", 18);
    screen.write(2, 15, "cut at the edge", "key");
    screen.write(-1, 0, "outside", "plain");
    const terminal = new VirtualTerminal(20, 4);
    await terminal.write("x".repeat(20));
    await terminal.write(screen.encode());
    expect(terminal.text(0)).toBe("x".repeat(20));
    expect(terminal.text(1).trimEnd()).toBe("  wide 漢 and ?[2J");
    expect(terminal.text(2).trimEnd()).toBe(`${" ".repeat(15)}cut a`);
    expect(screen.showsPictures).toBe(false);
  });
});

test("finds the next entry that contains a text, on long pages", async () => {
  const { menu, told, press } = setUp();
  const labels = ["Balloon Fight.nes", "Castlevania.nes", "Castlevania II.nes", "Zelda.nes"];
  menu.open({ ...pageOf("games", labels, told), isSearchable: true });
  const find = async (...typed: string[]) => {
    press("/", ...typed, "enter");
    await Bun.sleep(0);
    press("enter");
  };
  await find(..."astle");
  // The search text is still there: searching again continues.
  await find();
  await find();
  await find(..."backspace".split(" "), ..."xx");
  expect(told.filter((line) => line.startsWith("enter"))).toEqual([
    "enter Castlevania.nes",
    "enter Castlevania II.nes",
    "enter Castlevania.nes",
    "enter Castlevania.nes",
  ]);
  expect(told.at(-2)).toContain("no entry contains astlxx");
  menu.open(pageOf("another", ["a"], told));
  press("/", "enter");
  expect(told.at(-1)).toBe("enter a");
});

describe("help", () => {
  const bindings = { ...DEFAULT_BINDINGS, "p2.start": ["f12"] };
  const pageFor = (arcade: object) =>
    helpPage({ bindings, devices: {}, core: {}, session: { disk: true, arcade } } as never);

  test("shows every key's use in a window of 80 columns, on one page, and nothing is cut", async () => {
    const { menu } = setUp();
    menu.open(pageFor({}));
    const text = (await shown(menu, 80, 24)).join("\n");
    const targets = Object.keys(DEFAULT_BINDINGS).filter(
      (target) => !isPanelButton(target) && target !== "screen",
    );
    for (const target of [...targets, "p2.start"]) {
      expect(text).toContain(describeTarget(target));
      expect(text).toContain(labelOfKey((target === "p2.start" ? ["f12"] : DEFAULT_BINDINGS[target]!)[0]!));
    }
    expect(text).not.toMatch(/\d+\/\d+|PlayChoice/);
  });

  test("fits a row less for a cartridge, without keys for disks, coins and other pads", async () => {
    const { menu } = setUp();
    const session = { disk: false, arcade: undefined };
    menu.open(helpPage({ bindings: DEFAULT_BINDINGS, devices: {}, core: undefined, session }));
    const text = (await shown(menu, 80, 23)).join("\n");
    for (const target of ["start", "turbo-b", "rewind", "interrupt"])
      expect(text).toContain(describeTarget(target));
    expect(text).not.toMatch(/\d+\/\d+|disk|arcade| [XYLR]$/m);
  });

  test.each([
    [40, 12],
    [20, 6],
  ])("scrolls to its end in %d x %d, and says where it is", async (columns, rows) => {
    const { menu, press } = setUp();
    menu.open(pageFor({ hasPanel: true }));
    const seen = new Set<string>();
    const first = await shown(menu, columns, rows);
    const [, last, lines = 0] = /(\d+)\/(\d+)$/.exec(first[0]!)!.map(Number);
    expect(last).toBe(rows - 3);
    // Narrow windows break keys and texts into lines.
    expect(lines).toBeGreaterThan(Object.keys(DEFAULT_BINDINGS).length);
    expect(first[rows - 2]).toBe(columns === 40 ? " Esc back   Up Down scroll   F1 close" : " Esc back");
    for (let i = 0; i < 2 * lines; i++) {
      for (const line of await shown(menu, columns, rows)) seen.add(line);
      press("down");
    }
    const unseen = Object.entries(DEFAULT_BINDINGS).filter(([target, [key = ""]]) => {
      const [first = ""] = describeTarget(target).split(" ");
      const [label = ""] = labelOfKey(key).split(" ");
      return ![...seen].some((line) => line.includes(label.slice(0, 6)) && line.includes(first.slice(0, 11)));
    });
    expect(unseen).toEqual([]);
    expect((await shown(menu, columns, rows))[0]).toEndWith(`${lines}/${lines}`);
    // Keys beyond the end are ignored.
    press("up");
    expect((await shown(menu, columns, rows))[0]).toEndWith(`${lines - 1}/${lines}`);
  });
});
