import { describe, expect, test } from "bun:test";
import { parseInes, readInes } from "../../../../src/emu/nes/cartridge/ines.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { buildRom, type RomRecipe } from "../../../support/rom-builder.ts";

const KIB = 1024;
const parse = (recipe: RomRecipe) => parseInes(buildRom(recipe), sha1Hex);

describe("iNES 1.0", () => {
  test("ROMs are cut where the header says", () => {
    const rom = buildRom({ prgUnits: 2, chrUnits: 1 });
    const image = parseInes(rom, sha1Hex);
    expect(image.prgRom).toEqual(rom.subarray(16, 16 + 32 * KIB));
    expect(image.chrRom).toEqual(rom.subarray(16 + 32 * KIB));
    expect(image.sha1).toBe(sha1Hex([rom.subarray(16)]));
    expect(image).toMatchObject({ format: "ines", mapper: 0, exactHeader: false, region: "ntsc" });
  });

  test.each([
    [0, "horizontal"],
    [1, "vertical"],
    [8, "four-screen"],
    [9, "four-screen"],
  ] as const)("flags %i mean %s mirroring", (flags6, mirroring) => {
    expect(parse({ flags6, mapper: 4 }).mirroring).toBe(mirroring);
  });

  test("boards that give bit 3 another meaning", () => {
    expect(parse({ flags6: 8, mapper: 30 }).mirroring).toBe("single-0");
    expect(parse({ flags6: 9, mapper: 30 }).mirroring).toBe("four-screen");
    expect(parse({ flags6: 8, mapper: 218 }).mirroring).toBe("single-0");
    expect(parse({ flags6: 9, mapper: 218 }).mirroring).toBe("single-1");
  });

  test.each([
    ["PRG RAM", {}, { prgRamBytes: 8 * KIB, prgNvramBytes: 0, battery: false }],
    ["battery RAM", { flags6: 2 }, { prgRamBytes: 0, prgNvramBytes: 8 * KIB, battery: true }],
    ["CHR RAM", { chrUnits: 0 }, { chrRamBytes: 8 * KIB }],
    ["no CHR RAM beside ROM", {}, { chrRamBytes: 0 }],
    ["byte 8", { bytes: { 8: 4 } }, { prgRamBytes: 32 * KIB }],
    ["an absurd byte 8", { bytes: { 8: 255 } }, { prgRamBytes: 8 * KIB }],
    ["CPROM", { mapper: 13, chrUnits: 0 }, { chrRamBytes: 16 * KIB, prgRamBytes: 0 }],
    ["TQROM", { mapper: 119 }, { chrRamBytes: 8 * KIB }],
    ["EEPROM without the battery bit", { mapper: 159 }, { prgRamBytes: 0, prgNvramBytes: 128 }],
    ["PAL", { bytes: { 9: 1 } }, { region: "pal" }],
  ] as const)("defaults: %s", (_name, recipe, expected) => {
    expect(parse(recipe)).toMatchObject(expected);
  });

  test("text from byte 7 on is not a mapper number", () => {
    const rom = buildRom({ mapper: 1 });
    rom.set(new TextEncoder().encode("DiskDude!"), 7);
    const { image, warnings } = readInes(rom, sha1Hex);
    expect(image.mapper).toBe(1);
    expect(warnings).toEqual([
      'bytes 7-15 of the header hold the text "DiskDude!": they are ignored, the mapper is below 16',
    ]);
  });

  test("text that spells the NES 2.0 mark is still text", () => {
    const rom = buildRom({ mapper: 2 });
    rom.set(new TextEncoder().encode("Joe's ROM"), 7);
    expect(rom[7]! & 0x0c).toBe(8);
    expect(parseInes(rom, sha1Hex)).toMatchObject({ format: "ines", mapper: 2 });
  });

  test("a trainer is found", () => {
    const image = parse({ flags6: 4 });
    expect(image.trainer).toEqual(new Uint8Array(512).fill(0x7e));
    expect(image.prgRom[1]).toBe(7);
  });

  test("trailing bytes are tolerated and reported", () => {
    const { trailingBytes, warnings } = readInes(buildRom({ trailingBytes: 2048 }), sha1Hex);
    expect(trailingBytes).toBe(2048);
    expect(warnings).toEqual(["2 KiB behind the ROMs ignored"]);
  });
});

