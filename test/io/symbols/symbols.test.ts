import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { readRom } from "../../../src/io/files/rom-file.ts";
import { load } from "../../../src/io/library/index.ts";
import { parseFns, parseListing, parseMap, parseVice } from "../../../src/io/symbols/address-lists.ts";
import { parseDbg } from "../../../src/io/symbols/dbg.ts";
import { parseMlb } from "../../../src/io/symbols/mlb.ts";
import { parseNl } from "../../../src/io/symbols/nl.ts";
import { findSymbolFiles, loadSymbols, loadSymbolsBeside } from "../../../src/io/symbols/symbol-files.ts";
import { type SymbolData, Symbols } from "../../../src/io/symbols/symbols.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { soakSize } from "../../support/soak.ts";

/** The output of ca65 and ld65 2.19 for a small program, reduced to the relevant parts. */
const DBG = readFileSync(join(import.meta.dir, "../../fixtures/symbols/small.dbg"), "utf8");
/** The linker's only output file begins with the iNES header. */
const OUTPUT = new Map([[/oname="([^"]*)"/.exec(DBG)?.[1] ?? "", -16]]);
const small = (): Symbols => new Symbols(parseDbg(DBG, OUTPUT, 0x8000));

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

  test("source lines are code, not data; a macro is the line that uses it", () => {
    const symbols = small();
    expect(symbols.lineOf(0)).toEqual({ file: "t.s", line: 13 });
    expect(symbols.lineOf(8)).toEqual({ file: "t.s", line: 18 });
    expect(symbols.lineOf(15)).toBeUndefined();
    const code = symbols.lines.filter((line) => line.kind === "assembly").map((line) => line.line);
    expect(code.toSorted((a, b) => a - b)).toEqual([13, 14, 15, 17, 18, 19, 20, 22]);
    expect(symbols.routines).toEqual([{ name: "reset", prgOffset: 0, bytes: 14 }]);
  });

  test("C names without the underscore; an ambiguous name returns all symbols", () => {
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
    ["version\tminor=0\n", "major= was expected", "line 1, column 1"],
    ["version\tmajor=2,minor=0\nfile\n", "a tab was expected after file", "line 2, column 5"],
    ["version\tmajor=2,minor=0\nfile\tid=1\n", "name= was expected", "line 2, column 1"],
    ['version\tmajor=2,minor=0\nfile\tid=x,name="a"\n', "a number was expected, not x", "line 2, column 9"],
    ['version\tmajor=2,minor=0\nfile\tid=0,name="a\n', 'a closing " was expected', "line 2, column 18"],
    ['version\tmajor=2,minor=0\nfile\tid=0,name="a"b\n', "a comma was expected", "line 2, column 19"],
    ["version\tmajor=2,minor=0\nspan\tid=0,seg\n", "a name and = were expected", "line 2, column 11"],
  ])("%j is rejected", (text, message, where) => {
    const error = inputErrorOf(() => parseDbg(text, OUTPUT, 0x8000));
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

describe("symbol files", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-symbols-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const rom = join(folder, "game.nes");
  const { image } = readRom(buildRom({ prgUnits: 2 }), "game.nes");

  test("are found beside the ROM: name lists, else labels, else debug info", async () => {
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

  test("files without banks come last, listings only if there is nothing else", async () => {
    const alone = mkdtempSync(join(folder, "alone-"));
    const path = join(alone, "game.nes");
    for (const extension of [".lst", ".map", ".fns", ".labels", ".lbl"]) {
      writeFileSync(join(alone, `game${extension}`), "al 00C000 .reset\n");
      expect(await findSymbolFiles(path)).toEqual([join(alone, `game${extension}`)]);
    }
    writeFileSync(`${path}.0.nl`, "$C000#reset#\n");
    expect(await findSymbolFiles(path)).toEqual([`${path}.0.nl`]);
  });

  test("several output files of the linker are located in the ROM by contents", async () => {
    const build = mkdtempSync(join(folder, "build-"));
    const banked = readRom(buildRom({ prgUnits: 4 }), "banked.nes").image;
    const bank = (n: number) => banked.prgRom.slice(n * 0x4000, (n + 1) * 0x4000);
    const dbg = [
      "version\tmajor=2,minor=0",
      'file\tid=0,name="a.s",size=1,mtime=0x0,mod=0',
      "line\tid=0,file=0,line=7,span=0",
      "line\tid=1,file=0,line=9,span=1",
      'seg\tid=0,name="A",start=0x008000,size=0x0010,addrsize=absolute,type=ro,oname="out/b3.bin",ooffs=0',
      'seg\tid=1,name="B",start=0x008000,size=0x0010,addrsize=absolute,type=ro,oname="out/b1.bin",ooffs=0',
      "span\tid=0,seg=0,start=2,size=2",
      "span\tid=1,seg=1,start=4,size=2",
      'sym\tid=0,name="x",addrsize=absolute,scope=0,def=0,val=0x8002,seg=0,type=lab',
    ].join("\n");
    const path = join(build, "game.dbg");
    writeFileSync(path, dbg);
    const lost = await loadSymbols([path], banked);
    expect(lost.lines).toEqual([]);
    expect(lost.warnings[0]).toContain("no source lines for out/b3.bin, out/b1.bin");
    writeFileSync(join(build, "b3.bin"), bank(3));
    writeFileSync(join(build, "b1.bin"), bank(1));
    const found = await loadSymbols([path], banked);
    expect(found.warnings).toEqual([]);
    expect(found.lineOf(0xc002)).toEqual({ file: "a.s", line: 7 });
    expect(found.lineOf(0x4004)).toEqual({ file: "a.s", line: 9 });
    expect(found.find("x")[0]?.prgOffset).toBe(0xc002);
  });

  test("from other versions of ld65 are read with a warning", async () => {
    const path = join(folder, "v3.dbg");
    writeFileSync(path, DBG.replace("major=2", "major=3"));
    const symbols = await loadSymbols([path], image);
    expect(symbols.find("reset")[0]).toMatchObject({ address: 0x8000, prgOffset: 0 });
    expect(symbols.warnings[0]).toContain("debug info of version 3 is read as version 2");
  });

  test("are named in errors", async () => {
    writeFileSync(join(folder, "bad.mlb"), "nonsense\n");
    writeFileSync(join(folder, "bad.dbg"), "nonsense\n");
    const error = await inputErrorFrom(loadSymbols([join(folder, "bad.dbg")], image));
    expect(error.where).toBe(`${join(folder, "bad.dbg")}, line 1, column 1`);
    expect(error.remedy).toBe("rebuild the symbol file, or remove it");
    const { warnings } = await loadSymbols([join(folder, "bad.mlb")], image);
    expect(warnings).toEqual([
      `${join(folder, "bad.mlb")}: skipped 1 row that could not be read (line 1: kind:address:name was expected)`,
    ]);
  });

  test("that are damaged and were not named are ignored with a warning", async () => {
    const path = join(folder, "damaged.dbg");
    writeFileSync(path, "nonsense\n");
    const { files, symbols } = await loadSymbolsBeside(join(folder, "damaged.nes"), image);
    expect(files).toEqual([path]);
    expect(symbols.symbols).toEqual([]);
    expect(symbols.warnings).toEqual([
      expect.stringMatching(/damaged\.dbg: ignored: .*\(line 1, column 1\): rebuild the symbol file/),
    ]);
    writeFileSync(join(folder, "damaged.nes"), buildRom());
    const game = await load(join(folder, "damaged.nes"));
    expect(game.warnings).toEqual(symbols.warnings);
    await inputErrorFrom(load(join(folder, "damaged.nes"), { symbols: path }));
  });
});

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
