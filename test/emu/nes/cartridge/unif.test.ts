import { describe, expect, test } from "bun:test";
import { InputError } from "../../../../src/emu/input-error.ts";
import { boardNumbers } from "../../../../src/emu/nes/cartridge/boards/index.ts";
import { isUnif, readUnif } from "../../../../src/emu/nes/cartridge/unif.ts";
import { findUnifBoard } from "../../../../src/emu/nes/cartridge/unif-boards.ts";
import { type DeviceSetup, devicesFromHeader } from "../../../../src/emu/nes/input/devices.ts";
import { KIB } from "../../../../src/emu/units.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { Prng } from "../../../support/prng.ts";
import { buildUnif } from "../../../support/unif-builder.ts";
import { REJECTED_UNIF_NAMES, UNIF_NAMES } from "./unif-names.ts";

const prg = (value: number) => new Uint8Array(16 * KIB).fill(value);
const chr = new Uint8Array(8 * KIB).fill(9);

describe("UNIF", () => {
  test("chips are joined by number, in any file order", () => {
    const file = buildUnif([
      ["PRG1", prg(2)],
      ["NAME", "a game"],
      ["CHR0", chr],
      ["PRG0", prg(1)],
      ["MAPR", "NES-SLROM"],
      ["MIRR", new Uint8Array([1])],
      ["BATR", new Uint8Array([1])],
      ["TVCI", new Uint8Array([1])],
    ]);
    const { image } = readUnif(file, sha1Hex);
    expect(image).toMatchObject({
      format: "unif",
      mapper: 1,
      submapper: 0,
      mirroring: "vertical",
      battery: true,
      region: "pal",
      prgNvramBytes: 8 * KIB,
      chrRamBytes: 0,
    });
    expect([image.prgRom.length, image.prgRom[0], image.prgRom[16 * KIB]]).toEqual([32 * KIB, 1, 2]);
    expect(image.sha1).toBe(sha1Hex([prg(1), prg(2), chr]));
  });

  test.each([
    ["NES-NROM-256", { mapper: 0 }],
    ["HVC-UNROM", { mapper: 2, chrRamBytes: 8 * KIB }],
    ["NES-HKROM", { mapper: 4, submapper: 1 }],
    ["NES-TVROM", { mapper: 4, mirroring: "four-screen" }],
    ["UNL-Sachen-8259A", { mapper: 141 }],
    ["BMC-Supervision16in1", { mapper: 53 }],
    ["BMC-GK-192", { mapper: 58 }],
    ["UNL-VRC7", { mapper: 85 }],
    ["UNL-KS7058", { mapper: 171 }],
    ["UNL-A9746", { mapper: 219 }],
    ["UNROM-512-32", { mapper: 30, chrRamBytes: 32 * KIB }],
    ["NES-CPROM", { mapper: 13, chrRamBytes: 16 * KIB }],
  ])("%s", (name, expected) => {
    const file = buildUnif([
      ["MAPR", name],
      ["PRG0", prg(1)],
    ]);
    expect(readRom(file, "game.unf").image).toMatchObject(expected);
  });

  test.each<[number, DeviceSetup]>([
    [0x01, {}],
    [0x03, { port2: "zapper" }],
    [0x05, { port2: "rob" }],
    [0x0a, {}],
    [0x08, { port2: "arkanoid" }],
    [0x11, { port2: "power-pad" }],
    [0x21, { fourScore: true }],
  ])("CTRL of %p connects %o", (controllers, devices) => {
    const file = buildUnif([
      ["MAPR", "NES-NROM"],
      ["PRG0", prg(1)],
      ["CTRL", Uint8Array.of(controllers)],
    ]);
    expect(devicesFromHeader(readUnif(file, sha1Hex).image.expansionDevice)).toEqual(devices);
  });

  test("chunks of any name, length and order are read or rejected", () => {
    const random = new Prng(20261129);
    const ids = [
      "MAPR",
      "PRG0",
      "PRGF",
      "CHR0",
      "CHRF",
      "MIRR",
      "BATR",
      "TVCI",
      "CTRL",
      "VROR",
      "NAME",
      "\0\u00ff",
    ];
    let read = 0;
    for (let count = 0; count < 2000; count++) {
      const chunks = ids.flatMap((id): [string, string | Uint8Array][] => {
        if (random.below(3) === 0) return [];
        if (id === "MAPR" && random.below(4) !== 0) return [[id, "UNL-SLROM"]];
        return [[id, new Uint8Array([0, 1, 1024, 2048, 16_384][random.below(5)]!).fill(random.byte())]];
      });
      const file = buildUnif(chunks);
      for (let damage = random.below(3); damage > 0; damage--) file[32 + random.below(40)] = random.byte();
      const cut = random.below(4) === 0 ? file.subarray(0, random.below(file.length)) : file;
      if (!isUnif(cut)) continue;
      try {
        readUnif(cut, sha1Hex);
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
    expect(read).toBeGreaterThan(50);
  });

  test("every name that emulators know is a board, or is rejected with a reason", () => {
    const names = Object.entries(UNIF_NAMES).flatMap(([number, list]) =>
      list.split(" ").map((name): [string, string] => [name, number]),
    );
    const rejected = REJECTED_UNIF_NAMES.split(" ");
    expect([names.length, rejected.length]).toEqual([217, 4]);
    for (const [name, number] of names) {
      const [mapper, submapper = 0] = number.split(".").map(Number);
      for (const prefix of ["", "UNL-", "BMC-"])
        expect({ name, ...findUnifBoard(prefix + name) }).toMatchObject({ name, mapper, submapper });
      expect({ name, supported: boardNumbers().includes(mapper!) }).toEqual({ name, supported: true });
    }
    for (const name of rejected) {
      const file = buildUnif([
        ["MAPR", `UNL-${name}`],
        ["PRG0", prg(1)],
      ]);
      const { message } = inputErrorOf(() => readUnif(file, sha1Hex));
      expect(message).toStartWith(`the UNIF board "UNL-${name}" is not supported: `);
    }
  });

  test.each<[string, Uint8Array, string]>([
    ["no board", buildUnif([["PRG0", prg(1)]]), "the UNIF file names no board (MAPR)"],
    ["an unknown board", buildUnif([["MAPR", "UNL-Odd"]]), 'the UNIF board "UNL-Odd" is not supported'],
    ["no PRG ROM", buildUnif([["MAPR", "NES-NROM"]]), "the UNIF file has no PRG ROM (PRG0)"],
    ["half a header", buildUnif([]).subarray(0, 20), "the header is cut off: 20 of 32 bytes"],
    [
      "a cut chunk",
      buildUnif([["PRG0", prg(1)]]).subarray(0, 1040),
      'chunk "PRG0" says 16384 bytes, the file holds 1000',
    ],
    [
      "an odd size",
      buildUnif([
        ["MAPR", "NES-NROM"],
        ["PRG0", new Uint8Array(1000)],
      ]),
      "PRG ROM of 1000 bytes is not whole pages of 2 KiB",
    ],
  ])("%s is rejected", (_name, file, message) => {
    const error = inputErrorOf(() => readUnif(file, sha1Hex));
    expect([error.kind, error.message]).toEqual(["data", message]);
  });
});