describe("NES 2.0", () => {
  const nes2 = (recipe: RomRecipe) => parse({ nes2: true, ...recipe });

  test("mapper and submapper", () => {
    expect(nes2({ mapper: 0x234, submapper: 5 })).toMatchObject({
      format: "nes2",
      mapper: 0x234,
      submapper: 5,
      exactHeader: true,
    });
  });

  test("RAM shifts", () => {
    expect(nes2({ bytes: { 10: 0x97, 11: 0x70 } })).toMatchObject({
      prgRamBytes: 8 * KIB,
      prgNvramBytes: 32 * KIB,
      chrRamBytes: 0,
      chrNvramBytes: 8 * KIB,
      battery: true,
    });
    expect(nes2({})).toMatchObject({ prgRamBytes: 0, prgNvramBytes: 0, battery: false });
  });

  test("sizes as power and multiplier", () => {
    // 2^13 × 3 and 2^13 × 1.
    const image = nes2({ prgUnits: 2, chrUnits: 1, bytes: { 4: (13 << 2) | 1, 5: 13 << 2, 9: 0xff } });
    expect(image.prgRom.length).toBe(24 * KIB);
    expect(image.chrRom.length).toBe(8 * KIB);
  });

  test.each([
    [0, "ntsc"],
    [1, "pal"],
    [2, "ntsc"],
    [3, "dendy"],
  ] as const)("byte 12 of %i means %s", (value, region) => {
    expect(nes2({ bytes: { 12: value } }).region).toBe(region);
  });

  test("expansion device and VS hardware", () => {
    expect(nes2({ flags7: 1, bytes: { 13: 0x52, 15: 0x2a } })).toMatchObject({
      vsHardware: 0x52,
      expansionDevice: 0x2a,
    });
    expect(nes2({ bytes: { 13: 0x52 } }).vsHardware).toBe(0);
  });
});

describe("bad files", () => {
  const errorOf = (bytes: Uint8Array) => inputErrorOf(() => parseInes(bytes, sha1Hex));

  test.each<[string, Uint8Array, string, string]>([
    [
      "another format",
      new Uint8Array(100),
      'not an iNES file: it does not begin with "NES" and $1A',
      "byte 0",
    ],
    ["half a header", buildRom().subarray(0, 9), "the header is cut off: 9 of 16 bytes", "byte 9"],
    [
      "too much PRG ROM claimed",
      buildRom({ chrUnits: 0, bytes: { 4: 16 } }),
      "header says 256 KiB of PRG ROM, the file holds 16 KiB",
      "byte 4",
    ],
    [
      "too much CHR ROM claimed",
      buildRom({ bytes: { 5: 4 } }),
      "header says 32 KiB of CHR ROM, the file holds 8 KiB",
      "byte 5",
    ],
    [
      "a cut file",
      buildRom().subarray(0, 17),
      "header says 16 KiB of PRG ROM, the file holds 1 byte",
      "byte 4",
    ],
    ["no PRG ROM", buildRom({ prgUnits: 0 }), "header says that there is no PRG ROM", "byte 4"],
    [
      "a cut trainer",
      buildRom({ flags6: 4 }).subarray(0, 116),
      "header says 512 bytes of a trainer, the file holds 100 bytes",
      "byte 6",
    ],
    [
      "2^63 bytes",
      buildRom({ nes2: true, bytes: { 4: 0xff, 9: 0x0f } }),
      "header says 61572651155456 MiB of PRG ROM, the file holds 24 KiB",
      "byte 4",
    ],
    [
      "half a page",
      buildRom({ nes2: true, bytes: { 4: 10 << 2, 9: 0x0f } }),
      "header says 1024 bytes of PRG ROM, not whole pages of 2 KiB",
      "byte 4",
    ],
  ])("%s", (_name, bytes, message, where) => {
    const error = errorOf(bytes);
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });
});
