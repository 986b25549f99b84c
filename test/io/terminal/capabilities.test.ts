import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EscapeBuffer, type Token } from "../../../src/io/input/escape-buffer.ts";
import { keyOf, keysOfPaste } from "../../../src/io/input/keys.ts";
import { mouseOf } from "../../../src/io/input/mouse.ts";
import { noAnswers, readAnswer } from "../../../src/io/terminal/probe-replies.ts";
import { renderCapabilities, restorePictures } from "../../../src/io/terminal/render-capabilities.ts";
import { TerminalProbe } from "../../../src/io/terminal/terminal-probe.ts";
import { boundedWindow } from "../../../src/io/terminal/window.ts";
import { changedVariables } from "../../support/environment.ts";
import { soakSize } from "../../support/soak.ts";

/** Parses a terminal's replies; also returns the other tokens among them. */
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
      "VTE 0.70",
      "\x1b[?2026;4$y\x1b[4;504;640t\x1b[8;24;80t\x1b[?65;1;9c",
      { cellWidthPixels: 8, cellHeightPixels: 21, version: "" },
    ],
    [
      "mlterm 3.9",
      "\x1b[?2026;0$y\x1b[4;530;725t\x1b[8;24;80t\x1b[6;22;9t\x1b[?63;1;2;3;4;6;7;15;18;22;29c",
      { cellWidthPixels: 9, cellHeightPixels: 22, sixel: true },
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

  test.each([
    ["white", "rgb:ffff/ffff/ffff", true],
    ["konsole's dark grey", "rgb:2323/2626/2727", false],
    ["solarized light", "rgb:fdfd/f6f6/e3e3", true],
    ["something else", "red", false],
  ])("detects a light background: %s", (_, color, isLight) => {
    expect(read(`\x1b]11;${color}\x1b\\\x1b[?62c`).answers.lightBackground).toBe(isLight);
  });

  test("detects from the reply that a colour was set", () => {
    const color = (slot: number, value: string) => `\x1b]4;${slot};rgb:${value}\x1b\\`;
    const palette = Array.from({ length: 16 }, (_, slot) => color(slot, `${slot}${slot}/00/00`)).join("");
    const taken = read(`${palette}${color(79, "1212/3434/5656")}\x1b[?62c`);
    expect(taken.answers.paletteUpload).toBe(true);
    expect(taken.answers.palette[15]).toBe("rgb:1515/00/00");
    expect(taken.others).toEqual([]);
    const refused = read(`${palette}${color(79, "5f5f/5f5f/afaf")}\x1b[?62c`);
    expect(refused.answers.paletteUpload).toBe(false);
  });

  test.each([
    ["\x1b]4;3;a\x1b\\", "is no colour"],
    ["\x1b]4;3;rgb:00/00\n/00\x1b\\", "is no colour"],
    ["\x1b]4;-1;rgb:00/00/00\x1b\\", "is no slot"],
    ["\x1b]4;;rgb:00/00/00\x1b\\", "is no slot"],
    ["\x1b]4;1e0;rgb:00/00/00\x1b\\", "is no slot"],
    [`\x1b]4;3;rgb:${"0".repeat(9000)}/0/0\x1b\\`, "is far too long"],
  ])("stores nothing to write back if a reply %s", (reply) => {
    const { answers } = read(reply);
    expect(Object.values(answers.palette)).toEqual(Array.from({ length: 16 }, () => undefined));
    expect(Object.keys(answers.palette)).toHaveLength(16);
  });

  test("makes a version safe to show", () => {
    expect(read(`\x1bP>|evil\r\x07${"x".repeat(9000)}\x1b\\`).answers.version).toMatch(/^evil\?\?x+…x+$/);
  });

  test("accepts any bytes, and always yields drawable capabilities", () => {
    const number = fc.oneof(fc.nat(100), fc.constantFrom(0, 1, 99_999, 2 ** 31, 2 ** 53, 1e30).map(BigInt));
    const numbers = fc.array(number, { maxLength: 6 }).map((all) => all.join(";"));
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const reply = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("", "?", ">", "6;", "4;", "8;"),
          numbers,
          fc.constantFrom(..."cutRynABPSZ~^$@"),
        )
        .map(([marker, body, final]) => `\x1b[${marker}${body}${final}`),
      fc
        .tuple(fc.constantFrom("]4;", "]11;", "]1337;", "P>|", "P1$r", "_Gi=", "_G"), fc.oneof(numbers, text))
        .map(([kind, body]) => `\x1b${kind}${body}\x1b\\`),
      fc.tuple(numbers, text).map(([slot, color]) => `\x1b]4;${slot};rgb:${color}\x07`),
      text,
    );
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 8 }), fc.uint8Array({ maxLength: 20 }), (replies, noise) => {
        const answers = noAnswers();
        const buffer = new EscapeBuffer((token) => {
          if (readAnswer(token, answers) === "other")
            for (const key of [keyOf(token), mouseOf(token)]) void key;
          keysOfPaste(token);
        });
        buffer.feed(Buffer.from(replies.join(""), "latin1"));
        buffer.feed(noise);
        buffer.flush();
        const capabilities = { ...answers, answers: true, probeMs: 1 };
        const window = boundedWindow({ columns: 80, rows: 24, ...capabilities });
        renderCapabilities(capabilities, window.cellHeightPixels, {});
        expect(window.columns * Math.max(1, window.cellWidthPixels)).toBeLessThanOrEqual(8192);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: only our own sequences are allowed
        expect(restorePictures(capabilities)).toMatch(/^(\x1b\][0-9a-z:;/#]*\x1b\\|\x1b_G[^\x1b]*\x1b\\)*$/i);
      }),
      { numRuns: soakSize(1000, 100_000) },
    );
  });

  test("passes keys on", () => {
    const { others } = read("x\x1b[A\x1b[?2026;2$y\x1b[122;1:3u\x1b[?62c");
    expect(others.map(({ text }) => text)).toEqual(["x", "A", "122;1:3u"]);
  });
});

