import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { readRom } from "../../../src/io/files/rom-file.ts";
import { parseDbg } from "../../../src/io/symbols/dbg.ts";
import { parseMlb } from "../../../src/io/symbols/mlb.ts";
import { parseNl } from "../../../src/io/symbols/nl.ts";
import { findSymbolFiles, loadSymbols } from "../../../src/io/symbols/symbol-files.ts";
import { Symbols } from "../../../src/io/symbols/symbols.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { soakSize } from "../../support/soak.ts";

/** What ca65 and ld65 2.19 make of a small program, cut to what matters. */
const DBG = readFileSync(join(import.meta.dir, "../../fixtures/symbols/small.dbg"), "utf8");
const small = (): Symbols => new Symbols(parseDbg(DBG, 16, 0x8000));

describe("debug info of ld65", () => {
  test("labels, scopes, cheap locals and equates", () => {
    const symbols = small();
    const place = (name: string): (number | undefined)[] => {
      const found = symbols.find(name);
      return [found.length, found[0]?.address, found[0]?.prgOffset];
    };
    expect(place("reset")).toEqual([1, 0x8000, 0]);
    expect(place("reset::inner")).toEqual([1, 0x800d, 0x0d]);
    expect(place("inner")).toEqual([1, 0x800d, 0x0d]);
    expect(place("reset@loop")).toEqual([1, 0x8004, 4]);
    expect(place("player::x_pos")).toEqual([1, 0x8012, 0x12]);
    expect(place("t:x_pos")).toEqual([1, 0x8012, 0x12]);
    expect(place("counter")).toEqual([1, 2, -1]);
    expect(place("MAGIC")).toEqual([1, 42, -1]);
    expect(place("absent")).toEqual([0, undefined, undefined]);
    expect(symbols.find("buf")[0]).toMatchObject({ bytes: 16, isLabel: true });
  });

  test("names of addresses", () => {
    const symbols = small();
    expect(symbols.nameOf(0x8006, 6)).toBe("reset@loop+2");
    expect(symbols.nameOf(0x800e, 14)).toBe("nmi");
    expect(symbols.nameOf(5)).toBe("buf+2");
    expect(symbols.nameOf(0x13)).toBeUndefined();
    expect(symbols.nameOf(0)).toBeUndefined();
  });

  test("source lines are code and not data, the use of a macro and not its lines", () => {
    const symbols = small();
    expect(symbols.lineOf(0)).toEqual({ file: "t.s", line: 13 });
    expect(symbols.lineOf(8)).toEqual({ file: "t.s", line: 18 });
    expect(symbols.lineOf(15)).toBeUndefined();
    const code = symbols.lines.filter((line) => line.kind === "assembly").map((line) => line.line);
    expect(code.toSorted((a, b) => a - b)).toEqual([13, 14, 15, 17, 18, 19, 20, 22]);
    expect(symbols.routines).toEqual([{ name: "reset", prgOffset: 0, bytes: 14 }]);
  });

  test("names of C without their underscore; several of one name are all told", () => {
    const symbol = (name: string, module: string, address: number) => ({
      name,
      module,
      address,
      prgOffset: -1,
      bytes: 0,
      isLabel: true,
    });
    const symbols = new Symbols({
      symbols: [
        symbol("_score", "c", 0x300),
        symbol("loop", "a", 1),
        symbol("loop", "b", 2),
        symbol("loop", "b", 2),
      ],
      files: [],
      lines: [],
      routines: [],
    });
    expect(symbols.find("score")[0]?.address).toBe(0x300);
    expect(symbols.find("loop").length).toBe(3);
    expect(symbols.find("b:loop").map(({ address }) => address)).toEqual([2]);
    expect(symbols.suggest("scor")).toEqual(["_score"]);
  });

  test.each([
    ["", "not debug info of ld65: a line version was expected", "line 1, column 1"],
    ["hello\n", "not debug info of ld65: version, a tab and major=2 were expected", "line 1, column 1"],
    ["version\tmajor=1,minor=0\n", "debug info of version 2 was expected", "line 1, column 9"],
    ["version\tmajor=2,minor=0\nfile\n", "a tab was expected after file", "line 2, column 5"],
    ["version\tmajor=2,minor=0\nfile\tid=1\n", "name= was expected", "line 2, column 1"],
    ['version\tmajor=2,minor=0\nfile\tid=x,name="a"\n', "a number was expected, not x", "line 2, column 9"],
    ['version\tmajor=2,minor=0\nfile\tid=0,name="a\n', 'a closing " was expected', "line 2, column 18"],
    ['version\tmajor=2,minor=0\nfile\tid=0,name="a"b\n', "a comma was expected", "line 2, column 19"],
    ["version\tmajor=2,minor=0\nspan\tid=0,seg\n", "a name and = were expected", "line 2, column 11"],
  ])("%j is refused", (text, message, where) => {
    const error = inputErrorOf(() => parseDbg(text, 16, 0x8000));
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });
});

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

  test.each([
    ["Snes:0:a", "Snes: one of NesPrgRom, NesSaveRam", "line 1, column 1"],
    ["P:0:a\nP:xyz:b", "a hexadecimal address was expected", "line 2, column 3"],
    ["R:20-10:a", "a range that ends behind its start was expected", "line 1, column 3"],
    ["R:20", "a colon and a name were expected", "line 1, column 5"],
  ])("%j is refused", (text, message, where) => {
    const error = inputErrorOf(() => parseMlb(text));
    expect([error.kind, error.where]).toEqual(["data", where]);
    expect(error.message).toStartWith(message);
  });
});

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
    expect(parseNl("$0010#x#", "ram").symbols[0]).toMatchObject({ address: 0x10, prgOffset: -1 });
  });

  test.each([
    ["C000#a#", "an address as $C000 and # were expected", "line 1, column 1"],
    ["$C000#a", "a second # was expected after the name", "line 1, column 8"],
  ])("%j is refused", (text, message, where) => {
    const error = inputErrorOf(() => parseNl(text, 0));
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });
});

