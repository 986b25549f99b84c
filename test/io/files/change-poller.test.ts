import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangePoller, stampsOf } from "../../../src/io/files/change-poller.ts";
import { RomWatcher } from "../../../src/io/files/roms/rom-watcher.ts";

const root = mkdtempSync(join(tmpdir(), "emu-poller-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Waits until `isTrue`, however long it takes. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await Bun.sleep(10);
}

test("a ROM is rebuilt in a folder that is removed and made again", async () => {
  const build = join(root, "build");
  const rom = join(build, "game.nes");
  let rebuilt = 0;
  mkdirSync(build);
  writeFileSync(rom, "one");
  const watcher = new RomWatcher(rom, () => rebuilt++);
  try {
    await watcher.ready;
    for (const text of ["second", "the third"]) {
      const before = rebuilt;
      rmSync(build, { recursive: true });
      mkdirSync(build);
      writeFileSync(join(build, "other.nes"), text);
      writeFileSync(rom, text);
      await until(() => rebuilt > before);
    }
    writeFileSync(join(build, "game.dbg"), "debug information");
    await until(() => rebuilt === 3);
  } finally {
    watcher.close();
  }
});

test("while the ROM is missing, nothing is told", async () => {
  const folder = join(root, "missing");
  mkdirSync(folder);
  const rom = join(folder, "game.nes");
  writeFileSync(rom, "one");
  const told: string[] = [];
  const watcher = new RomWatcher(rom, () => told.push("rebuilt"));
  // It looks at the same files at the same times, and tells of each change.
  const seen: string[] = [];
  const poller = new ChangePoller(
    () => stampsOf(folder, () => true),
    (changed) => seen.push(...changed),
  );
  try {
    await Promise.all([watcher.ready, poller.ready]);
    rmSync(rom);
    await until(() => seen.length > 0);
    expect(told).toEqual([]);
    writeFileSync(rom, "another");
    await until(() => told.length > 0);
    expect(told).toEqual(["rebuilt"]);
  } finally {
    watcher.close();
    poller.close();
  }
});
