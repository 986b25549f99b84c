import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { crc32 } from "../../../../src/emu/nes/cartridge/crc32.ts";
import { regionFromName } from "../../../../src/emu/nes/cartridge/database.ts";
import { KNOWN_GAMES } from "../../../../src/emu/nes/cartridge/database-games.ts";
import { readInes } from "../../../../src/emu/nes/cartridge/ines.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { forgeCrc32 } from "../../../support/forge-crc.ts";
import { buildRom, type RomRecipe } from "../../../support/rom-builder.ts";

/** A ROM that the database mistakes for another. */
function impostor(crc: number, recipe: RomRecipe): Uint8Array {
  const rom = buildRom(recipe);
  forgeCrc32(rom.subarray(16), crc);
  return rom;
}

test("CRC-32 has the standard value for any split", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      const both = new Uint8Array([...one, ...other]);
      expect(crc32([one, other])).toBe(Bun.hash.crc32(both));
    }),
  );
});

describe("games in the database", () => {
  test("board, submapper and RAM are corrected and reported", () => {
    const { image, overrides } = readInes(impostor(0x889129cb, { mapper: 4, flags6: 2 }), sha1Hex);
    expect(image).toMatchObject({ mapper: 4, submapper: 1, battery: true });
    expect(image).toMatchObject({ prgRamBytes: 0, prgNvramBytes: 1024 });
    expect(overrides).toEqual([
      "submapper 1 for 0, PRG non-volatile bytes 1024 for 8192: this is StarTropics (USA), " +
        "on HKROM: an MMC6 with 1 KiB of battery RAM inside",
    ]);
  });

  test("RAM follows the corrected board and battery", () => {
    const battery = readInes(impostor(0x3fe272fb, { mapper: 1, chrUnits: 0 }), sha1Hex);
    expect(battery.image).toMatchObject({ battery: true, prgRamBytes: 0, prgNvramBytes: 8192 });
    const board = readInes(impostor(0x5e66eaea, { mapper: 2, chrUnits: 0 }), sha1Hex);
    expect(board.image).toMatchObject({ mapper: 13, prgRamBytes: 0, chrRamBytes: 16384 });
  });

  test("a correct header is unchanged and nothing is reported", () => {
    const { image, overrides } = readInes(impostor(0x9ea1dc76, { mapper: 2 }), sha1Hex);
    expect(image.mapper).toBe(2);
    expect(overrides).toEqual([]);
  });

  test("NES 2.0 headers are trusted", () => {
    const { image, overrides } = readInes(impostor(0x889129cb, { mapper: 7, nes2: true }), sha1Hex);
    expect(image.mapper).toBe(7);
    expect(overrides).toEqual([]);
  });

  test("every checksum is well formed and listed once", () => {
    const all = KNOWN_GAMES.flatMap(({ games }) => Object.keys(games));
    expect(all.filter((crc) => !/^[0-9a-f]{8}$/.test(crc))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("regions by file names", () => {
  test.each([
    ["Game (E).nes", "pal"],
    ["Game (Europe) (En,Fr,De).nes", "pal"],
    ["Game (Germany).nes", "pal"],
    ["Game (USA).nes", "ntsc"],
    ["Game (Japan, USA).nes", "ntsc"],
    ["Game (USA, Europe).nes", undefined],
    ["Game (U) (E).nes", undefined],
    ["Game (PAL).nes", "pal"],
    ["Game (Dendy).nes", "dendy"],
    ["Game.nes", undefined],
    ["Europe.nes", undefined],
  ] as const)("%s: %p", (name, region) => {
    expect(regionFromName(name)).toBe(region);
  });

  test("they apply only to iNES 1.0 headers without a region", () => {
    expect(readRom(buildRom(), "Game (E).nes")).toMatchObject({
      image: { region: "pal" },
      overrides: ["region pal for ntsc: a guess from the file's name, --region decides"],
    });
    expect(readRom(buildRom({ nes2: true }), "Game (E).nes")).toMatchObject({
      image: { region: "ntsc" },
      overrides: [],
    });
    expect(readRom(buildRom({ bytes: { 9: 1 } }), "Game (U).nes").image.region).toBe("pal");
  });
});
