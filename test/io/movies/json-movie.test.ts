import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseJsonMovie } from "../../../src/io/movies/json-movie.ts";
import { loadMovie } from "../../../src/io/movies/movie-file.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

describe("input scripts", () => {
  test("masks hold until the next entry", () => {
    const script = inputOf("[[3, 8], [5, 0], [9, 255]]");
    const masks = Array.from({ length: 11 }, (_, frame) => script.maskAt(frame));
    expect(masks).toEqual([0, 0, 0, 8, 8, 0, 0, 0, 0, 255, 255]);
    expect(script.maskAt(4)).toBe(8);
    expect(script.lastFrame).toBe(9);
  });

  test("an empty script presses nothing", () => {
    const script = inputOf("[]");
    expect([script.maskAt(0), script.maskAt(1e6), script.lastFrame]).toEqual([0, 0, -1]);
  });

  test("lookups in any order match a linear search", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.nat(500), fc.nat(255)), { selector: ([frame]) => frame });
    fc.assert(
      fc.property(entries, fc.array(fc.nat(600)), (unsorted, frames) => {
        const sorted = unsorted.toSorted((a, b) => a[0] - b[0]);
        const script = inputOf(JSON.stringify(sorted));
        for (const frame of frames) {
          const inForce = sorted.findLast(([start]) => start <= frame)?.[1] ?? 0;
          expect(script.maskAt(frame)).toBe(inForce);
        }
      }),
    );
  });

  test.each([
    ["7", "[[frame, mask], …] or an object was expected", "line 1, column 1"],
    ["[[0, 0], 5]", "a pair [frame, mask] was expected", "line 1, column 10"],
    ["[[0, 0, 1]]", "a pair [frame, mask] was expected", "line 1, column 2"],
    ["[[-1, 0]]", "a whole number from 0 to 10000000 was expected, not -1", "line 1, column 3"],
    ["[\n [1.5, 0]]", "a whole number from 0 to 10000000 was expected, not 1.5", "line 2, column 3"],
    ['[["0", 0]]', 'a whole number from 0 to 10000000 was expected, not "0"', "line 1, column 3"],
    ["[[0, null]]", "a whole number from 0 to 4294967295 was expected, not null", "line 1, column 6"],
    ["[[5, 0], [5, 1]]", "a frame after 5 was expected: frames must ascend", "line 1, column 11"],
    ["[[0, 0]", "not JSON: a closing ] was expected", "line 1, column 8"],
    ["[[0, 0]]\n,", "not JSON: the end of the file was expected", "line 2, column 1"],
    ["{}", '"emuMovie": 1 was expected', "line 1, column 1"],
    ['{"emuMovie": 2}', '"emuMovie": 1 was expected', "line 1, column 14"],
    [
      '{"emuMovie": 1, "input": []}',
      '"frames": N was expected, the number of frames of the movie',
      "line 1, column 1",
    ],
    [
      '{"emuMovie": 1, "frames": 3, "input": [],\n "deviceData": [[1, {"port3": ""}]]}',
      "one of port1, port2, expansion was expected",
      "line 2, column 31",
    ],
    ['{"emuMovie": 1, "frames": 3}', '"input": [[frame, mask], …] was expected', "line 1, column 1"],
    [
      '{"emuMovie": 1, "frames": 3, "input": [], "region": "secam"}',
      "one of ntsc, pal, dendy was expected",
      "line 1, column 53",
    ],
    [
      '{"emuMovie": 1, "frames": 3, "input": [], "resets": [[1, "off"]]}',
      '[frame, "reset"] or [frame, "power"] was expected',
      "line 1, column 54",
    ],
    [
      '{"emuMovie": 1, "frames": 3, "input": [],\n "hashes": [[1, "12345"]]}',
      "8 lower-case hexadecimal digits were expected",
      "line 2, column 17",
    ],
  ])("%s is rejected", (json, message, where) => {
    const error = inputErrorOf(() => parseJsonMovie(json));
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });

  test("endless nesting is rejected", () => {
    const error = inputErrorOf(() => parseJsonMovie("[".repeat(500_000)));
    expect(error.message).toStartWith("not JSON: ");
  });

  test("errors name the file", async () => {
    const error = await inputErrorFrom(loadMovie(import.meta.path));
    expect(error).toMatchObject({ kind: "data", where: `${import.meta.path}, line 1, column 1` });
    expect((await inputErrorFrom(loadMovie("/absent.json"))).kind).toBe("missing");
  });

  test.skipIf(SHARED === undefined)("scripts of the golden runs", async () => {
    const golden = await Bun.file(sharedFile("golden/lj65.json")).json();
    expect(inputOf(JSON.stringify(golden.input.play)).maskAt(265)).toBe(8);
  });
});

const inputOf = (json: string) => parseJsonMovie(json).input;
