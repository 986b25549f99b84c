import { describe, expect, test } from "bun:test";
import { boardOf, isSubmapperKnown } from "../../../../src/emu/nes/cartridge/boards/index.ts";
import { KNOWN_GAMES } from "../../../../src/emu/nes/cartridge/database-games.ts";
import { readInes } from "../../../../src/emu/nes/cartridge/ines.ts";
import { supportGaps } from "../../../../src/emu/nes/cartridge/support.ts";
import { KIB } from "../../../../src/emu/units.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { buildRom, type RomRecipe } from "../../../support/rom-builder.ts";
import { CASES } from "./boards/data/index.ts";

const parse = (recipe: RomRecipe) => readInes(buildRom(recipe), sha1Hex).image;

describe("iNES 1.0", () => {
  test("ROMs are split as the header says", () => {
    const rom = buildRom({ prgUnits: 2, chrUnits: 1 });
    const image = readInes(rom, sha1Hex).image;
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

  test("text that contains the NES 2.0 mark is still text", () => {
    const rom = buildRom({ mapper: 2 });
    rom.set(new TextEncoder().encode("Joe's ROM"), 7);
    expect(rom[7]! & 0x0c).toBe(8);
    expect(readInes(rom, sha1Hex).image).toMatchObject({ format: "ines", mapper: 2 });
  });

  test.each([
    ["sizes of NES 2.0 that the file is too small for", { 7: 0x48, 8: 0x65, 9: 0x6c, 10: 0x6c, 11: 0x6f }],
    ["a CHR ROM of three bytes", { 7: 0x08, 9: 0xf0 }],
  ])("the mark of NES 2.0 with %s is text", (_name, bytes) => {
    const rom = buildRom({ mapper: 1 });
    for (const [at, value] of Object.entries(bytes)) rom[Number(at)] = value;
    const { image, warnings } = readInes(rom, sha1Hex);
    expect(image).toMatchObject({ format: "ines", mapper: 1, submapper: 0 });
    expect(image.prgRom.length).toBe(16 * KIB);
    expect(warnings.length).toBe(1);
  });

  test("a truncated NES 2.0 file counts as NES 2.0, so that the error names its size", () => {
    const rom = buildRom({ nes2: true, prgUnits: 4, chrUnits: 1 }).subarray(0, 40_000);
    expect(inputErrorOf(() => readInes(rom, sha1Hex).image).message).toBe(
      "header says 64 KiB of PRG ROM, the file holds 39984 bytes",
    );
  });

  test("a trainer is found", () => {
    const image = parse({ flags6: 4 });
    expect(image.trainer).toEqual(new Uint8Array(512).fill(0x7e));
    expect(image.prgRom[1]).toBe(7);
  });

  test("trailing bytes are tolerated and reported", () => {
    const { trailingBytes, warnings } = readInes(buildRom({ trailingBytes: 2048 }), sha1Hex);
    expect(trailingBytes).toBe(2048);
    expect(warnings).toEqual(["2 KiB after the ROMs are ignored"]);
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
    expect(nes2({ bytes: { 15: 0x49 } }).expansionDevice).toBe(0x49);
    expect(nes2({ bytes: { 13: 0x52 } }).vsHardware).toBe(0);
  });

  test.each([
    [0x6b, []],
    [0x16, []],
    [0x75, ["byte 13 names type 7 of the VS. System, which is reserved: it runs as a UniSystem"]],
    [0x0c, ["byte 13 names PPU 12 of the VS. System, which is reserved: it runs with the 2C03"]],
  ])("byte 13 of a VS. System is %p", (value, cautions) => {
    const rom = buildRom({ nes2: true, flags7: 1, bytes: { 13: value } });
    expect(readInes(rom, sha1Hex).cautions).toEqual(cautions);
  });
});

describe("what the machine lacks", () => {
  const gapsOf = (recipe: RomRecipe): readonly string[] => supportGaps(parse(recipe));
  const nes2 = (recipe: RomRecipe): RomRecipe => ({ nes2: true, ...recipe });

  test.each<[string, RomRecipe, RegExp | undefined]>([
    ["a plain game", nes2({}), undefined],
    ["a game for a device that is there", nes2({ bytes: { 15: 35 } }), undefined],
    ["a game for a device that is not", nes2({ bytes: { 15: 25 } }), /^made for the Miracle Piano, which/],
    ["a known submapper", nes2({ mapper: 30, submapper: 3 }), undefined],
    ["an unknown submapper", nes2({ mapper: 30, submapper: 5 }), /^submapper 5 of mapper 30 is not known/],
    ["a submapper of a board that has none", nes2({ mapper: 12, submapper: 2 }), /^submapper 2 of mapper 12/],
    ["a mapper that is not supported", nes2({ mapper: 700 }), /^mapper 700 is not supported$/],
    ["the VS. UniSystem in iNES 1.0", { flags7: 1 }, undefined],
    ["the VS. UniSystem in NES 2.0", nes2({ flags7: 1 }), undefined],
    ["the VS. UniSystem's board", { mapper: 99 }, undefined],
    ["the VS. DualSystem", nes2({ flags7: 1, bytes: { 13: 0x50 } }), undefined],
    ["PlayChoice-10", nes2({ flags7: 2 }), undefined],
    ["an EPSM", nes2({ flags7: 3, bytes: { 13: 4 } }), /EPSM/],
    ["a clone with decimal mode", nes2({ flags7: 3, bytes: { 13: 3 } }), /decimal mode/],
    ["a VT01", nes2({ flags7: 3, bytes: { 13: 5 } }), /made for a VT01, which is not a NES/],
    ["a UM6578", nes2({ flags7: 3, bytes: { 13: 11 } }), /made for a UM6578,/],
    ["the Famicom Network System", nes2({ flags7: 3, bytes: { 13: 12 } }), /whose hardware is missing/],
    ["an unknown console", nes2({ flags7: 3, bytes: { 13: 13 } }), /a console that is not a NES/],
    ["a clone with other chips", nes2({ flags7: 3, bytes: { 13: 7 } }), /may not run/],
    ["an extended console that is a NES", nes2({ flags7: 3, bytes: { 13: 0 } }), undefined],
  ])("%s", (_name, recipe, gap) => {
    const gaps = gapsOf(recipe);
    expect(gaps.length).toBe(gap === undefined ? 0 : 1);
    if (gap !== undefined) expect(gaps[0]).toMatch(gap);
  });

  test.each([
    [425, "made for a console with a VT chip, which is not a NES or Famicom"],
    [256, "made for a console with a VT chip, which is not a NES or Famicom"],
    [405, "made for a console with a UM6578, which is not a NES or Famicom"],
    [84, "no description of the board is known"],
  ])("mapper %i is rejected with the reason", (mapper, reason) => {
    const text = `mapper ${mapper} is not supported: ${reason}`;
    expect(gapsOf(nes2({ mapper }))).toEqual([text]);
    expect(inputErrorOf(() => boardOf(parse(nes2({ mapper })))).message).toBe(text);
  });

  const NO_INST_ROM = "the file has no INST-ROM of the PlayChoice-10: the game runs without its menu";
  const NO_PROM = "the file lacks the PROM of its INST-ROM, which decrypts the title in the menu";
  test.each<[string, number, number, readonly string[]]>([
    ["nothing", 0, 0, [NO_INST_ROM]],
    ["an INST-ROM", 0x2000, 0, [NO_PROM]],
    ["an INST-ROM and its PROM", 0x2020, 0, []],
    ["both, announced by NES 2.0", 0x2020, 1, []],
    ["both, and a title", 0x2020 + 128, 0, ["128 bytes after the ROMs are ignored"]],
    ["less than an INST-ROM", 100, 0, [NO_INST_ROM, "100 bytes after the ROMs are ignored"]],
  ])("a PlayChoice-10 image with %s behind its ROMs", (_name, bytes, miscRoms, warnings) => {
    const rom = buildRom(nes2({ flags7: 2, bytes: { 14: miscRoms } }));
    const file = new Uint8Array(rom.length + bytes).fill(7);
    file.set(rom);
    const { image, warnings: found } = readInes(file, sha1Hex);
    expect(found).toEqual([...warnings]);
    const { instRom, prom } = image.playChoice ?? {};
    expect([instRom?.length, prom?.length]).toEqual([
      bytes < 0x2000 ? undefined : 0x2000,
      bytes < 0x2020 ? undefined : 16,
    ]);
  });

  test("every submapper in the tables of boards and UNIF names is known", () => {
    const used = CASES.map(({ cartridge: { mapper, submapper = 0 } }) => ({ mapper, submapper }));
    expect(used.filter(({ mapper, submapper }) => !isSubmapperKnown(mapper, submapper))).toEqual([]);
    const corrected = KNOWN_GAMES.map(({ is: { mapper = 0, submapper = 0 } }) => ({ mapper, submapper }));
    expect(corrected.filter(({ mapper, submapper }) => !isSubmapperKnown(mapper, submapper))).toEqual([]);
  });

  test("neither CHR ROM nor CHR RAM", () => {
    const cautions = (recipe: RomRecipe) => readInes(buildRom(recipe), sha1Hex).cautions;
    expect(cautions(nes2({ chrUnits: 0 }))).toEqual([
      "the header has neither CHR ROM nor CHR RAM: nothing can be drawn (bytes 5 and 11)",
    ]);
    expect(cautions(nes2({ chrUnits: 0, bytes: { 11: 7 } }))).toEqual([]);
    expect(cautions(nes2({ chrUnits: 0, mapper: 218 }))).toEqual([]);
    expect(cautions({ chrUnits: 0 })).toEqual([]);
  });
});

describe("bad files", () => {
  const errorOf = (bytes: Uint8Array) => inputErrorOf(() => readInes(bytes, sha1Hex).image);

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

describe("the ROM after CHR ROM", () => {
  const samples = Uint8Array.of(1, 2, 3);
  const read = (mapper: number, count: number, rom = samples) => {
    const bytes = Uint8Array.of(...buildRom({ nes2: true, mapper }), ...rom);
    bytes[14] = count;
    const { image, trailingBytes, warnings, cautions } = readInes(bytes, sha1Hex);
    return { rom: image.miscRom, trailingBytes, warnings, cautions };
  };
  const CAUTION = "the file lacks the ROM with the game's samples, after CHR ROM (byte 14)";

  test.each([
    ["is part of the image of a board that has one", 413, 1, { rom: samples, trailingBytes: 0 }],
    ["may be followed by more", 413, 2, { warnings: ["1 further ROM(s) in the file are not used"] }],
    ["is ignored on other boards", 0, 1, { rom: undefined, trailingBytes: 3, cautions: [] }],
    ["is not there if the header does not name it", 413, 0, { rom: undefined, cautions: [CAUTION] }],
  ])("%s", (_, mapper, count, expected) => {
    expect(read(mapper, count)).toMatchObject(expected);
  });

  test("may be missing", () => {
    expect(read(413, 1, new Uint8Array(0))).toMatchObject({ rom: undefined, cautions: [CAUTION] });
  });
});
