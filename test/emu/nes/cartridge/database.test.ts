import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { crc32 } from "../../../../src/emu/nes/cartridge/crc32.ts";
import { regionFromName } from "../../../../src/emu/nes/cartridge/database.ts";
import { KNOWN_GAMES } from "../../../../src/emu/nes/cartridge/database-games.ts";
import { MORE_GAMES } from "../../../../src/emu/nes/cartridge/database-more-games.ts";
import { DUMP_TABLE } from "../../../../src/emu/nes/cartridge/dump-table.ts";
import { readInes } from "../../../../src/emu/nes/cartridge/ines.ts";
import { supportGaps } from "../../../../src/emu/nes/cartridge/support.ts";
import { batteryBytes } from "../../../../src/emu/nes/nes-sizes.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { renderDumpTable } from "../../../support/dump-table.ts";
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
    [0x84382231, 10, 9],
    [0x286fcd20, 4, 21],
    [0x47918d84, 0, 150],
    [0xd5224fde, 4, 195],
    [0x345ee51a, 4, 245],
    [0x98e3c75a, 3, 99],
  ])("%d with mapper %i has the board of mapper %i", (crc, header, mapper) => {
    const { image } = readInes(impostor(crc, { mapper: header }), sha1Hex);
    expect(image.mapper).toBe(mapper);
    expect(supportGaps(image)).toEqual([]);
  });

  /** Games of which dumps with the wrong mirroring are reported. */
  test.each([
    ["Ms. Pac-Man (Tengen)", 0x43d30c2f, 1, "horizontal"],
    ["Zippy Race", 0xe492d45a, 1, "horizontal"],
    ["Elevator Action", 0xfcdaca80, 1, "horizontal"],
    ["Argos no Senshi", 0xe1b260da, 0, "vertical"],
    ["Duck Hunt", 0x24598791, 0, "vertical"],
    ["Gradius (Japan)", 0xd8eff0df, 0, "vertical"],
    ["Rad Racer II", 0x404b2e8b, 0, "four-screen"],
  ] as const)("the mirroring of %s is corrected", (_, crc, flags6, mirroring) => {
    expect(readInes(impostor(crc, { mapper: 0, flags6 }), sha1Hex).image.mirroring).toBe(mirroring);
  });

  test("a known game without four screens loses the bit for them, and other games keep it", () => {
    const read = (crc: number, mapper: number) =>
      readInes(impostor(crc, { mapper, flags6: 8 }), sha1Hex).image;
    expect(read(0x7474ac92, 4).mirroring).toBe("horizontal");
    expect(read(0x98e3c75a, 99).mirroring).toBe("four-screen");
    expect(read(0x12345678, 4).mirroring).toBe("four-screen");
  });

  test("the cartridge of a dump says its region, battery, RAM and submapper", () => {
    const { image, overrides } = readInes(impostor(0x127d76f4, { mapper: 1 }), sha1Hex);
    expect(image).toMatchObject({ mapper: 4, region: "pal", battery: true, prgNvramBytes: 8192 });
    expect(overrides).toEqual([
      "mapper 4 for 1, battery true for false, region pal for ntsc: the game's cartridge is known",
    ]);
    const ram = readInes(impostor(0x2225c20f, { mapper: 1 }), sha1Hex).image;
    expect(ram).toMatchObject({ prgRamBytes: 8192, prgNvramBytes: 8192, battery: true });
    expect(readInes(impostor(0x018a8699, { mapper: 4 }), sha1Hex).image.submapper).toBe(3);
    expect(readInes(impostor(0xf735d926, { mapper: 75 }), sha1Hex).image.console).toBe("vs");
  });

  test("the save of an MMC5 game has 64 KiB, as in other emulators, whatever its cartridge has", () => {
    const image = (crc: number) => readInes(impostor(crc, { mapper: 5, flags6: 2 }), sha1Hex).image;
    for (const crc of [0x15fe6d0f, 0x184c2124, 0x0ec6c023, 0x12345678])
      expect(batteryBytes(image(crc))).toBe(0x10000);
  });

  test("NES 2.0 headers are trusted", () => {
    const { image, overrides } = readInes(impostor(0x889129cb, { mapper: 7, nes2: true }), sha1Hex);
    expect(image.mapper).toBe(7);
    expect(overrides).toEqual([]);
  });

  test("every checksum is well formed and listed once", () => {
    const all = [...KNOWN_GAMES, ...MORE_GAMES].flatMap(({ games }) => Object.keys(games));
    expect(all.filter((crc) => !/^[0-9a-f]{8}$/.test(crc))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
    const dumps = DUMP_TABLE.match(/\b[0-9a-f]{8}\b/g)!;
    expect(new Set(dumps).size).toBe(dumps.length);
    expect(DUMP_TABLE.trim()).toMatch(
      /^(?:(?:(?:\d+(?:\.\d)?|-)(?: (?:[hv4b]|pal|vs|\d+\+\d+))*:| ) ?(?: ?[0-9a-f]{8})+\n?)+$/,
    );
  });
});

test("the table of dumps is made from facts of cartridges", () => {
  const game = (tag: string, dump: string, crc: string, board: string, system = "Famicom") =>
    `<game><${tag} system="${system}" dump="${dump}" crc="${crc}">${board}</${tag}></game>`;
  const soldered = `<board type="X" mapper="2"><pad h="0" v="1" /></board>`;
  const kept = `<board mapper="1"><wram size="8k" battery="1" /></board>`;
  const rams = (mapper: number) =>
    `<board mapper="${mapper}"><wram size="8k" /><wram size="8k" battery="1" /></board>`;
  const table = renderDumpTable(
    [
      game("cartridge", "ok", "0000000A", soldered, "NES-PAL"),
      game("cartridge", "unknown", "0000000B", soldered),
      game("cartridge", "unknown", "0000000C", kept),
      game("arcade", "unknown", "0000000D", `<board mapper="99" />`, "VS-Unisystem"),
      game("cartridge", "ok", "0000000E", `<board type="NAMCOT-340" mapper="210" />`),
      game("cartridge", "ok", "0000000F", rams(1)),
      game("cartridge", "ok", "00000010", rams(5)),
    ].join("\n"),
  );
  expect(table.split("`").at(-2)).toBe(
    "\n- b: 0000000c\n1 8+8: 0000000f\n2 h pal: 0000000a\n5 b: 00000010\n99: 0000000d\n210.2: 0000000e\n",
  );
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
