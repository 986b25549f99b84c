import { describe, expect, test } from "bun:test";
import { EscapeBuffer, type Token } from "../../../src/io/input/escape-buffer.ts";
import { noAnswers, readAnswer } from "../../../src/io/terminal/capabilities.ts";

/** What a terminal's replies say, and what else was among them. */
function read(replies: string) {
  const answers = noAnswers();
  const kinds: string[] = [];
  const others: Token[] = [];
  const buffer = new EscapeBuffer((token) => {
    const kind = readAnswer(token, answers);
    kinds.push(kind);
    if (kind === "other") others.push(token);
  });
  buffer.feed(new TextEncoder().encode(replies));
  return { answers, kinds, others };
}

describe("readAnswer", () => {
  // Recorded from the terminals named.
  test.each([
    [
      "foot 1.13",
      "\x1b[?15u\x1b[?2026;2$y\x1b[6;16;8t\x1bP>|foot(1.13.1)\x1b\\\x1b[?62;4;22c",
      {
        keyboardFlags: 15,
        synchronizedOutput: true,
        cellWidthPixels: 8,
        cellHeightPixels: 16,
        version: "foot(1.13.1)",
        attributes: [4, 22],
      },
    ],
    [
      "xterm 379",
      "\x1b[?2026;0$y\x1bP>|XTerm(379)\x1b\\\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
      { keyboardFlags: 0, synchronizedOutput: false, cellWidthPixels: 0, version: "XTerm(379)" },
    ],
    [
      "tmux 3.3a",
      "\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c",
      { keyboardFlags: 0, attributes: [2], version: "tmux 3.3a" },
    ],
  ])("understands %s", (_, replies, expected) => {
    const { answers, kinds, others } = read(replies);
    expect(answers).toMatchObject(expected);
    expect(kinds.at(-1)).toBe("last");
    expect(others).toEqual([]);
  });

  test("passes keys on", () => {
    const { others } = read("x\x1b[A\x1b[?2026;2$y\x1b[122;1:3u\x1b[?62c");
    expect(others.map(({ text }) => text)).toEqual(["x", "A", "122;1:3u"]);
  });
});
