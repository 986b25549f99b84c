import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { CheatList } from "../../../src/io/play/cheat-list.ts";
import { loadDips, storeDips } from "../../../src/io/play/dip-file.ts";
import { dipsPage } from "../../../src/io/play/menu/dips-page.ts";
import { PlaySession } from "../../../src/io/play/play-session.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder("dips");

test("switches come back as they were stored", async () => {
  const path = join(folder, "round-trip", "game.txt");
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(8, 16), fc.nat(0xffff), async (count, value) => {
      const dips = value & ((1 << count) - 1);
      await storeDips(path, dips, count);
      expect(await loadDips(path, count)).toBe(dips);
      await expect(loadDips(path, 24 - count)).rejects.toThrow(`is not a line of ${24 - count} switches`);
    }),
    { numRuns: 20 },
  );
});

test.each([
  "1",
  "1000000",
  "100000000",
  "1000000x",
  "ten",
  "10000000\n10000000",
  "\0".repeat(8),
  "1".repeat(2000),
])("a file with %p is an error, and storing switches replaces it", async (text) => {
  const path = join(folder, "other.txt");
  writeFileSync(path, text);
  await expect(loadDips(path, 8)).rejects.toMatchObject({ kind: "data", where: path });
  await storeDips(path, 3, 8);
  expect(await loadDips(path, 8)).toBe(3);
});

test("without a file there are none, and none in an empty one", async () => {
  const path = join(folder, "empty.txt");
  writeFileSync(path, "");
  expect(await loadDips(path, 8)).toBeUndefined();
  expect(await loadDips(join(folder, "missing.txt"), 8)).toBeUndefined();
});

/** A session of an arcade game without named switches, and the switches that its machine got. */
function arcade(switchCount: number, dipsPath?: string) {
  const set: number[] = [];
  const client = {
    ready: { coins: { slotCount: 2, switches: [], switchCount, dips: 0 } },
    setDips: async (dips: number) => void set.push(dips),
  };
  const files = { name: "game", statesFolder: folder, capturesFolder: folder, cheats: {} as CheatList };
  const stored = dipsPath === undefined ? files : { ...files, dipsPath };
  return { session: new PlaySession(client as never, DEFAULT_SETTINGS, stored, () => {}), set };
}

test("the menu has a line for each switch, and stores what it sets", async () => {
  const path = join(folder, "menu.txt");
  const { session, set } = arcade(16, path);
  const entries = dipsPage({ session } as never).entries();
  expect(entries.map(({ label }) => label).slice(0, 16)).toEqual(
    Array.from({ length: 16 }, (_, at) => `Switch ${at + 1}`),
  );
  await entries[0]!.change!(1);
  await entries[8]!.change!(1);
  expect(set).toEqual([0x0001, 0x0101]);
  expect(readFileSync(path, "utf8")).toBe("1000000010000000\n");
  expect(await loadDips(path, 16)).toBe(0x0101);
});

test("without a place for them, switches are set all the same", async () => {
  const { session, set } = arcade(8);
  await session.setDips(3);
  expect(set).toEqual([3]);
});
