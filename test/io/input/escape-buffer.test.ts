import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EscapeBuffer, type Token } from "../../../src/io/input/escape-buffer.ts";
import { type KeyEvent, keyOf } from "../../../src/io/input/keys.ts";
import { mouseOf } from "../../../src/io/input/mouse.ts";
import { isFrameReport } from "../../../src/io/terminal/frame-report.ts";
import { TerminalProbe } from "../../../src/io/terminal/terminal-probe.ts";

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
    [
      "Escape, and then the cursor's position",
      "\x1b\x1b[1;5R",
      [
        { kind: "escape", text: "" },
        { kind: "csi", text: "1;5R" },
      ],
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

  test("takes what is typed after Escape as keys", () => {
    for (const typed of ["[", "]", "P", "_", "O", "[[", "Ok", "]x", "Px", "x[5"]) {
      const tokens: Token[] = [];
      const buffer = new EscapeBuffer((token) => tokens.push(token));
      buffer.feed(bytes("\x1b"));
      buffer.flush();
      buffer.feed(bytes(typed));
      buffer.flush();
      const keys = [...typed].map((text) => ({ kind: "text", text }));
      expect(tokens).toEqual([{ kind: "escape", text: "" }, ...keys] as Token[]);
    }
  });
});

/** Replies and reports of terminals, as emu asks for them and as some send them by themselves. */
const REPORTS = {
  DA1: "\x1b[?62;4;22c",
  DA2: "\x1b[>84;0;0c",
  DA3: "\x1bP!|00000000\x1b\\",
  XTVERSION: "\x1bP>|tmux 3.3a\x1b\\",
  DECRPM: "\x1b[?2026;2$y",
  DECRQSS: "\x1bP1$r0;48:2::1:2:3m\x1b\\",
  XTGETTCAP: "\x1bP1+r524742=38\x1b\\",
  "cursor position": "\x1b[24;80R",
  "cursor in the first row": "\x1b[1;2R",
  "the status of the terminal": "\x1b[0n",
  "the background's colour": "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
  "a colour, ended by BEL": "\x1b]4;12;rgb:ffff/0000/8787\x07",
  "the cells of iTerm2": "\x1b]1337;ReportCellSize=17.0;8.0;2.0\x1b\\",
  "keyboard flags": "\x1b[?15u",
  "images of kitty": "\x1b_Gi=31;OK\x1b\\",
  "window in pixels": "\x1b[4;768;1024t",
  "window in cells": "\x1b[8;24;80t",
  "size of a cell": "\x1b[6;16;8t",
  "a resize": "\x1b[48;24;80;768;1024t",
  "dark or light": "\x1b[?997;1n",
  "focus gained": "\x1b[I",
  "focus lost": "\x1b[O",
  "a click": "\x1b[<0;104;63M",
  "a release": "\x1b[<0;104;63m",
  "a click in the older format": "\x1b[M hx",
} as const;

/** The keys that a program gets from a terminal that sends these pieces; after each, time passes. */
function keysOf(pieces: readonly string[], waits: boolean): (KeyEvent | undefined)[] {
  const probe = new TerminalProbe(() => {});
  const keys: (KeyEvent | undefined)[] = [];
  const buffer = new EscapeBuffer((token) => {
    if (probe.take(token) || isFrameReport(token) || mouseOf(token) !== undefined) return;
    const key = keyOf(token);
    if (key !== undefined) keys.push(key);
  });
  for (const piece of pieces) {
    buffer.feed(bytes(piece));
    if (waits) buffer.flush();
  }
  return keys;
}

describe("no key comes from", () => {
  test.each(Object.entries(REPORTS))("%s, in any two or three pieces", (_, report) => {
    const after = keysOf(["x"], false);
    for (let second = 0; second <= report.length; second++)
      for (let first = 0; first <= second; first++) {
        const pieces = [report.slice(0, first), report.slice(first, second), report.slice(second), "x"];
        const afterEscape = keysOf(["\x1b", ...pieces], false).map((key) => key?.key);
        expect(afterEscape).toEqual(["escape", "x"]);
        expect(keysOf(pieces, false)).toEqual(after);
        // The character after a late ESC is a key if the rest is late too.
        const isTorn = first === 1 && second === 2;
        const late = keysOf(pieces, true).filter((key) => key?.key !== "escape");
        if (!isTorn) expect(late).toEqual(after);
      }
  });

  test("any number of reports, cut anywhere", () => {
    const stream = fc.array(fc.constantFrom(...Object.values(REPORTS))).map((reports) => reports.join(""));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length));
        expect(keysOf(pieces, false)).toEqual([]);
      }),
    );
  });
});
