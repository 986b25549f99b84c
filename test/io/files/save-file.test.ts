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
