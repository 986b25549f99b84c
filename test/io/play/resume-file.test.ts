import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ResumeFile } from "../../../src/io/play/resume-file.ts";

const STATE = new Uint8Array([2, 7, 9]);
const BATTERY = new Uint8Array([1, 2, 3, 4]);

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emu-resume-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("returns what was stored last, to a game with the same battery save", async () => {
  const file = new ResumeFile(join(folder, "states"));
  expect(await file.load(undefined)).toBeUndefined();
  await file.store(new Uint8Array([1]), undefined, undefined);
  await file.store(STATE, BATTERY, undefined);
  const point = await new ResumeFile(join(folder, "states")).load(BATTERY.slice());
  expect([...point!.state]).toEqual([...STATE]);
  expect(point).toMatchObject({ thumbnail: undefined, isCurrent: true });
  expect(Math.abs(point!.savedAt.getTime() - Date.now())).toBeLessThan(60_000);
});

test.each([
  ["another one", new Uint8Array([1, 2, 3, 5])],
  ["none", undefined],
])("a battery save that is now %s makes it outdated", async (_, battery) => {
  const file = new ResumeFile(folder);
  await file.store(STATE, BATTERY, undefined);
  expect(await file.load(battery)).toMatchObject({ isCurrent: false });
});

test.each([
  ["resume.state", "xyz"],
  ["resume.json", "{"],
  ["resume.json", "null"],
  ["resume.json", "[1]"],
  ["resume.json", '{"state":1,"battery":"","savedAt":""}'],
  ["resume.json", "x".repeat(5000)],
])("%s with other contents (%#) is no point, and no error", async (name, text) => {
  const file = new ResumeFile(folder);
  await file.store(STATE, undefined, undefined);
  await writeFile(join(folder, name), text);
  expect(await file.load(undefined)).toBeUndefined();
});

test("earlier positions are kept, the latest as number 1, up to five", async () => {
  const file = new ResumeFile(folder);
  await file.setAside();
  for (let i = 1; i <= 7; i++) {
    await file.store(new Uint8Array([i]), undefined, i === 4 ? undefined : new Uint8Array([10 + i]));
    await file.setAside();
    await file.setAside();
    expect(await file.load(undefined)).toBeUndefined();
  }
  const contents = async (name: string) => [...(await readFile(join(folder, name)).catch(() => []))];
  expect(await Promise.all([1, 2, 3, 4, 5, 6].map((i) => contents(`earlier-${i}.state`)))).toEqual([
    [7],
    [6],
    [5],
    [4],
    [3],
    [],
  ]);
  // A state without a picture does not get that of another one.
  expect(await Promise.all([1, 4, 5].map((i) => contents(`earlier-${i}.png`)))).toEqual([[17], [], [13]]);
});
