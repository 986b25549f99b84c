import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { CORE_BOARDS } from "../../../../../src/emu/nes/cartridge/boards/core.ts";
import { BOARDS, boardNumbers } from "../../../../../src/emu/nes/cartridge/boards/index.ts";
import { RARE } from "../../../../../src/emu/nes/cartridge/boards/rare/index.ts";
import { BOARD_LIST, renderBoardList, unlistedBoards } from "../../../../support/board-list.ts";
import { soakSize } from "../../../../support/soak.ts";
import { CASES } from "./data/index.ts";
import { mismatchedPages, runCase, runRandom, runStepwise, usesCpuTime } from "./run-case.ts";

describe("boards", () => {
  for (const one of CASES) {
    const { mapper, submapper = 0 } = one.cartridge;
    test(`${mapper}.${submapper} ${one.name}`, () => {
      const harness = runCase(one);
      expect(mismatchedPages(harness)).toEqual([]);
    });
  }

  /** The Famicom Disk System has its own tests: a disk is not an image of this table. */
  const TESTED_ELSEWHERE = [20];

  test("every supported mapper has a case", () => {
    const tested = new Set([...TESTED_ELSEWHERE, ...CASES.map((one) => one.cartridge.mapper)]);
    expect(boardNumbers().filter((mapper) => !tested.has(mapper))).toEqual([]);
  });
});

test("every board of a file is in the index of its family", async () => {
  expect(await unlistedBoards()).toEqual([]);
});

test("no two boards serve the same submapper", () => {
  const served = BOARDS.flatMap(({ mapper, submappers = ["other"] }) =>
    submappers.map((each) => `${mapper}.${each}`),
  );
  expect(served.filter((each, at) => served.indexOf(each) !== at)).toEqual([]);
});

test("rare boards have mapper numbers that no other boards have, most above 405", () => {
  const others = new Set(CORE_BOARDS.map(({ mapper }) => mapper));
  expect(
    RARE.filter(
      ({ mapper }) =>
        (mapper <= 405 && ![124, 342, 351, 355, 365, 369, 394].includes(mapper)) || others.has(mapper),
    ),
  ).toEqual([]);
});

test("docs/boards.md lists every board", async () => {
  expect(readFileSync(BOARD_LIST, "utf8")).toBe(await renderBoardList());
});

test("every board cites its documentation", async () => {
  const [table = ""] = (await renderBoardList()).split("\n## ");
  expect(table).toContain("| 682 |");
  const uncited = table
    .split("\n")
    .filter((row) => /^\| \d/.test(row) && !/nesdev\.org|NintendulatorNRS/.test(row));
  expect(uncited).toEqual([]);
});

const RUNS = soakSize(2, 200);

/** One case for each cartridge in the table. */
const CARTRIDGES = [...new Map(CASES.map((one) => [JSON.stringify(one.cartridge), one])).entries()];

describe("banks depend only on the registers", () => {
  for (const [name, one] of CARTRIDGES) {
    test(`mapper ${name}`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => runRandom(one, seed)),
        { numRuns: RUNS },
      );
    });
  }
});

describe("counters run event by event as they do cycle by cycle", () => {
  const timed = CARTRIDGES.filter(([, one]) => usesCpuTime(one));
  for (const [name, one] of timed) {
    test(`mapper ${name}`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => runStepwise(one, seed)),
        { numRuns: RUNS },
      );
    });
  }
});
