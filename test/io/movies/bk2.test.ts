import { describe, expect, test } from "bun:test";
import { zipSync } from "fflate";
import { portData } from "../../../src/emu/nes/input/device-controls.ts";
import { DEVICE_DATA_BYTES } from "../../../src/emu/nes/input/devices.ts";
import { parseBk2 } from "../../../src/io/movies/bk2.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { masksOf } from "../../support/movies.ts";

const PAD = (port: number): string =>
  ["Up", "Down", "Left", "Right", "Start", "Select", "B", "A"].map((name) => `P${port} ${name}`).join("|");
/** The header of BizHawk 2.9 for its NesHawk core. */
const HEADER =
  "MovieVersion BizHawk v2.0.0\nPlatform NES\nGameName Some Game\nSHA1 A939ED4F41DF436B016AFCCC6717759B196BD626\n";
const KEY = `LogKey:#Reset|Power|#${PAD(1)}|#${PAD(2)}|`;

function bk2(files: Record<string, string>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)])),
  );
}

describe("BK2 movies", () => {
  test("two controllers and the console's buttons", () => {
    const log = `[Input]\r\n${KEY}\r\n|..|........|........|\r\n|..|...R...A|....S...|\r\n|r.|U.......|........|\r\n|.P|........|......B.|\r\n[/Input]\r\n`;
    const movie = parseBk2(bk2({ "Header.txt": HEADER, "Input Log.txt": log }));
    expect(masksOf(movie)).toEqual([0, 0x0881, 0x10, 0x0200]);
    expect(movie.resets).toEqual([
      { frame: 2, kind: "reset" },
      { frame: 3, kind: "power" },
    ]);
    expect(movie.rom).toEqual({ name: "Some Game", fileSha1: "a939ed4f41df436b016afccc6717759b196bd626" });
  });

  test("the log key defines the columns", () => {
    const log = "[Input]\nLogKey:#P1 A|P1 B|\n|A.|\n|.B|\n[/Input]\n";
    expect(masksOf(parseBk2(bk2({ "Input Log.txt": log })))).toEqual([1, 2]);
  });

  // The columns and names of BizHawk 2.9's FamicomDeck. The last two keys are D2 and D1 of the first row.
  test.each([
    ["GRPH|P3 A|P3 カナ|P3 ¥|P3 .|P3 RETURN|P3 F8", "......D", "family-basic-keyboard", [1]],
    [
      "GRPH|P3 A|P3 カナ|P3 ¥|P3 .|P3 RETURN|P3 F8",
      ".AK¥.R.",
      "family-basic-keyboard",
      [0x52, 0, 0, 0, 0, 0, 8],
    ],
    [
      "GRPH|P3 A|P3 カナ|P3 ¥|P3 .|P3 RETURN|P3 F8",
      "G...p..",
      "family-basic-keyboard",
      [0, 0, 0x10, 0, 0, 0, 0, 0x20],
    ],
    ["Pen X|P3 Pen Y|P3 Click|P3 Touch", "  100,   50,.T", "oeka-kids-tablet", [100, 50, 2]],
    ["Pen X|P3 Pen Y|P3 Click|P3 Touch", "    0,    0,CT", "oeka-kids-tablet", [0, 0, 3]],
  ])("a device in the expansion port: %s %s", (columns, record, expansion, bytes) => {
    const log = `[Input]\nLogKey:#Reset|Power|#${PAD(1)}|#${PAD(2)}|P2 Microphone|#P3 ${columns}|\n|..|.......A|.........|${record}|\n[/Input]\n`;
    const movie = parseBk2(bk2({ "Header.txt": HEADER, "Input Log.txt": log }));
    expect(movie.devices).toEqual({ expansion, microphone: true } as object);
    expect(movie.fourScore).toBe(false);
    expect(masksOf(movie)).toEqual([1]);
    const data = new Uint8Array(DEVICE_DATA_BYTES);
    movie.deviceData!.fill(0, data);
    expect([...portData(data, "expansion")].slice(0, bytes.length)).toEqual(bytes);
  });

  test.each([
    [{ "Header.txt": HEADER }, 'not a BK2 movie: the zip has no "Input Log.txt"', ""],
    [
      { "Header.txt": "Platform SNES", "Input Log.txt": "" },
      "a movie of the platform NES was expected, not SNES",
      "Header.txt, line 1, column 10",
    ],
    [
      { "Header.txt": "Platform NES\nStartsFromSavestate True", "Input Log.txt": "" },
      "the movie starts from a state of another emulator: emu plays movies from power-on only",
      "Header.txt, line 2, column 1",
    ],
    [
      { "Input Log.txt": `[Input]\n${KEY}\n|..|........|.......|` },
      "18 buttons were expected, as LogKey names them",
      "Input Log.txt, line 3, column 22",
    ],
    [
      { "Input Log.txt": `[Input]\n${KEY}\n|..|........|.........|` },
      "18 buttons were expected, as LogKey names them",
      "Input Log.txt, line 3, column 22",
    ],
    [
      { "Input Log.txt": "[Input]\nLogKey:#P1 Zapper X|\n|  256,|\n" },
      "a number from 0 to 255 was expected, not 256",
      "Input Log.txt, line 3, column 2",
    ],
    [
      { "Input Log.txt": "[Input]\nLogKey:#P3 Pen X|P3 Pen Y|\n|    0,  240,|\n" },
      "a number from 0 to 239 was expected, not 240",
      "Input Log.txt, line 3, column 8",
    ],
    [
      { "Input Log.txt": "[Input]\nhello\n" },
      "[Input], [/Input], LogKey: or a record that begins with | was expected",
      "Input Log.txt, line 2, column 1",
    ],
    [
      { "Input Log.txt": "[Input]\nLogKey:#P1 A|P1 Coin|\n|AC|" },
      "P1 Coin is pressed, which emu cannot play",
      "Input Log.txt, line 3, column 3",
    ],
  ])("%j is rejected", (files, message, where) => {
    const error = inputErrorOf(() => parseBk2(bk2(files as unknown as Record<string, string>)));
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });
});
