/** Tests of two emus that play the same game and write to the same files. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheatList } from "../../../src/io/play/cheat-list.ts";
import { ConfigFile } from "../../../src/io/play/config-file.ts";
import { GameHistory } from "../../../src/io/play/games/game-history.ts";
import { StateSlots } from "../../../src/io/play/state-slots.ts";

const top = mkdtempSync(join(tmpdir(), "emu-two-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (contents: Uint8Array): string => new TextDecoder().decode(contents);

describe("states", () => {
  test("that another emu has saved meanwhile are renamed, not overwritten", async () => {
    const folder = join(top, "states");
    const [a, b] = [new StateSlots(folder), new StateSlots(folder)];
    expect(await a.save(1, bytes("from a"), bytes("picture of a"))).toBeUndefined();
    expect(await b.save(1, bytes("from b"), bytes("picture of b"))).toBe("slot-1.other.state");
    expect(readFileSync(join(folder, "slot-1.other.state"), "utf8")).toBe("from a");
    expect(readFileSync(join(folder, "slot-1.other.png"), "utf8")).toBe("picture of a");
    expect(readdirSync(folder).sort()).toEqual([
      "slot-1.other.png",
      "slot-1.other.state",
      "slot-1.png",
      "slot-1.state",
    ]);
  });

  test("are listed only when they are on the disk", async () => {
    const slots = new StateSlots(join(top, "listed"));
    const saving = slots.save(4, bytes("state"), bytes("picture"));
    expect((await slots.list()).map(({ slot }) => slot)).toEqual([4]);
    expect(await saving).toBeUndefined();
  });

  test("are overwritten if the player has seen them: listed, loaded or saved", async () => {
    const folder = join(top, "seen");
    const [a, b] = [new StateSlots(folder), new StateSlots(folder)];
    await a.save(2, bytes("1"), bytes(""));
    await b.list();
    expect(await b.save(2, bytes("2"), bytes(""))).toBeUndefined();
    expect(textOf(await a.load(2))).toBe("2");
    expect(await a.save(2, bytes("3"), bytes(""))).toBeUndefined();
    expect(await a.save(2, bytes("4"), bytes(""))).toBeUndefined();
    expect(await new StateSlots(folder).save(2, bytes("5"), bytes(""))).toBeUndefined();
    expect(textOf(await a.load(2))).toBe("5");
  });

  test("and their pictures belong together, whoever saves last", async () => {
    const folder = join(top, "pairs");
    const slots = Array.from({ length: 4 }, () => new StateSlots(folder));
    await Promise.all(slots.map((each, i) => each.save(0, bytes(`state ${i}`), bytes(`picture ${i}`))));
    const last = readFileSync(join(folder, "slot-0.state"), "utf8").slice(-1);
    expect(readFileSync(join(folder, "slot-0.png"), "utf8")).toBe(`picture ${last}`);
  });
});

test("each keeps the cheats that the other has added, turned off or removed", async () => {
  const path = join(top, "cheats.txt");
  const a = new CheatList(path);
  a.add("0010:01", "0020:02", "0030:03");
  await a.store();
  const b = new CheatList(path);
  await b.load();
  a.add("0040:04");
  await a.store();
  b.toggle(0);
  b.remove(1);
  await b.store();
  expect(readFileSync(path, "utf8")).toBe("- 0010:01\n0030:03\n0040:04\n");
  expect(b.entries.map(({ code }) => code)).toEqual(["0010:01", "0030:03", "0040:04"]);
  a.toggle(2);
  await a.store();
  expect(readFileSync(path, "utf8")).toBe("- 0010:01\n- 0030:03\n0040:04\n");
});

test("each keeps the settings that the other has changed", async () => {
  const path = join(top, "config.toml");
  const [a, b] = [new ConfigFile(path), new ConfigFile(path)];
  await Promise.all([
    a.set("volumePercent", 35),
    b.set("scale", "integer"),
    a.setKeys("p2.a", ["1"]),
    b.set("hue", 10),
    a.set("slowPercent", 30),
  ]);
  const settings = await a.load();
  expect(settings).toMatchObject({ volumePercent: 35, scale: "integer", hue: 10, slowPercent: 30 });
  expect(settings.keys["p2.a"]).toEqual(["1"]);
});

test("each keeps what the other has played", async () => {
  const path = join(top, "games.json");
  const games = Array.from({ length: 8 }, (_, i) => join(top, `${i}.nes`));
  await Promise.all(games.map((game) => new GameHistory(path).change(game, () => ({ playedSeconds: 5 }))));
  expect([...(await new GameHistory(path).list()).keys()].sort()).toEqual(games);
});
