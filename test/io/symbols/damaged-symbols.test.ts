import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { parseFns, parseListing, parseMap, parseVice } from "../../../src/io/symbols/address-lists.ts";
import { parseDbg } from "../../../src/io/symbols/dbg.ts";
import { parseMlb } from "../../../src/io/symbols/mlb.ts";
import { parseNl } from "../../../src/io/symbols/nl.ts";
import { Symbols } from "../../../src/io/symbols/symbols.ts";
import { DBG, OUTPUT } from "../../support/small-dbg.ts";
import { soakSize } from "../../support/soak.ts";

describe("damaged symbol files", () => {
  const MLB = "NesPrgRom:1A2:main:a comment\nR:10-1F:buffer\nS:4:saved\n";
  const NL = "$C000#main#a comment\n\\which goes on\n$8010/20#table#\n";
  const VICE = "al 00C009 .irq\nal 000010 .buf\nal C:8000 .main\n";
  const FNS = "reset = $C000\nnmi = $C123 ; handler\n";
  const MAP = "Exports list by name:\n----\nCONST   000005 REA    main   008000 RLA    \n";
  const LST = "   12  01:C000  A9 00     reset:  lda #0\n0C000 A9 00     reset: lda #0\n";
  const damages = fc.array(
    fc.record({
      at: fc.nat(),
      cut: fc.nat(40),
      put: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom(
          "id=",
          "99999999999",
          "-1",
          "+",
          '"',
          "\t",
          "\n",
          "span=0+1+2",
          "parent=0",
          ",",
          "#",
          "$",
          ":",
          "0x",
        ),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  );

  test.each([
    ["dbg", DBG, (text: string) => new Symbols(parseDbg(text, OUTPUT, 0x8000))],
    ["mlb", MLB, (text: string) => new Symbols(parseMlb(text))],
    ["nl", NL, (text: string) => new Symbols(parseNl(text, 1))],
    ["lbl", VICE, (text: string) => new Symbols(parseVice(text, 0x8000))],
    ["fns", FNS, (text: string) => new Symbols(parseFns(text, 0x8000))],
    ["map", MAP, (text: string) => new Symbols(parseMap(text, 0x8000))],
    ["lst", LST, (text: string) => new Symbols(parseListing(text, 0x8000))],
  ] as const)(".%s: are rejected with an error or read as other symbols", (kind, whole, parse) => {
    const size = soakSize(1000, 100_000);
    let refused = 0;
    let warned = 0;
    fc.assert(
      fc.property(damages, (list) => {
        let text: string = whole;
        for (const { at, cut, put } of list) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + put + text.slice(start + cut);
        }
        try {
          const symbols = parse(text);
          symbols.nameOf(0x8006, 6);
          symbols.lineOf(6);
          symbols.find("reset");
          if (symbols.warnings.length > 0) warned++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.where).toMatch(/^line \d+, column \d+$/);
          refused++;
        }
      }),
      { numRuns: size },
    );
    // Damaged debug info is rejected. Lists lose rows, which is reported; the other two formats contain text
    // of all kinds.
    if (kind === "dbg") expect(refused).toBeGreaterThan(size / 10);
    else expect(refused).toBe(0);
    if (["mlb", "nl", "lbl", "fns"].includes(kind)) expect(warned).toBeGreaterThan(size / 10);
  });
});
