import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { loadInputScript, parseInputScript } from "../../../src/io/files/input-script.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

describe("input scripts", () => {
  test("masks hold until the next entry", () => {
    const script = parseInputScript("[[3, 8], [5, 0], [9, 255]]");
    const masks = Array.from({ length: 11 }, (_, frame) => script.maskAt(frame));
    expect(masks).toEqual([0, 0, 0, 8, 8, 0, 0, 0, 0, 255, 255]);
    expect(script.maskAt(4)).toBe(8);
    expect(script.lastFrame).toBe(9);
  });

  test("an empty script presses nothing", () => {
    const script = parseInputScript("[]");
    expect([script.maskAt(0), script.maskAt(1e6), script.lastFrame]).toEqual([0, 0, -1]);
  });

  test("any order of questions gives what a search through the entries gives", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.nat(500), fc.nat(255)), { selector: ([frame]) => frame });
    fc.assert(
      fc.property(entries, fc.array(fc.nat(600)), (unsorted, frames) => {
        const sorted = unsorted.toSorted((a, b) => a[0] - b[0]);
        const script = parseInputScript(JSON.stringify(sorted));
        for (const frame of frames) {
          const inForce = sorted.findLast(([start]) => start <= frame)?.[1] ?? 0;
          expect(script.maskAt(frame)).toBe(inForce);
        }
      }),
    );
  });

  test.each([
    ["{}", "not an array of [frame, mask]", ""],
    ["[[0, 0], 5]", "not a pair [frame, mask]", "entry 1"],
    ["[[0, 0, 1]]", "not a pair [frame, mask]", "entry 0"],
    ["[[-1, 0]]", "frame -1 is not an integer from 0", "entry 0"],
    ["[[1.5, 0]]", "frame 1.5 is not an integer from 0", "entry 0"],
    ['[["0", 0]]', 'frame "0" is not an integer from 0', "entry 0"],
    ["[[0, null]]", "mask null is not an integer from 0 to 255", "entry 0"],
    ["[[0, -1]]", "mask -1 is not an integer from 0 to 255", "entry 0"],
    ["[[5, 0], [5, 1]]", "frame 5 comes after frame 5: frames must ascend", "entry 1"],
  ])("%s is refused", (json, message, where) => {
    const error = inputErrorOf(() => parseInputScript(json));
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });

  test("what is not JSON is refused, and files are named", async () => {
    expect(inputErrorOf(() => parseInputScript("[[")).message).toStartWith("not JSON: ");
    const error = await inputErrorFrom(loadInputScript(import.meta.path));
    expect(error).toMatchObject({ kind: "data", where: import.meta.path });
    expect((await inputErrorFrom(loadInputScript("/absent.json"))).kind).toBe("missing");
  });

  test.skipIf(SHARED === undefined)("scripts of the golden runs", async () => {
    const golden = await Bun.file(sharedFile("golden/lj65.json")).json();
    expect(parseInputScript(JSON.stringify(golden.input.play)).maskAt(265)).toBe(8);
  });
});
