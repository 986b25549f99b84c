import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
