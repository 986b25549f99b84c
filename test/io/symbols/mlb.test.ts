import { describe, expect, test } from "bun:test";
import { parseMlb } from "../../../src/io/symbols/mlb.ts";

describe("labels of Mesen", () => {
  test("by kind of memory", () => {
    const { symbols } = parseMlb(
      "NesPrgRom:1A2:main:a comment\nR:10-1F:buffer\r\nS:4:saved\nG:2002:PPU_STATUS\nNesChrRom:0:x\nP:7::only a comment\n",
    );
    expect(symbols.map(({ name, address, prgOffset, bytes }) => [name, address, prgOffset, bytes])).toEqual([
      ["main", -1, 0x1a2, 0],
      ["buffer", 0x10, -1, 16],
      ["saved", 0x6004, -1, 0],
      ["PPU_STATUS", 0x2002, -1, 0],
    ]);
  });

  test("comments are skipped, other memory and bad rows counted, the rest read", () => {
    const { symbols, warnings } = parseMlb(
      [
        "; made by a script",
        "# too",
        "// and so",
        "NesMapperRam:10:exbuf",
        "SnesMemory:0:a",
        "NesSecondarySpriteRam:0:b",
        "P:0:first",
        "P:xyz:b",
        "R:20-10:a",
        "R:20",
        "12:3:a",
        "gibberish",
        "NesPrgRom:00000004:last:line one\\nline two",
      ].join("\n"),
    );
    expect(symbols.map(({ name, prgOffset }) => [name, prgOffset])).toEqual([
      ["first", 0],
      ["last", 4],
    ]);
    expect(warnings).toEqual([
      "skipped 3 rows of kinds that are not needed (NesMapperRam, SnesMemory, NesSecondarySpriteRam)",
      "skipped 5 rows that could not be read (line 8: a hexadecimal address was expected)",
    ]);
  });
});
