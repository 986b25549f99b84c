import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { runCommand } from "../../../src/io/debug/commands.ts";
import { completionsOf } from "../../../src/io/debug/completions.ts";
import { GameRun } from "../../../src/io/debug/game-run.ts";
import type { DebugSession } from "../../../src/io/debug/session.ts";
import { loadCartridge } from "../../../src/io/library/index.ts";
import { buildExample, canBuildExamples, librarySession } from "../../support/debug.ts";

async function command(session: DebugSession, line: string): Promise<string> {
  return (await runCommand(session, line))?.text ?? "no command";
}

describe("break", () => {
  test("stops at a place, with a condition", async () => {
    const session = librarySession();
    expect(await command(session, "break")).toBe("no breakpoints");
    expect(await command(session, "break tick if frame_count == 3")).toBe(
      "breakpoint 1: tick if frame_count == 3",
    );
    expect(await session.move({ kind: "continue" })).toMatchObject({
      reason: "breakpoint",
      breakpoints: [1],
    });
    expect(session.evaluate("frame_count")).toBe(3);
    expect(await command(session, "break")).toMatch(/^1: tick if frame_count == 3, \d hits?$/);
    expect(await command(session, "delete 1")).toBe("deleted 1: tick if frame_count == 3");
    expect(session.breakpoints.size).toBe(0);
  });

  test.each([
    ["write frame_count", "access", /^write of \$0020/],
    ["read ppu[$2000]", undefined, undefined],
    ["write $20 if value == 2", "access", /→ \$02/],
    ["access oam[0]", undefined, undefined],
    ["on nmi", "event", /^NMI/],
  ])("%s", async (text, reason, shown) => {
    const session = librarySession();
    await command(session, `break ${text}`);
    expect(session.breakpoints.all).toMatchObject([{ command: text }]);
    if (reason === undefined) return;
    const stop = await session.move({ kind: "continue" }, "forward", 60);
    expect(stop.reason).toBe(reason as "access");
    expect(stop.text).toMatch(shown!);
  });

  test("log prints a message instead of a stop", async () => {
    const lines: string[] = [];
    const session = librarySession({ onLog: (text) => lines.push(text) });
    await command(session, "break tick if frame_count < 3 log count = {frame_count:d}");
    await session.move({ kind: "continue" }, "forward", 8);
    expect(lines.slice(0, 3)).toEqual(["count = 0", "count = 1", "count = 2"]);
  });

  test.each([
    ["break nowhere", "unknown symbol nowhere"],
    ["break on fire", "no event fire"],
    ["break write a", "a is not in memory"],
    ["break write $10000", "$10000 is not in $0000 to $FFFF"],
    ["break read oam[256]", "oam[256] is not in $0000 to $00FF"],
    ["break tick if frame_count = 3", "a condition cannot assign"],
    ["break main.s:9999999", "no code in main.s:9999999 or below"],
    ["delete 7", "no breakpoint 7"],
    ["step sideways", "usage: step [back]"],
  ])("%s is rejected", async (line, error) => {
    await expect(command(librarySession(), line)).rejects.toThrow(error);
  });
});

test("a line is completed with commands, registers and names", () => {
  const session = librarySession();
  const names = (text: string) => completionsOf(session, text).found.map(({ name }) => name);
  expect(names("bre")).toEqual(["break"]);
  expect(names("break fr")).toEqual(expect.arrayContaining(["frame", "frame_count"]));
  expect(names("1 + ppu.ma")).toEqual(["ppu.mask"]);
  expect(completionsOf(session, "1 + ppu.ma")).toMatchObject({ start: 4, length: 6 });
});

describe.skipIf(!canBuildExamples)("in a built game", () => {
  let game: ReturnType<typeof buildExample>;
  beforeAll(() => {
    game = buildExample("ca65-game");
  });
  afterAll(() => game.remove());

  test("a line of source is a place, and the console's breakpoints outlive a restart", async () => {
    const problems: string[] = [];
    const run = await GameRun.start(
      () => loadCartridge(game.rom),
      { speedPercent: 0 },
      {
        onLog: () => {},
        onReload: () => {},
        onProblem: (text) => problems.push(text),
      },
    );
    const { target } = run.game;
    const file = target.symbols.files.findIndex((name) => name.endsWith("main.s"));
    const { line } = target.lines.linesOf(file)[3]!;
    await command(run.game, `break main.s:${line}`);
    await command(run.game, "break on sprite0 if frame > 100");
    expect(run.game.breakpoints.all[0]!.code!.prgOffsets.length).toBeGreaterThan(0);
    await run.restart();
    expect(await command(run.game, "break")).toBe(`1: main.s:${line}\n2: on sprite0 if frame > 100`);
    expect(problems).toEqual([]);
    expect(await run.move({ kind: "continue" }, "forward")).toMatchObject({ breakpoints: [1] });
    run.end();
  });
});
