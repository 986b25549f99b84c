import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EscapeBuffer, type Token } from "../../../src/io/input/escape-buffer.ts";

function tokensOf(chunks: readonly Uint8Array[], flush = true): Token[] {
  const tokens: Token[] = [];
  const buffer = new EscapeBuffer((token) => tokens.push(token));
  for (const chunk of chunks) buffer.feed(chunk);
  if (flush) buffer.flush();
  return tokens;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("EscapeBuffer", () => {
  const cases: [string, string, Token[]][] = [
    ["characters", "aZ é€😀", [..."aZ é€😀"].map((text) => ({ kind: "text", text }) as Token)],
    ["an arrow", "\x1b[A", [{ kind: "csi", text: "A" }]],
    ["an arrow let go", "\x1b[1;1:3A", [{ kind: "csi", text: "1;1:3A" }]],
    ["application mode", "\x1bOP", [{ kind: "ss3", text: "P" }]],
    ["the Escape key", "\x1b", [{ kind: "escape", text: "" }]],
    ["Escape twice", "\x1b\x1b", [1, 2].map(() => ({ kind: "escape", text: "" }))],
    ["Alt and a letter", "\x1bx", [{ kind: "alt", text: "x" }]],
    [
      "what is pasted, keys in it included",
      "\x1b[200~a\x1b[Aé\r\x11\x1b[201~b",
      [
        { kind: "paste", text: "a\x1b[Aé\r\x11" },
        { kind: "text", text: "b" },
      ],
    ],
    [
      "an end that is begun anew in a paste",
      "\x1b[200~\x1b[20\x1b[201~",
      [{ kind: "paste", text: "\x1b[20" }],
    ],
    ["a Linux function key", "\x1b[[A", [{ kind: "csi", text: "[A" }]],
    ["OSC ended by ST", "\x1b]4;1;rgb:0/0/0\x1b\\", [{ kind: "osc", text: "4;1;rgb:0/0/0" }]],
    [
      "OSC ended by BEL",
      "\x1b]11;x\x07a",
      [
        { kind: "osc", text: "11;x" },
        { kind: "text", text: "a" },
      ],
    ],
    ["DCS", "\x1bP>|XTerm(379)\x1b\\", [{ kind: "dcs", text: ">|XTerm(379)" }]],
    ["APC", "\x1b_Gi=31;OK\x1b\\", [{ kind: "apc", text: "Gi=31;OK" }]],
    ["a sequence cut off by another", "\x1b[1;\x1b[B", [{ kind: "csi", text: "B" }]],
    ["a cancelled sequence", "\x1b[1;\x18q", [{ kind: "text", text: "q" }]],
    ["a string cut off by a sequence", "\x1b]4;\x1b[C", [{ kind: "csi", text: "C" }]],
  ];
  test.each(cases)("finds %s", (_, text, tokens) => {
    expect(tokensOf([bytes(text)])).toEqual(tokens);
  });

  test("drops bytes that are not UTF-8 and continues", () => {
    expect(tokensOf([Uint8Array.of(0xff, 0x80, 0xc3, 0x41)])).toEqual([{ kind: "text", text: "A" }]);
  });

  test("drops a string without an end", () => {
    const long = bytes(`\x1b]52;${"x".repeat(70_000)}\x07a`);
    expect(tokensOf([long])).toEqual([{ kind: "text", text: "a" }]);
  });

  test("keeps the beginning of a giant paste, and none of its keys", () => {
    const tokens = tokensOf([bytes(`\x1b[200~${"q\x11".repeat(5_000_000)}\x1b[201~x`)]);
    expect(tokens).toEqual([
      { kind: "paste", text: "q\x11".repeat(512) },
      { kind: "text", text: "x" },
    ]);
  });

  test("gives the same tokens for every split", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "\x1b[A",
        "\x1b[1;1:3C",
        "\x1bOP",
        "\x1b[[B",
        "\x1b]4;1;rgb:1/2/3\x1b\\",
        "\x1bP>|x\x1b\\",
      ),
      fc.constantFrom(
        "\x1b\x1b[A",
        "\x1b\x1bO",
        "\x1bO5P",
        "\x1b[23$",
        "\x1b\x1b[?1;2c",
        "\x1b\x1b",
        "\x1b[200~",
        "\x1b[201~",
      ),
      fc.constantFrom("\x1b[122;1:3u", "\x1b_Gi=1;OK\x1b\\", "\x1b]0;t\x07", "\x1b", "é", "😀", "\x18"),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => bytes(pieces.join(""))),
        fc.uint8Array({ maxLength: 30 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (wellFormed, noise, cuts) => {
          const stream = Uint8Array.from([...wellFormed, ...noise]);
          const at = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
          const chunks = [0, ...at].map((start, index) => stream.subarray(start, at[index] ?? stream.length));
          expect(tokensOf(chunks)).toEqual(tokensOf([stream]));
        },
      ),
      { numRuns: 300 },
    );
  });
});
