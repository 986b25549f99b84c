import { describe, expect, test } from "bun:test";
import { parseFns, parseListing, parseMap, parseVice } from "../../../src/io/symbols/address-lists.ts";
import type { SymbolData } from "../../../src/io/symbols/symbols.ts";

describe("lists of addresses", () => {
  const placesOf = ({ symbols }: SymbolData): unknown[] =>
    symbols.map(({ name, address, prgOffset, isLabel }) => [name, address, prgOffset, isLabel]);

  test("VICE labels: PRG offsets are known in 32 KiB, unknown with banks", () => {
    const text = "al 00C009 .irq\nal 000010 .buf\nal C:8000 .main\nbreak 8000\n";
    const data = parseVice(text, 0x8000);
    expect(placesOf(data)).toEqual([
      ["irq", 0xc009, 0x4009, true],
      ["buf", 0x10, -1, true],
      ["main", 0x8000, 0, true],
    ]);
    expect(data.warnings).toEqual([
      "skipped 1 row that could not be read (line 4: a name and an address were expected)",
    ]);
    expect(parseVice(text, 0x4000).symbols[0]?.prgOffset).toBe(9);
    expect(parseVice(text, 0x10000).symbols[0]).toMatchObject({ address: 0xc009, prgOffset: -1 });
  });

  test("symbols of NESASM", () => {
    const data = parseFns("; made by NESASM\nreset = $C000\n  nmi\t=\t$C123 ; handler\n", 0x4000);
    expect(placesOf(data)).toEqual([
      ["reset", 0xc000, 0, true],
      ["nmi", 0xc123, 0x123, true],
    ]);
    expect(data.warnings).toEqual([]);
  });

  test("the exports in a map of ld65", () => {
    const data = parseMap(
      [
        "Modules list:",
        "-------------",
        "CODE                  008000  008005  000006  00001",
        "",
        "Exports list by name:",
        "---------------------",
        "CONST                     000005 REA    main                      008000 RLA    ",
        "unused                    008005  LA    zp                        000010 RLZ    ",
        "",
        "Exports list by value:",
        "----------------------",
        "main                      008000 RLA    ",
      ].join("\n"),
      0x8000,
    );
    expect(placesOf(data)).toEqual([
      ["CONST", 5, -1, false],
      ["main", 0x8000, 0, true],
      ["unused", 0x8005, 5, true],
      ["zp", 0x10, -1, true],
    ]);
    expect(parseMap("nothing", 0x8000).warnings).toEqual(["found no export list of ld65"]);
  });

  test("NESASM and asm6 listings; ca65 listings are rejected with a reason", () => {
    const nesasm = parseListing(
      "    3                                .bank 1\n   12  01:C000  A9 00     reset:  lda #0\n   13  01:C002  60           rts\n",
      0x8000,
    );
    expect(placesOf(nesasm)).toEqual([["reset", 0xc000, 0x2000, true]]);
    const asm6 = parseListing("0C000                   .org $c000\n0C000 A9 00     reset: lda #0\n", 0x4000);
    expect(placesOf(asm6)).toEqual([["reset", 0xc000, 0, true]]);
    expect(parseListing("000000r 1  A9 05        main: lda #5\n", 0x8000).warnings).toEqual([
      "a listing of ca65 has no final addresses: link with --dbgfile or -Ln instead",
    ]);
  });
});
