import { expect, test } from "bun:test";
import { type RomCandidate, readControlRoms } from "../../../../src/io/files/roms/playchoice-roms.ts";
import { forgeCrc32 } from "../../../support/forge-crc.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";

const NAMES = ["8t", "8k", "8m", "8p", "6f", "6e", "6d"] as const;

function fileSize(place: string): number {
  return place === "8t" ? 0x4000 : place.startsWith("8") ? 0x2000 : 0x100;
}

/** Files like those of playch10.zip, each filled with its number. */
function candidates(): RomCandidate[] {
  return NAMES.map((place, at) => ({
    name: `playch10/PCH1-C.${place.toUpperCase()}`,
    bytes: new Uint8Array(fileSize(place)).fill(at + 1),
  }));
}

test("finds each ROM by its name and says which have unknown contents", () => {
  const { roms, warnings } = readControlRoms(candidates().reverse(), "playch10.zip");
  expect([roms.program.length, roms.program[0]]).toEqual([0x4000, 1]);
  expect([0, 0x2000, 0x4000].map((at) => roms.tiles[at])).toEqual([2, 3, 4]);
  expect([0, 0x100, 0x200].map((at) => roms.colors[at])).toEqual([5, 6, 7]);
  expect([roms.tiles.length, roms.colors.length]).toEqual([0x6000, 0x300]);
  expect(warnings).toHaveLength(NAMES.length);
  expect(warnings[1]).toStartWith("pch1-c.8k has the CRC-32 ");
});

test("prefers the program for two monitors", () => {
  const single = { name: "pck1-c.8t", bytes: new Uint8Array(0x4000).fill(9) };
  const dual = { name: "pch1-c__8t_e-2.8t", bytes: new Uint8Array(0x4000).fill(8) };
  const others = candidates().slice(1);
  expect(readControlRoms([single, dual, ...others], "x").roms.program[0]).toBe(8);
  expect(readControlRoms([single, ...others], "x").roms.program[0]).toBe(9);
});

test("finds a ROM by its CRC-32 under any name", () => {
  const tiles = candidates()[1]!.bytes.slice();
  forgeCrc32(tiles, 0x9acffb30);
  const files = [...candidates().slice(0, 1), { name: "a.bin", bytes: tiles }, ...candidates().slice(2)];
  const { roms, warnings } = readControlRoms(files, "playch10.zip");
  expect(roms.tiles.subarray(0, 0x2000)).toEqual(tiles);
  expect(warnings).toHaveLength(NAMES.length - 1);
});

test("names what is missing", () => {
  const error = inputErrorOf(() => readControlRoms(candidates().slice(0, 5), "playch10.zip"));
  expect([error.kind, error.where]).toEqual(["missing", "playch10.zip"]);
  expect(error.message).toContain("pch1-c-6e.82s129an.6e (256 bytes, CRC-32 a2625c6e), pch1-c-6d");
  expect(inputErrorOf(() => readControlRoms([], "empty.zip")).message).toContain("pch1-c__8t_e-2.8t (16384");
});

test.each(NAMES)("rejects a .%s of another size", (place) => {
  const files = candidates().map((file) =>
    file.name.toLowerCase().endsWith(place) ? { ...file, bytes: file.bytes.subarray(1) } : file,
  );
  const error = inputErrorOf(() => readControlRoms(files, "playch10.zip"));
  expect(error.kind).toBe("data");
  expect(error.message).toContain(`has ${fileSize(place) - 1} bytes, not ${fileSize(place)}`);
});
