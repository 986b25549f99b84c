import { describe, expect, test } from "bun:test";
import { checkBudget } from "../../../src/io/library/routine-times.ts";
import { gameErrorOf } from "../../support/game-errors.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { libraryGame } from "../../support/library-game.ts";

describe("a budget's last line", () => {
  // A frame begins with vertical blank: lines 241 to 260, the pre-render line 261, then 0 to 240.
  test.each([
    [241, 241, true],
    [242, 241, false],
    [241, 260, true],
    [0, 260, false],
    [260, 0, true],
    [0, 0, true],
    [1, 0, false],
  ])("a run that ends in line %d, with the last line %d", (endLine, lastLine, isInTime) => {
    const run = { cycles: 100, elapsedCycles: 100, frame: 3, startLine: 241, endLine };
    const from = `in frame 3, from line 241 to ${endLine}`;
    expect(checkBudget(run, { lastLine })).toBe(
      isInTime ? undefined : `ended in line ${endLine}, after line ${lastLine}, ${from}`,
    );
  });

  test("a run of more than a frame is late, wherever it ends", () => {
    const run = { cycles: 100, elapsedCycles: 30_000, frame: 3, startLine: 241, endLine: 241 };
    expect(checkBudget(run, { lastLine: 260 })).toStartWith("ended in line 241, after line 260");
  });
});

describe("time", () => {
  test("a routine is measured from its first instruction to its return", () => {
    const nes = libraryGame();
    nes.frames(5);
    const nmi = nes.time("nmi");
    const tick = nes.time("tick");
    nes.frames(10);
    expect([nmi.minCycles, nmi.maxCycles, nmi.runs.length]).toEqual([18, 18, 10]);
    expect(tick.runs.length).toBe(10);
    const [run] = tick.runs;
    expect(run).toMatchObject({ frame: 5, startLine: 241 });
    nmi.stop();
    tick.stop();
    nes.frames(2);
    expect(tick.runs.length).toBe(10);
  });

  test("interrupts in between do not count as the routine's time", () => {
    const nes = libraryGame();
    nes.frames(5);
    const fill = nes.time("fill");
    for (let calls = 0; calls < 13; calls++) nes.call("fill", { allowInterrupts: true });
    expect(new Set(fill.runs.map((run) => run.cycles))).toEqual(new Set([2 + 255 * 10 - 1 + 6]));
    expect(new Set(fill.runs.map((run) => run.elapsedCycles - run.cycles))).toEqual(new Set([0, 25]));
  });

  test("exceeding a budget ends the run, with names and numbers", () => {
    const nes = libraryGame();
    nes.frames(5);
    const stop = nes.budget("nmi", { maxCycles: 18, maxLines: 1, lastLine: 242 });
    nes.frames(5);
    stop();
    nes.budget("nmi", { maxCycles: 17 });
    expect(gameErrorOf(() => nes.frames(1)).what).toBe(
      "nmi took 18 cycles, 1 more than 17, in frame 10, from line 241 to 241",
    );
    const late = libraryGame();
    late.frames(5);
    late.budget("tick", { lastLine: 240 });
    late.frames(3);
    late.budget("tick", { maxLines: 0.1 });
    expect(gameErrorOf(() => late.frames(1)).what).toMatch(
      /^tick took 0\.\d lines, more than 0\.1, in frame 8/,
    );
    expect(inputErrorOf(() => nes.budget("tick", {})).kind).toBe("usage");
  });
});
