import { describe, expect, test } from "bun:test";
import { printable, printablePath, shellWord, shortList } from "../../../src/io/files/text.ts";

const LONG = `/folder/${"deep/".repeat(100)}game.nes`;

test("printable shortens long names, printablePath does not; neither lets control characters through", () => {
  expect(printable(LONG).length).toBeLessThanOrEqual(120);
  expect(printablePath(LONG)).toBe(LONG);
  expect([printable("a\x1b[2Jb\n"), printablePath("a\x1b[2Jb\n")]).toEqual(["a?[2Jb?", "a?[2Jb?"]);
});

describe("shellWord", () => {
  test.each([
    "game.nes",
    "my game.nes",
    "it's.nes",
    "$HOME `id`.nes",
    "a;b&c|d.nes",
    "Pokémon.nes",
    "games.zip#fix.ips",
    "#1.nes",
    "-x.nes",
    "",
    LONG,
  ])("is read back by a shell: %j", (path) => {
    const { stdout } = Bun.spawnSync(["sh", "-c", `printf %s ${shellWord(path)}`]);
    expect(stdout.toString()).toBe(path);
  });

  test("quotes only what needs it", () => {
    expect([shellWord("roms/a-1.nes"), shellWord("a b")]).toEqual(["roms/a-1.nes", "'a b'"]);
    expect([shellWord("a.zip#b.ips"), shellWord("#1.nes")]).toEqual(["a.zip#b.ips", "'#1.nes'"]);
  });
});

test("a short list counts the names that it leaves out", () => {
  expect(shortList(["a", "b"], 2)).toBe("a, b");
  expect(shortList(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
});
