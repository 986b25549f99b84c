import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB } from "../../../src/emu/units.ts";
import { RomCache } from "../../../src/io/conform/rom-cache.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-rom-cache-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A ROM with bytes after its end, which loading ignores. */
function romOf(name: string, bytes = 0): string {
  const path = join(folder, name);
  const rom = new TestProgram().forever().toRom();
  writeFileSync(path, bytes === 0 ? rom : Buffer.concat([rom, Buffer.alloc(bytes)]));
  return path;
}

test("loads a ROM once", async () => {
  const roms = new RomCache();
  const rom = await roms.load(romOf("a.nes"), undefined);
  expect(await roms.load(rom.path, undefined)).toBe(rom);
  expect(await roms.load(rom.path, [])).not.toBe(rom);
});

test("does not remember a ROM that cannot be loaded", async () => {
  const roms = new RomCache();
  const path = join(folder, "later.nes");
  expect((await inputErrorFrom(roms.load(path, undefined))).kind).toBe("missing");
  romOf("later.nes");
  expect((await roms.load(path, undefined)).path).toBe(path);
});

test("forgets the ROM that was not used for longest", async () => {
  const roms = new RomCache();
  const load = (name: string) => roms.load(join(folder, name), undefined);
  for (const name of ["b.nes", "c.nes", "d.nes"]) romOf(name, 7 * MIB);
  const b = await load("b.nes");
  const c = await load("c.nes");
  expect(await load("b.nes")).toBe(b);
  await load("d.nes");
  expect(await load("b.nes")).toBe(b);
  expect(await load("c.nes")).not.toBe(c);
});
