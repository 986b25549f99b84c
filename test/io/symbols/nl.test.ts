import { describe, expect, test } from "bun:test";
import { parseNl } from "../../../src/io/symbols/nl.ts";

describe("name lists of FCEUX", () => {
  test("banks and RAM", () => {
    const { symbols } = parseNl(
      "$C000#main#a comment\n\\which goes on\n$8010/20#table#\n$C002##no name\n",
      3,
    );
    expect(symbols.map(({ name, address, prgOffset, bytes }) => [name, address, prgOffset, bytes])).toEqual([
      ["main", 0xc000, 0xc000, 0],
      ["table", 0x8010, 0xc010, 0x20],
    ]);
    for (const bank of ["ram", 3] as const)
      expect(parseNl("$0010#x#", bank).symbols[0]).toMatchObject({ address: 0x10, prgOffset: -1 });
  });

  test("comments in every form, and invalid rows", () => {
    const { symbols, warnings } = parseNl(
      "; comment\n#\n$C000#reset#a#b#c\n\\more\n$C006#loop\n$C007/4#array#\nC000#a#\n$XYZ#b#\n$D000\n",
      0,
    );
    expect(symbols.map(({ name, address, bytes }) => [name, address, bytes])).toEqual([
      ["reset", 0xc000, 0],
      ["loop", 0xc006, 0],
      ["array", 0xc007, 4],
    ]);
    expect(warnings).toEqual([
      "skipped 3 rows that could not be read (line 7: an address such as $C000 was expected)",
    ]);
  });
});
