import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCheatFile } from "../../../src/io/play/cheat-file.ts";
import { CheatList } from "../../../src/io/play/cheat-list.ts";
import { cheatsPage } from "../../../src/io/play/menu/cheats-page.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("cheats are read, changed and stored, one code per line", async () => {
  const folder = await mkdtemp(join(tmpdir(), "emu-cheats-"));
  try {
    const path = join(folder, "deep", "cheats.txt");
    const none = new CheatList(path);
    await none.load();
    expect(none.entries).toEqual([]);
    none.add("sxiopo", "75:9");
    inputErrorOf(() => none.add("PAPAPA", "what"));
    expect(none.active).toEqual([
      { address: 0x91d9, value: 0xad },
      { address: 0x75, value: 9 },
    ]);
    none.toggle(0);
    await none.store();
    expect(await readFile(path, "utf8")).toBe("- SXIOPO\n75:9\n");
    await writeFile(path, "# lives\n-SXIOPO # off\n\n 0075:09\n");
    const read = new CheatList(path);
    await read.load();
    expect(read.entries.map(({ code, isOn }) => [code, isOn])).toEqual([
      ["SXIOPO", false],
      ["0075:09", true],
    ]);
    read.remove(0);
    expect(read.entries).toHaveLength(1);
    await writeFile(path, "SXIOPO\nnonsens\n");
    expect((await inputErrorFrom(read.load())).where).toBe(`${path}, line 2`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("lines of FCEUX's files and several codes in one text are added, all on", () => {
  const list = new CheatList("/nowhere/cheats.txt");
  list.add("S:0076:0A:Energy; all of it", "SC91D9:AD:01", "PAPAPA;75:9");
  expect(list.entries.map(({ code, isOn, name }) => [code, isOn, name])).toEqual([
    ["0076:0A", true, "Energy; all of it"],
    ["91D9?01:AD", true, ""],
    ["PAPAPA", true, ""],
    ["75:9", true, ""],
  ]);
  inputErrorOf(() => list.add("75:8;what"));
  expect(list.entries).toHaveLength(4);
});

test("the same cheat in another spelling is one cheat", async () => {
  const list = new CheatList("/nowhere/cheats.txt");
  list.addEach([
    { code: "SXIOPO", isOn: false, name: "Lives" },
    { code: "75:9", isOn: true },
    { code: "91D9?01:AD", isOn: true },
  ]);
  list.add("sxi-opo", "0075:09", "$91D9:AD");
  expect(list.entries.map(({ code, isOn, name }) => [code, isOn, name])).toEqual([
    ["91D9?01:AD", true, ""],
    ["$91D9:AD", true, "Lives"],
    ["0075:09", true, ""],
  ]);
  list.toggle(1);
  list.remove(2);
  expect(list.entries.map(({ code, isOn }) => [code, isOn])).toEqual([
    ["91D9?01:AD", true],
    ["$91D9:AD", false],
  ]);
});

test("a cheat is given a name in the menu, and loses it", async () => {
  const list = new CheatList(join(temporaryFolder("cheats"), "cheats.txt"));
  list.add("75:9", "76:1");
  const asked: string[] = [];
  let answer = " Energy\x1b[2J ";
  const menu = {
    askText: (prompt: string, initial: string, done: (text: string) => unknown) => {
      asked.push(`${prompt} ${initial}`);
      return done(answer);
    },
  };
  const session = { cheats: list, applyCheats: () => list.store() };
  const page = cheatsPage({ menu, session } as never);
  await page.entries()[2]!.mark!();
  expect(page.entries()[2]).toMatchObject({ label: "Energy?[2J", value: "75:9   on" });
  expect(await readFile(list.path, "utf8")).toBe("75:9 # Energy?[2J\n76:1\n");
  answer = "";
  await page.entries()[2]!.mark!();
  expect(await readFile(list.path, "utf8")).toBe("75:9\n76:1\n");
  expect(asked).toEqual(["What does 75:9 do? ", "What does 75:9 do? Energy?[2J"]);
});

test("names of cheats are kept and shown in the menu, safe to print", async () => {
  const folder = await mkdtemp(join(tmpdir(), "emu-cheats-"));
  try {
    const path = join(folder, "cheats.txt");
    const list = new CheatList(path);
    const { cheats } = parseCheatFile(
      'cheat0_desc = "Lives # 9\x1b[2J"\ncheat0_code = "SXIOPO"\ncheat0_enable = false\n75:9 # energy\n76:1\n',
    );
    list.addEach(cheats);
    // The same code without a name keeps the name that is there.
    list.add("75:9");
    await list.store();
    expect(await readFile(path, "utf8")).toBe("- SXIOPO # Lives # 9?[2J\n76:1\n75:9 # energy\n");
    const read = new CheatList(path);
    await read.load();
    expect(read.entries).toEqual(list.entries);
    const page = cheatsPage({ session: { cheats: read } } as never);
    expect(page.entries().map(({ label, value = "" }) => [label, value])).toEqual([
      ["Add a cheat", ""],
      ["Search memory", ""],
      ["Lives # 9?[2J", "SXIOPO   off"],
      ["76:1", "on"],
      ["energy", "75:9   on"],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
