import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../../../src/emu/input-error.ts";
import { loadRom } from "../../../../src/io/files/roms/rom-file.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { Prng } from "../../../support/prng.ts";
import { buildRar } from "../../../support/rar-builder.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { soakSize } from "../../../support/soak.ts";

const FIXTURES = join(import.meta.dir, "../../../fixtures/archives");
const folder = mkdtempSync(join(tmpdir(), "emu-packed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string): string => join(FIXTURES, name);

test("a RAR archive", async () => {
  const path = join(folder, "game.rar");
  writeFileSync(path, buildRar({ "readme.txt": new Uint8Array(9), "game.nes": buildRom({ mapper: 2 }) }));
  const rom = await loadRom(path);
  expect(rom).toMatchObject({ container: "rar", fileName: "game.nes" });
  expect(rom.image).toMatchObject({ mapper: 2 });
  writeFileSync(path, buildRar({ "game.nes": buildRom() }).subarray(0, 5000));
  expect((await inputErrorFrom(loadRom(path))).message).toStartWith("the rar archive cannot be read");
});

test("an archive of more than 1,024 files is rejected", async () => {
  const path = join(folder, "many.rar");
  const texts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.txt`, new Uint8Array(1)]));
  writeFileSync(path, buildRar({ ...texts(1023), "game.nes": buildRom() }));
  expect((await loadRom(path)).fileName).toBe("game.nes");
  writeFileSync(path, buildRar({ ...texts(1024), "game.nes": buildRom() }));
  expect((await inputErrorFrom(loadRom(path))).message).toEndWith("more than 64 MiB or 1024 files");
});

describe("7z archives", () => {
  test.each(["one.7z", "ppmd.7z", "bzip2.7z"])("%s holds one ROM", async (name) => {
    const rom = await loadRom(fixture(name));
    expect(rom).toMatchObject({ container: "7z", fileName: "small.nes", fileBytes: 16 + 24 * 1024 });
    expect(rom.image.mapper).toBe(0);
  });

  test("one of several is chosen by name", async () => {
    const error = await inputErrorFrom(loadRom(fixture("two.7z")));
    expect(error.message).toBe("the 7z archive has 2 ROMs: other.nes, small.nes");
    expect(error.remedy).toBe("choose one: archive.7z#name");
    expect((await loadRom(`${fixture("two.7z")}#other.nes`)).fileName).toBe("other.nes");
    expect((await inputErrorFrom(loadRom(`${fixture("two.7z")}#absent.nes`))).message).toBe(
      "the 7z archive has no absent.nes: other.nes, small.nes",
    );
  });

  test.each([
    ["text.7z", "the 7z archive has no ROM: readme.txt"],
    ["encrypted.7z", "the 7z archive is encrypted"],
    ["encrypted-names.7z", /^the 7z archive (?:cannot be read|has no ROM)/],
    ["bomb.7z", "the 7z archive unpacks to more than 64 MiB or 1024 files"],
  ])("%s is rejected", async (name, message) => {
    const error = await inputErrorFrom(loadRom(fixture(name)));
    expect([error.kind, error.where]).toEqual(["data", fixture(name)]);
    expect(error.message).toMatch(message);
  });

  test("damaged ones are read or rejected", async () => {
    const random = new Prng(20261128);
    const whole = readFileSync(fixture("one.7z"));
    const path = join(folder, "damaged.7z");
    let refused = 0;
    const runs = soakSize(60, 10_000);
    for (let run = 0; run < runs; run++) {
      const bytes = whole.slice(0, random.below(4) === 0 ? 6 + random.below(whole.length - 6) : whole.length);
      for (let count = random.below(6); count > 0; count--)
        bytes[6 + random.below(bytes.length - 6)] = random.byte();
      writeFileSync(path, bytes);
      try {
        await loadRom(path);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(runs / 4);
  }, 1_800_000);
});
