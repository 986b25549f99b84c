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
      { code: "SXIOPO", isOn: true, name: "Lives" },
      { code: "0075:09", isOn: true, name: "Lives" },
      { code: "91d9?01:ad", isOn: false },
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^line 7 is skipped: "rubbish!" is not a cheat \(six or eight /),
    ]);
  });

  test("FCEUX: substitution, compare and off", () => {
    const text =
      "S0075:09:Lives\nSC91D9:AD:01:Jump\nSC:94A7:02:03:Off\n0076:0a:RAM: with colon\n:0077:0b:off\nwhat\n";
    const { cheats, warnings } = parseCheatFile(text);
    expect(cheats).toEqual([
      { code: "0075:09", isOn: true, name: "Lives" },
      { code: "91D9?01:AD", isOn: true, name: "Jump" },
      { code: "94A7?03:02", isOn: false, name: "Off" },
      { code: "0076:0a", isOn: true, name: "RAM: with colon" },
      { code: "0077:0b", isOn: false, name: "off" },
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^line 6 is skipped: "what" is not a cheat/)]);
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
    const cheats = [
      { code: "$0075:09", isOn: true, name: "nine" },
      { code: "0x0076:0x0A", isOn: true, name: "ten" },
    ];
    expect(parseCheatFile(text)).toEqual({ cheats, warnings: [] });
    const retroArch = 'cheat0_code = "SXIOPO; 75:9"\ncheat0_enable = "1"\n';
    expect(parseCheatFile(retroArch).cheats.map(({ code, isOn }) => [code, isOn])).toEqual([
      ["SXIOPO", true],
      ["75:9", true],
    ]);
  });

  describe("RetroArch: values that it writes into RAM", () => {
    /** The codes and warnings of cheats given by their fields. */
    function read(...cheats: readonly Record<string, string | number>[]) {
      const lines = cheats.flatMap((fields, number) =>
        Object.entries(fields).map(([name, value]) => `cheat${number}_${name} = "${value}"`),
      );
      const { cheats: found, warnings } = parseCheatFile(
        [`cheats = "${cheats.length}"`, ...lines].join("\n"),
      );
      return { codes: found.map(({ code, isOn }) => (isOn ? code : `off ${code}`)), warnings };
    }
    const set = { handler: 1, cheat_type: 1, memory_search_size: 3, code: "", enable: "true" };

    test.each([
      ["one byte", [{ ...set, address: 117, value: 9 }], ["0075:09"]],
      [
        "in hexadecimal, and off",
        [{ ...set, address: "0x75", value: "0xAD", enable: "false" }],
        ["off 0075:AD"],
      ],
      ["without a handler", [{ address: 117, value: 9 }], ["0075:09"]],
      ["16 bits", [{ ...set, address: 16, value: 999, memory_search_size: 4 }], ["0010:E7", "0011:03"]],
      [
        "16 bits, high byte first",
        [{ ...set, address: 16, value: 999, memory_search_size: 4, big_endian: "true" }],
        ["0010:03", "0011:E7"],
      ],
      [
        "repeated",
        [{ ...set, address: 0, value: 1, repeat_count: 3, repeat_add_to_address: 2, repeat_add_to_value: 1 }],
        ["0000:01", "0002:02", "0004:03"],
      ],
      [
        "a condition on the same byte",
        [
          { ...set, cheat_type: 4, address: 117, value: 1 },
          { ...set, address: 117, value: 9 },
        ],
        ["0075?01:09"],
      ],
      ["a code for the core", [{ ...set, handler: 0, code: "SXIOPO", address: 0, value: 0 }], ["SXIOPO"]],
    ])("%s", (_name, cheats, codes) => {
      expect(read(...cheats)).toEqual({ codes, warnings: [] });
    });

    test.each([
      [[{ ...set, cheat_type: 2, address: 0, value: 1 }], "cheat_type 2 is not supported"],
      [[{ ...set, memory_search_size: 0, address: 0, value: 1 }], "a value of single bits is not supported"],
      [[{ ...set, address: 2048, value: 1 }], "address 2048 is not supported"],
      [[{ ...set, address: 0, value: "nine" }], 'value is not a number: "nine"'],
      [[{ ...set, address: 0, value: 1, repeat_count: 4000000000 }], "repeat_count 4000000000 is not"],
      [
        [
          { ...set, cheat_type: 5, address: 0, value: 1 },
          { ...set, address: 0, value: 2 },
        ],
        "cheat_type 5 is not supported",
      ],
    ])("%j is skipped with its line", (cheats, message) => {
      const { codes, warnings } = read(...cheats);
      expect(codes).toEqual([]);
      expect(warnings[0]).toMatch(/^line \d+ is skipped: /);
      expect(warnings[0]).toContain(message);
    });
  });

  test("codes with names, and several codes on a line", () => {
    const text = "SXIOPO  Jump higher\nPAPAPA+0075:09\n0076:0A Energy\nPlease read this\n";
    const { cheats, warnings } = parseCheatFile(text);
    const codes = ["SXIOPO", "PAPAPA", "0075:09", "0076:0A"];
    expect(cheats.map(({ code }) => code)).toEqual(codes);
    expect(warnings).toEqual([expect.stringMatching(/^line 4 is skipped/)]);
  });

  test.each(["utf-8", "utf-8 with a mark", "utf-16le", "utf-16le with a mark", "utf-16be with a mark"])(
    "a file in %s",
    async (encoding) => {
      const folder = await mkdtemp(join(tmpdir(), "emu-cht-"));
      try {
        const text = `${encoding.includes("mark") ? "\ufeff" : ""}cheat0_code = "SXIOPO"\r\n`;
        const bytes = Buffer.from(text, encoding.startsWith("utf-8") ? "utf8" : "utf16le");
        if (encoding.startsWith("utf-16be")) bytes.swap16();
        await writeFile(join(folder, "a.cht"), bytes);
        expect(await loadCheatFile(join(folder, "a.cht"))).toEqual({
          cheats: [{ code: "SXIOPO", isOn: true }],
          warnings: [],
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

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
      '\ncheat0_address = "',
      '\ncheat0_value = "',
      '\ncheat0_repeat_count = "9',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 20 }), (pieces) => {
        for (const { code } of parseCheatFile(pieces.join("")).cheats) parseCheat(code);
      }),
    );
  });

  test("warnings stay few and short, and safe to print", () => {
    const long = parseCheatFile(`SXIOPO\n${"A".repeat(100_000)}\n\u009b31mRED\u202e`).warnings;
    expect(long).toHaveLength(2);
    expect(long[0]).toMatch(/^line 2 is skipped: "A+….*ADDRESS:VALUE in hexadecimal\)$/);
    for (const warning of long) {
      expect(warning.length).toBeLessThan(300);
      expect(warning).not.toMatch(/[\u0080-\u009f\u202e]/);
    }
    const many = parseCheatFile("no cheat here\n".repeat(5000)).warnings;
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toBe("4980 more lines are skipped");
    expect(parseCheatFile("no cheat here\n".repeat(21)).warnings.at(-1)).toBe("1 more line is skipped");
  });
});