describe("symbol files", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-symbols-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const rom = join(folder, "game.nes");
  const { image } = readRom(buildRom({ prgUnits: 2 }), "game.nes");

  test("lie beside the ROM: name lists, else labels, else debug info", async () => {
    expect(await findSymbolFiles(rom)).toEqual([]);
    writeFileSync(join(folder, "game.nes.0.nl"), "$8000#low#\n");
    writeFileSync(join(folder, "game.nes.1.nl"), "$C000#high#\n");
    writeFileSync(join(folder, "game.nes.ram.nl"), "$0010#ram#\n");
    const found = await findSymbolFiles(rom);
    expect(found.length).toBe(3);
    const symbols = await loadSymbols(found, image);
    expect(symbols.find("high")[0]).toMatchObject({ prgOffset: 0x4000 });
    writeFileSync(join(folder, "game.mlb"), "P:0:label\n");
    expect(await findSymbolFiles(rom)).toEqual([join(folder, "game.mlb")]);
    writeFileSync(join(folder, "game.dbg"), DBG);
    expect(await findSymbolFiles(rom)).toEqual([join(folder, "game.dbg")]);
  });

  test("are named in errors", async () => {
    writeFileSync(join(folder, "bad.mlb"), "nonsense\n");
    const error = await inputErrorFrom(loadSymbols([join(folder, "bad.mlb")], image));
    expect(error.where).toBe(`${join(folder, "bad.mlb")}, line 1, column 1`);
  });
});

describe("damaged symbol files", () => {
  const MLB = "NesPrgRom:1A2:main:a comment\nR:10-1F:buffer\nS:4:saved\n";
  const NL = "$C000#main#a comment\n\\which goes on\n$8010/20#table#\n";
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
    ["dbg", DBG, (text: string) => new Symbols(parseDbg(text, 16, 0x8000))],
    ["mlb", MLB, (text: string) => new Symbols(parseMlb(text))],
    ["nl", NL, (text: string) => new Symbols(parseNl(text, 1))],
  ] as const)(".%s: are refused in words or read as other symbols", (_, whole, parse) => {
    const size = soakSize(1000, 100_000);
    let refused = 0;
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
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.where).toMatch(/^line \d+, column \d+$/);
          refused++;
        }
      }),
      { numRuns: size },
    );
    expect(refused).toBeGreaterThan(size / 10);
  });
});
