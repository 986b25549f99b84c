import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSaveFile, SaveFile } from "../../../src/io/files/save-file.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-save-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHA1 = "0123456789abcdef0123456789abcdef01234567";

describe("battery saves", () => {
  test("there is no save at first; a stored save is found, even under another title", async () => {
    const saves = join(folder, "saves");
    const first = await findSaveFile(SHA1, "My Game (E) [!].nes", 4, saves);
    expect(await first.load()).toBeUndefined();
    await first.store(new Uint8Array([1, 2, 3, 4]));
    expect(readdirSync(saves)).toEqual([`My-Game-(E).${SHA1}.sav`]);
    const again = await findSaveFile(SHA1, "renamed.nes", 4, saves);
    expect(await again.load()).toEqual(new Uint8Array([1, 2, 3, 4]));
  });

  test("the stored copy does not follow the machine's memory", async () => {
    const save = new SaveFile(join(folder, "copy.sav"), 2);
    const memory = new Uint8Array([1, 2]);
    const storing = save.store(memory);
    memory[0] = 9;
    await storing;
    expect(await save.load()).toEqual(new Uint8Array([1, 2]));
  });

  test("an unchanged memory is not written again", async () => {
    const save = new SaveFile(join(folder, "same.sav"), 2);
    await save.store(new Uint8Array([1, 2]));
    const inode = statSync(save.path).ino;
    await save.store(new Uint8Array([1, 2]));
    expect(statSync(save.path).ino).toBe(inode);
    await save.store(new Uint8Array([1, 3]));
    expect(await save.load()).toEqual(new Uint8Array([1, 3]));
  });

  test.each([
    [3, "the save holds 3 bytes, the cartridge keeps 4"],
    [5, "the save holds 5 bytes, the cartridge keeps 4"],
  ])("a file of %i bytes is rejected and not changed", async (bytes, message) => {
    const path = join(folder, `wrong-${bytes}.sav`);
    writeFileSync(path, new Uint8Array(bytes));
    const error = await inputErrorFrom(new SaveFile(path, 4).load());
    expect(error).toMatchObject({ kind: "data", message, where: path });
    expect(statSync(path).size).toBe(bytes);
  });

  test("titles make safe file names", async () => {
    const name = async (title: string) => (await findSaveFile(SHA1, title, 4, "/x")).path;
    expect(await name("../../etc/passwd")).toBe(`/x/game.${SHA1}.sav`);
    expect(await name("\u001b[2J.nes")).toBe(`/x/2J.${SHA1}.sav`);
    expect(await name("ゼルダ.nes")).toBe(`/x/ゼルダ.${SHA1}.sav`);
  });
});

describe("the memory of a device", () => {
  const turbo = { device: "turbo-file", bytes: 4 };
  const box = { device: "battle-box", bytes: 2 };

  test("follows the cartridge's, and each device finds its own", async () => {
    const path = join(folder, "device.sav");
    const cartridge = new SaveFile(path, 3);
    await cartridge.load();
    await cartridge.store(Uint8Array.of(1, 2, 3));
    const withTurbo = new SaveFile(path, 7, turbo);
    expect([...(await withTurbo.load())!]).toEqual([1, 2, 3, 0, 0, 0, 0]);
    await withTurbo.store(Uint8Array.of(1, 2, 3, 9, 8, 7, 6));
    const withBox = new SaveFile(path, 5, box);
    expect([...(await withBox.load())!]).toEqual([1, 2, 3, 0, 0]);
    await withBox.store(Uint8Array.of(4, 5, 6, 21, 22));
    // Without a device, what devices hold stays in the file.
    const plain = new SaveFile(path, 3);
    expect([...(await plain.load())!]).toEqual([4, 5, 6]);
    await plain.store(Uint8Array.of(7, 7, 7));
    expect([...(await new SaveFile(path, 7, turbo).load())!]).toEqual([7, 7, 7, 9, 8, 7, 6]);
    expect([...(await new SaveFile(path, 5, box).load())!]).toEqual([7, 7, 7, 21, 22]);
  });

  test("a cartridge without a battery has a file for the device alone", async () => {
    const path = join(folder, "alone.sav");
    const file = new SaveFile(path, 4, turbo);
    expect(await file.load()).toBeUndefined();
    await file.store(Uint8Array.of(1, 2, 3, 4));
    expect([...(await new SaveFile(path, 4, turbo).load())!]).toEqual([1, 2, 3, 4]);
  });

  test("other bytes after the cartridge's are a save of another size", async () => {
    const path = join(folder, "odd.sav");
    const whole = new SaveFile(path, 7, turbo);
    await whole.load();
    await whole.store(Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    const bytes = await Bun.file(path).bytes();
    for (let length = 0; length < bytes.length; length++) {
      if (length === 3) continue;
      await Bun.write(path, bytes.subarray(0, length));
      const error = await new SaveFile(path, 7, turbo).load().catch((caught) => caught);
      expect([length, error]).toMatchObject([length, { kind: "data" }]);
    }
    await Bun.write(path, bytes.with(3, 0xff));
    expect(await new SaveFile(path, 7, turbo).load().catch((caught) => caught)).toMatchObject({
      kind: "data",
    });
  });
});