describe("renderCapabilities", () => {
  const told = { ...noAnswers(), answers: true, probeMs: 1, version: "foot(1.13)" };
  const whole = { ...told, paletteUpload: true, palette: new Array(16).fill("rgb:00/00/00") };

  test.each([
    [
      "nothing told",
      { ...told, answers: false, version: "" },
      16,
      { shiftRows: false, paletteUpload: "none", fullBlock: false, layersSixels: false },
    ],
    [
      "an answer to DA1",
      told,
      16,
      { shiftRows: true, paletteUpload: "none", fullBlock: true, complementGlyphs: true },
    ],
    ["xterm's fonts", { ...told, version: "XTerm(379)" }, 16, { fullBlock: false, layersSixels: true }],
    ["tmux, perhaps in xterm", { ...told, version: "tmux 3.3a" }, 16, { fullBlock: false }],
    ["Zellij, perhaps in xterm", { ...told, version: "Zellij(4203)" }, 16, { fullBlock: false }],
    ["an odd height of cells", told, 13, { complementGlyphs: false }],
    ["a palette that can be set", { ...told, paletteUpload: true }, 16, { paletteUpload: "upper" }],
    [
      "a palette that can be restored",
      { ...whole, trueColor: true },
      16,
      { paletteUpload: "whole", colors: "true" },
    ],
    ["16 colours, which text needs", whole, 16, { paletteUpload: "upper", colors: "16" }],
  ])("with %s", (_, capabilities, cellHeight, expected) => {
    expect(renderCapabilities(capabilities, cellHeight, { TERM: "xterm" })).toMatchObject(expected as object);
  });

  test("restore every slot that is used", () => {
    const text = restorePictures(whole);
    expect(text).toContain("\x1b]104;16;17;");
    expect(text).toContain(";79\x1b\\");
    expect(text.split("\x1b]4;")).toHaveLength(17);
    expect(restorePictures(told)).toBe("");
  });
});

