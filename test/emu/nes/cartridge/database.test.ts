import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { crc32 } from "../../../../src/emu/nes/cartridge/crc32.ts";
import { regionFromName } from "../../../../src/emu/nes/cartridge/database.ts";
import { KNOWN_GAMES } from "../../../../src/emu/nes/cartridge/database-games.ts";
import { readInes } from "../../../../src/emu/nes/cartridge/ines.ts";
import { supportGaps } from "../../../../src/emu/nes/cartridge/support.ts";
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

  /** Wrong headers in bug reports to Mesen, FCEUmm, Nestopia, puNES, MiSTer and jgenesis. */
  test.each([
    [0xcbf4366f, 118, 158],
    [0xc68363f6, 2, 180],
    [0xe1526228, 4, 206],
    [0xa5e6baf9, 4, 206],
    [0x2a01f9d1, 4, 206],
    [0x07d92c31, 4, 118],
    [0xe40dfb7e, 4, 116],
    [0xc9371ebb, 4, 116],
    [0x0e76e4c1, 0, 190],
    [0x39ab0fc7, 4, 64],
    [0x40c0ad47, 33, 48],
    [0x10119e6b, 2, 93],
    [0xa21e675c, 241, 34],
    [0xe46b1c5d, 66, 140],
    [0x6bc65d7e, 66, 140],
    [0x894efdbc, 16, 157],
    [0xe170404c, 16, 159],
    [0x4e1c1e3c, 4, 206],
    [0xd2699893, 4, 88],
    [0x96ce586e, 4, 189],
    [0xf46ef39a, 4, 37],
    [0x6a03d3f3, 4, 114],
    [0x318e5502, 4, 121],
    [0xe4a291ce, 23, 27],
  ])("%d with mapper %i has the board of mapper %i", (crc, header, mapper) => {
    const { image } = readInes(impostor(crc, { mapper: header }), sha1Hex);
    expect(image.mapper).toBe(mapper);
    expect(supportGaps(image)).toEqual([]);
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
