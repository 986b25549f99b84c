/** Documents with places must have the same contents as in any other parser. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseJsonSource } from "../../../../src/io/files/documents/parse-json.ts";
import { parseTomlSource } from "../../../../src/io/files/documents/parse-toml.ts";
import type { SourceNode } from "../../../../src/io/files/documents/source-node.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";

function plain(node: SourceNode): unknown {
  switch (node.kind) {
    case "table":
      return Object.fromEntries([...node.entries].map(([key, { node: value }]) => [key, plain(value)]));
    case "list":
      return node.items.map(plain);
    case "text":
      return node.text;
    case "number":
      return node.number;
    case "boolean":
      return node.boolean;
    case "other":
      return null;
  }
}

describe("nesting", () => {
  const deep = (open: string, close: string, count: number) => open.repeat(count) + close.repeat(count);
  test.each([
    ["lists", deep("[", "]", 20_000)],
    ["open lists", "[".repeat(200_000)],
    ["tables", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
    ["lists just beyond what is read", deep("[", "]", 66)],
  ])("of JSON %s is rejected", (_, text) => {
    expect(() => parseJsonSource(text, "m.json")).toThrow(
      /^nested too deeply$|^not JSON: a closing ] was expected$/,
    );
  });

  test.each([
    ["lists", `a = ${deep("[", "]", 20_000)}`],
    ["tables", `a = ${"{b = ".repeat(20_000)}1${"}".repeat(20_000)}`],
    ["dotted keys", `${Array(20_000).fill("a").join(".")} = 1`],
    ["dotted tables", `[${Array(20_000).fill("a").join(".")}]`],
    ["tables and lists in turn", `a = ${"[{b = ".repeat(40)}1${"}]".repeat(40)}`],
  ])("of TOML %s is rejected", (_, text) => {
    expect(() => parseTomlSource(text, "m.toml")).toThrow(/^nested too deeply$/);
  });

  test("is accepted up to the limit", () => {
    const lists = deep("[", "]", 60);
    expect(plain(parseJsonSource(lists, "m.json"))).toEqual(JSON.parse(lists));
    expect(plain(parseTomlSource(`a = ${lists}`, "m.toml"))).toEqual({ a: JSON.parse(lists) });
  });
});

describe("TOML", () => {
  test.each([
    ["", {}],
    ["a = 1\nb.c = 2\nb.d.e = 3", { a: 1, b: { c: 2, d: { e: 3 } } }],
    ["[a.b]\nc = 1\n[a]\nd = 2\n[a.e]\nf = 3", { a: { b: { c: 1 }, d: 2, e: { f: 3 } } }],
    [
      "[[t]]\na = 1\n[t.s]\nb = 2\n[[t.u]]\nc = 3\n[[t.u]]\nc = 4\n[[t]]\n[t.s]\nb = 5",
      { t: [{ a: 1, s: { b: 2 }, u: [{ c: 3 }, { c: 4 }] }, { s: { b: 5 } }] },
    ],
    ['a = { b.c = 1, "d e" = [1, [2, { f = true }]] }', { a: { b: { c: 1 }, "d e": [1, [2, { f: true }]] } }],
    [
      "a = [\n 1, # one\n 2,\n]\n'q.r' = 0x1F\nb = 1_000\nc = 0b101\nd = 0o17",
      { a: [1, 2], "q.r": 31, b: 1000, c: 5, d: 15 },
    ],
    ['a = \'\'\'\nx\ny\'\'\'\nb = """\\\n   z"""\nc = "\\t\\u00e9"', { a: "x\ny", b: "z", c: "\té" }],
    ["__proto__ = 1\nconstructor.x = 2", { ["__proto__"]: 1, constructor: { x: 2 } }],
  ])("document %#", (text, expected) => {
    expect(plain(parseTomlSource(text, "m.toml"))).toEqual(expected);
    if (!text.includes("__proto__")) expect(Bun.TOML.parse(text)).toEqual(expected);
  });

  test("has the place of every value, with any line ends", () => {
    const places: string[] = [];
    const visit = (node: SourceNode): void => {
      if (node.kind === "number" || node.kind === "text") places.push(`${node.at.line}:${node.at.column}`);
      if (node.kind === "list") node.items.forEach(visit);
      if (node.kind === "table") for (const { node: value } of node.entries.values()) visit(value);
    };
    const text = '\r\n[[test]]\r\n  rom = "a"\r\n  "é".ram = [1,\r\n    2]';
    visit(parseTomlSource(text, "m.toml"));
    expect(places).toEqual(["3:9", "4:14", "5:5"]);
  });
});

describe("JSON", () => {
  test("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(parseJsonSource(text, "m.json"))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("rejects what JSON.parse rejects", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom("", ",", "]", '"', "x", "//"),
        (value, at, piece) => {
          const whole = JSON.stringify(value);
          const cut = at % (whole.length + 1);
          const text = whole.slice(0, cut) + piece + whole.slice(cut + (piece === "" ? 1 : 0));
          let isRight = true;
          try {
            JSON.parse(text);
          } catch {
            isRight = false;
          }
          if (isRight) expect(() => plain(parseJsonSource(text, "m.json"))).not.toThrow(TypeError);
          else expect(inputErrorOf(() => parseJsonSource(text, "m.json")).where).toMatch(/^m\.json:\d+:\d+$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