describe("TerminalProbe", () => {
  test("detects glyph widths from cursor reports, and does not take later reports", async () => {
    const probe = new TerminalProbe(() => {});
    const asked = probe.ask();
    // foot 1.13, which is older than octants.
    for (const text of ["1;1R", "1;2R", "?62;4;22c"]) expect(probe.take({ kind: "csi", text })).toBe(true);
    expect(await asked).toMatchObject({ octants: false, sextants: true });
    expect(probe.take({ kind: "csi", text: "1;1R" })).toBe(false);
    probe.close();
  });

  test("reports late replies, before and after a listener is set", async () => {
    let asked = "";
    const probe = new TerminalProbe((text) => {
      asked += text;
    });
    const { answers } = await probe.ask();
    expect(answers).toBe(false);
    expect(asked).toEndWith("\x1b[c");
    const heard: boolean[] = [];
    probe.take({ kind: "csi", text: "?62;4;22c" });
    probe.onLateAnswers = ({ sixel }) => heard.push(sixel);
    expect(heard).toEqual([true]);
    probe.take({ kind: "csi", text: "?62;22c" });
    expect(heard).toEqual([true, false]);
    probe.close();
  });

  test("learns another size of cells after it has asked again", async () => {
    let asked = "";
    const probe = new TerminalProbe((text) => {
      asked += text;
    });
    const answer = probe.ask();
    for (const text of ["4;504;640t", "8;24;80t", "?65;1;9c"])
      expect(probe.take({ kind: "csi", text })).toBe(true);
    expect(await answer).toMatchObject({ cellWidthPixels: 8, cellHeightPixels: 21 });
    const heard: number[] = [];
    probe.onLateAnswers = ({ cellHeightPixels }) => heard.push(cellHeightPixels);
    asked = "";
    probe.askSize();
    expect(asked).toStartWith("\x1b[14t\x1b[18t");
    for (const text of ["4;504;640t", "8;24;80t", "4;600;1000t", "8;24;100t"])
      probe.take({ kind: "csi", text });
    expect(heard).toEqual([25]);
    probe.close();
  });

  test("a reported size of cells counts more than the size of the window", async () => {
    const probe = new TerminalProbe(() => {});
    const take = (...texts: string[]) => texts.map((text) => probe.take({ kind: "csi", text }));
    const answer = probe.ask();
    take("4;530;725t", "8;24;80t", "6;21;8t", "?65;1;9c");
    expect(await answer).toMatchObject({ cellWidthPixels: 8, cellHeightPixels: 21 });
    const heard: number[] = [];
    probe.onLateAnswers = ({ cellHeightPixels }) => heard.push(cellHeightPixels);
    take("4;800;900t", "8;30;90t", "6;21;8t");
    expect(heard).toEqual([]);
    take("4;800;900t", "8;30;90t", "6;25;10t");
    expect(heard).toEqual([25]);
    probe.close();
  });

  describe("inside GNU screen", () => {
    /** Sets the variables that screen sets for its programs. */
    const insideScreen = (TERM = "screen-256color") =>
      changedVariables({ STY: "1.pts-0.here", TERM, COLORTERM: "truecolor", TMUX: undefined });

    // The behaviour of screen 4.9 in xterm 379: it answers DA1 itself, and passes on the other terminal's
    // answer.
    test.each([
      ["screen.xterm-256color", "256", "past-screen"],
      ["screen", "16", "none"],
    ])("as %s uses the palette of the outer terminal if possible", async (TERM, colors, upload) => {
      using _variables = insideScreen(TERM);
      let asked = "";
      const probe = new TerminalProbe((text) => {
        asked += text;
      });
      const answer = probe.ask();
      expect(asked).toContain("\x1bP\x1b]4;79;?\x07\x1b\\");
      expect(asked).not.toContain("\x1b_G");
      probe.take({ kind: "csi", text: "?1;2c" });
      probe.take({ kind: "osc", text: "4;79;rgb:1212/3434/5656" });
      const capabilities = await answer;
      expect(capabilities).toMatchObject({ answers: true, pastScreen: true, paletteUpload: true });
      expect(renderCapabilities(capabilities, 16)).toMatchObject({ colors, paletteUpload: upload });
      const restored = restorePictures(capabilities);
      expect(restored).toStartWith("\x1bP\x1b]104;16;17;");
      expect(restored).toEndWith(";79\x07\x1b\\");
      expect(restored.length).toBeLessThan(256);
      probe.close();
    });

    // The answers of xterm 379 around screen 4.9, started as `TERM=xterm screen -T screen-256color`.
    test.each([
      ["0;91", "16", "none"],
      ["0;38:5:196", "256", "past-screen"],
    ])("has the colours that reach the terminal around it: %s", async (attributes, colors, upload) => {
      using _variables = insideScreen();
      let asked = "";
      const probe = new TerminalProbe((text) => {
        asked += text;
      });
      const answer = probe.ask();
      expect(asked).toContain("\x1b[38;5;196mX\x1bP\x1bP$qm\x1b\x1b\\\x1bP\\\x1b\\\x1b[0m");
      probe.take({ kind: "csi", text: "?1;2c" });
      probe.take({ kind: "dcs", text: `1$r${attributes}m` });
      probe.take({ kind: "osc", text: "4;79;rgb:1212/3434/5656" });
      expect(renderCapabilities(await answer, 16)).toMatchObject({ colors, paletteUpload: upload });
      probe.close();
    });

    test("has fewer colours once the terminal around it says so late", async () => {
      using _variables = insideScreen();
      const probe = new TerminalProbe(() => {});
      const heard: string[] = [];
      probe.take({ kind: "csi", text: "?1;2c" });
      const first = renderCapabilities(await probe.ask(), 16);
      probe.onLateAnswers = (late) => heard.push(renderCapabilities(late, 16).colors);
      probe.take({ kind: "dcs", text: "1$r0;91m" });
      expect([first.colors, ...heard]).toEqual(["256", "16"]);
      probe.close();
    });

    test("uses screen's own colours if the terminal around it does not reply", async () => {
      using _variables = insideScreen();
      const probe = new TerminalProbe(() => {});
      const answer = probe.ask();
      probe.take({ kind: "csi", text: "?1;2c" });
      const capabilities = await answer;
      expect(renderCapabilities(capabilities, 16)).toMatchObject({ colors: "256", paletteUpload: "none" });
      expect(restorePictures(capabilities)).toBe("");
      probe.close();
    });
  });
});
