import { describe, expect, test } from "bun:test";
import { parseDbg } from "../../../src/io/symbols/dbg.ts";
import { Symbols } from "../../../src/io/symbols/symbols.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { DBG, OUTPUT } from "../../support/small-dbg.ts";

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
