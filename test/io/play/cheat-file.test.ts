import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseCheat } from "../../../src/emu/nes/cheat-codes.ts";
import { loadCheatFile, parseCheatFile } from "../../../src/io/play/cheat-file.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

describe("cheat files", () => {
  test("RetroArch: several codes in one cheat, and cheats that are off", () => {
    const { cheats, warnings } = parseCheatFile(
      [
        "cheats = 3",
        'cheat0_desc = "Lives"',
        'cheat0_code = "SXIOPO+0075:09"',
        "cheat0_enable = true",
        'cheat1_code = "91d9?01:ad"',
        "cheat1_enable = false",
        'cheat2_code = "rubbish!"',
        'cheat2_enable = "true"',
      ].join("\r\n"),
    );
    expect(cheats).toEqual([
      { code: "SXIOPO", isOn: true },
      { code: "0075:09", isOn: true },
      { code: "91d9?01:ad", isOn: false },
    ]);
    expect(warnings).toEqual(['line 7 is skipped: "rubbish!" is not a cheat']);
  });

  test("FCEUX: substitution, compare and off", () => {
    const text =
      "S0075:09:Lives\nSC91D9:AD:01:Jump\nSC:94A7:02:03:Off\n0076:0a:RAM: with colon\n:0077:0b:off\nwhat\n";
    const { cheats, warnings } = parseCheatFile(text);
    expect(cheats).toEqual([
      { code: "0075:09", isOn: true },
      { code: "91D9?01:AD", isOn: true },
      { code: "94A7?03:02", isOn: false },
      { code: "0076:0a", isOn: true },
      { code: "0077:0b", isOn: false },
    ]);
    expect(warnings).toEqual(['line 6 is skipped: "what" is not a cheat']);
  });

  test("plain codes with comments", () => {
    expect(parseCheatFile("# mine\n  sxiopo # jump\n\n75:9").cheats.map(({ code }) => code)).toEqual([
      "sxiopo",
      "75:9",
    ]);
  });

  test("a file without a cheat is a data error", async () => {
    const folder = await mkdtemp(join(tmpdir(), "emu-cht-"));
    try {
      await writeFile(join(folder, "a.cht"), "hello\n");
      const error = await inputErrorFrom(loadCheatFile(join(folder, "a.cht")));
      expect(error.kind).toBe("data");
      expect(error.message).toContain("line 1 is skipped");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("comments of every kind, and RetroArch's 1 for true", () => {
    const text = "; lives\r\n// energy\r\n# time\r\n$0075:09 ; nine\r\n0x0076:0x0A // ten\r\n";
    const codes = { cheats: ["$0075:09", "0x0076:0x0A"].map((code) => ({ code, isOn: true })), warnings: [] };
    expect(parseCheatFile(text)).toEqual(codes);
    const retroArch = 'cheat0_code = "SXIOPO; 75:9"\ncheat0_enable = "1"\n';
    expect(parseCheatFile(retroArch).cheats.map(({ code, isOn }) => [code, isOn])).toEqual([
      ["SXIOPO", true],
      ["75:9", true],
    ]);
  });

  test("any text gives cheats that are valid", () => {
    const piece = fc.constantFrom(
      "S",
      "C",
      ":",
      "0075",
      "09",
      "\n",
      'cheat0_code = "',
      '"',
      "+",
      "SXIOPO",
      "#",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 20 }), (pieces) => {
        for (const { code } of parseCheatFile(pieces.join("")).cheats) parseCheat(code);
      }),
    );
  });
});
