import { expect, test } from "bun:test";
import { mkdir, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listKept, readState } from "../../../src/io/play/kept-states.ts";
import { StateSlots } from "../../../src/io/play/state-slots.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (contents: Uint8Array): string => new TextDecoder().decode(contents);

test("lists what slots have lost, and places, the newest first, and nothing else", async () => {
  const folder = temporaryFolder("kept");
  const names = ["slot-3.replaced", "slot-9.other", "earlier-1", "earlier-2", "slot-3", "resume"];
  for (let i = 0; i < 50; i++) names.push(`mine-${i}`);
  for (const [i, name] of names.entries()) {
    await writeFile(join(folder, `${name}.state`), name);
    await utimes(join(folder, `${name}.state`), 1000 + i, 1000 + i);
  }
  await writeFile(join(folder, "earlier-1.png"), "no picture");
  await mkdir(join(folder, "slot-1.replaced.state"));
  const kept = await listKept(folder);
  expect(kept.map(({ label }) => label)).toEqual([
    "Last position",
    "Earlier position",
    "Earlier position",
    "Slot 9, other emu",
    "Slot 3, before",
  ]);
  expect(textOf(await readState(kept[4]!.path))).toBe("slot-3.replaced");
  expect(kept[4]!.savedAt).toEqual(new Date(1_000_000));
  expect(kept[2]!.thumbnail).toBeUndefined();
});

test("the state behind a symbolic link is kept too", async () => {
  const folder = temporaryFolder("kept");
  await writeFile(join(folder, "elsewhere"), "first");
  await symlink("elsewhere", join(folder, "slot-4.state"));
  const slots = new StateSlots(folder);
  await slots.save(4, bytes("second"), bytes("picture"));
  expect(textOf(await slots.load(4))).toBe("second");
  expect(textOf(await readState(join(folder, "slot-4.replaced.state")))).toBe("first");
});

test("a folder that is missing has none", async () => {
  expect(await listKept(join(temporaryFolder("kept"), "nothing"))).toEqual([]);
});

test("the state that a save replaces is kept with its picture and its time", async () => {
  const folder = temporaryFolder("kept");
  const slots = new StateSlots(folder);
  await slots.save(2, bytes("first"), bytes("first picture"));
  expect(await listKept(folder)).toEqual([]);
  await utimes(join(folder, "slot-2.state"), 1000, 1000);
  await slots.list();
  await slots.save(2, bytes("second"), bytes("second picture"));
  const [kept, ...others] = await listKept(folder);
  expect(others).toEqual([]);
  expect(kept).toMatchObject({ label: "Slot 2, before", savedAt: new Date(1_000_000) });
  expect(textOf(await readState(kept!.path))).toBe("first");
  expect(await Bun.file(join(folder, "slot-2.replaced.png")).text()).toBe("first picture");
  expect(textOf(await slots.load(2))).toBe("second");
  // Without a picture of its own it does not keep an older one.
  await rm(join(folder, "slot-2.png"));
  await slots.save(2, bytes("third"), bytes("third picture"));
  expect((await readdir(folder)).sort()).toEqual(["slot-2.png", "slot-2.replaced.state", "slot-2.state"]);
});
