import { describe, expect, test } from "bun:test";
import type { Cheat } from "../../../../src/emu/machine.ts";
import { CheatList } from "../../../../src/io/play/cheat-list.ts";
import type { MenuContext } from "../../../../src/io/play/menu/context.ts";
import type { MenuEntry } from "../../../../src/io/play/menu/page.ts";
import { searchPage } from "../../../../src/io/play/menu/search-page.ts";
import { NO_PRG_OFFSET, NO_SYMBOLS, Symbols } from "../../../../src/io/symbols/symbols.ts";

/** A game with RAM, and what its player is told. */
function setUp(symbols: Symbols = NO_SYMBOLS) {
  const ram = new Uint8Array(0x10000);
  const told: string[] = [];
  const applied: (readonly Cheat[])[] = [];
  let answer: ((text: string) => unknown) | undefined;
  const cheats = new CheatList("/nowhere");
  const session = {
    client: { peek: async (_: string, at: number, length: number) => ram.slice(at, at + length) },
    cheats,
    applyCheats: async () => applied.push(cheats.active),
    notify: (text: string) => told.push(text),
  };
  const menu = {
    askText: (_prompt: string, _initial: string, done: (text: string) => unknown) => {
      answer = done;
    },
  };
  const open = () => searchPage({ menu, session, symbols: async () => symbols } as unknown as MenuContext);
  const choose = async (entries: readonly MenuEntry[], label: string, text?: string): Promise<void> => {
    await entries.find((entry) => entry.label.startsWith(label))!.enter!();
    if (text !== undefined) answer!(text);
  };
  return { ram, told, applied, open, choose };
}

describe("the search of memory", () => {
  test("lives are found in three steps, and a cheat keeps them", async () => {
    const { ram, told, applied, open, choose } = setUp();
    ram[0x75] = 3;
    ram[0x300] = 3;
    ram[0x6010] = 3;
    let page = await open();
    expect(page.state!()).toBe("10240 left");
    await choose(page.entries(), "Equal to", "3");
    expect(page.state!()).toBe("3 left");
    ram[0x75] = 2;
    ram[0x6010] = 9;
    page = await open();
    await choose(page.entries(), "Less than before");
    const place = page.entries().find(({ label }) => label.startsWith("$"))!;
    expect(place).toMatchObject({ label: "$0075", value: "2" });
    await place.enter!();
    expect(applied).toEqual([[{ address: 0x75, value: 2 }]]);
    expect(told.at(-1)).toContain("0075:02");
    expect(page.entries().some(({ label }) => label === "$0075  (cheat)")).toBe(true);
  });

  test("a score in digits is found and kept whole, and Enter lets it go", async () => {
    const { ram, applied, open, choose } = setUp();
    ram.set([0, 0, 0, 1, 5, 0], 0x304);
    let page = await open();
    page.entries().find(({ label }) => label === "Search for")!.change!(-1);
    page = await open();
    await choose(page.entries(), "Equal to", "150");
    const place = page.entries().find(({ label }) => label.startsWith("$0304"))!;
    expect([place.value, page.state!()]).toEqual(["150", "1 left"]);
    await place.enter!();
    expect(applied.at(-1)).toEqual([0, 0, 0, 1, 5, 0].map((value, at) => ({ address: 0x304 + at, value })));
    await page.entries().find(({ label }) => label.startsWith("$0304"))!.enter!();
    expect(applied.at(-1)).toEqual([]);
  });

  test("a step can be taken back", async () => {
    const { ram, told, open, choose } = setUp();
    ram[0x75] = 3;
    let page = await open();
    await choose(page.entries(), "Equal to", "3");
    await choose(page.entries(), "Changed");
    expect(told.at(-1)).toContain("undo the last step");
    await choose(page.entries(), "Undo the last step");
    page = await open();
    expect(page.entries().some(({ label }) => label === "$0075")).toBe(true);
    await choose(page.entries(), "Undo the last step");
    expect(page.state!()).toBe("2048 left");
    expect(page.entries().some(({ label }) => label.startsWith("Take"))).toBe(false);
  });

  test("RAM of the cartridge is searched once the game uses it, unless a search goes on", async () => {
    const { ram, open, choose } = setUp();
    ram.fill(0x60, 0x6000, 0x8000);
    let page = await open();
    expect(page.state!()).toBe("2048 left");
    await choose(page.entries(), "Equal to", "0");
    ram[0x7fff] = 3;
    page = await open();
    expect(page.state!()).toBe("2048 left");
    await choose(page.entries(), "Undo the last step");
    expect((await open()).state!()).toBe("2048 left");
    await choose(page.entries(), "Start again");
    expect(page.state!()).toBe("10240 left");

    const unused = setUp();
    expect((await unused.open()).state!()).toBe("2048 left");
    unused.ram[0x6000] = 1;
    expect((await unused.open()).state!()).toBe("10240 left");
  });

  test("places have the names of the build", async () => {
    const lives = { name: "lives", address: 0x30a, bytes: 1, isLabel: true, prgOffset: NO_PRG_OFFSET };
    const symbols = new Symbols({ symbols: [lives as never], files: [], lines: [], routines: [] });
    const { ram, open, choose } = setUp(symbols);
    ram[0x30a] = 3;
    const page = await open();
    await choose(page.entries(), "Equal to", "3");
    expect(page.entries().at(-1)!.label).toBe("$030A  lives");
  });

  test("values that have changed since the last search are shown with both", async () => {
    const { ram, open, choose } = setUp();
    ram[0x10] = 7;
    let page = await open();
    await choose(page.entries(), "Equal to", "$07");
    ram[0x10] = 8;
    page = await open();
    expect(page.entries().find(({ label }) => label === "$0010")!.value).toBe("7 → 8");
    await choose(page.entries(), "Grown by", "1");
    expect(page.state!()).toBe("1 left");
    await choose(page.entries(), "Start again");
    expect(page.state!()).toBe("2048 left");
  });

  test.each(["", "x", "$", "--1", "3 lives"])("%p is no number", async (text) => {
    const { open, choose } = setUp();
    const page = await open();
    await expect(choose(page.entries(), "Equal to", text)).rejects.toThrow("not a number");
  });
});
