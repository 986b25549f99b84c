import { afterEach, describe, expect, test } from "bun:test";
import { GameRun } from "../../../../src/io/debug/game-run.ts";
import { debugKeysHelp } from "../../../../src/io/debug/terminal/debug-keys.ts";
import { DebugScreen } from "../../../../src/io/debug/terminal/debug-screen.ts";
import type { Token } from "../../../../src/io/input/escape-buffer.ts";
import { EscapeBuffer } from "../../../../src/io/input/escape-buffer.ts";
import { keyOf } from "../../../../src/io/input/keys.ts";
import { TextScreen } from "../../../../src/io/terminal/text-screen.ts";
import { LABELS, libraryGame } from "../../../support/library-game.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

const runs: GameRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.end();
});

/** A debugger of the program of `library-game.ts` on a terminal of this size. */
async function setUp(columns = 80, rows = 24) {
  const load = async () => {
    const { rom, symbols } = libraryGame();
    return { rom, symbols };
  };
  let screen: DebugScreen | undefined;
  const run = await GameRun.start(
    load,
    { speedPercent: 0 },
    {
      onLog: (text) => screen?.say(text),
      onReload: () => {},
      onProblem: () => {},
      onFrame: () => screen?.frameEnded(),
    },
  );
  runs.push(run);
  const terminal = new VirtualTerminal(columns, rows);
  const told: string[] = [];
  let shown = Promise.resolve();
  let drawn = 0;
  const areas: ({ columns: number; rows: number } | undefined)[] = [];
  screen = new DebugScreen(run, {
    leaveTo: "quit",
    newText: () => new TextScreen(columns, rows, "true"),
    showText: (text) => {
      drawn++;
      shown = terminal.write(text.encode());
    },
    setPicture: (area) => areas.push(area),
    publish: () => told.push("picture"),
    leave: () => told.push("left"),
    failed: (error) => {
      throw error;
    },
  });
  screen.resize();
  const debug = screen;
  const take = (token: Token): void => {
    const key = keyOf(token);
    if (key !== undefined) debug.handleKey(key);
  };
  const settled = async (): Promise<void> => {
    do await new Promise((done) => setImmediate(done));
    while (run.game.moving !== undefined || debug.isBusy);
    await shown;
  };
  return {
    run,
    screen: debug,
    told,
    areas,
    /** How often the text was shown. */
    drawn: () => drawn,
    /** Types keys, and waits until the program stands. */
    type: async (text: string) => {
      const buffer = new EscapeBuffer(take);
      buffer.feed(new TextEncoder().encode(text));
      buffer.flush();
      await settled();
    },
    settled,
    text: () => Array.from({ length: rows }, (_, row) => terminal.text(row)).join("\n"),
    terminal,
  };
}

test("shows code, registers, stack and memory in 80 × 24", async () => {
  const { text, type } = await setUp();
  await type("");
  for (const part of [
    " reset ",
    "SEI  ; reset",
    "C0",
    "PC C0",
    "stack",
    "watches, breakpoints",
    "memory",
    "? help",
  ]) {
    expect(text()).toContain(part);
  }
});

test("steps into, over and out, and the same backwards", async () => {
  const { run, type } = await setUp();
  const here = () => run.game.nes.cpu.pc;
  const { tick = 0, wait = 0 } = LABELS;
  const afterCall = wait + 7;
  await type(":break tick\rc");
  expect(here()).toBe(tick);
  await type(":delete all\rs");
  expect(here()).toBe(tick + 2);
  await type("o");
  expect(here()).toBe(afterCall);
  await type("N");
  expect(here()).toBe(afterCall - 3);
  await type("s");
  expect(here()).toBe(tick);
  await type("O");
  expect(here()).toBe(afterCall - 3);
  await type("I");
  expect(here()).toBe(wait + 2);
  expect(run.game.timeline.position).toBeLessThan(run.game.timeline.end);
});

test("keys that come during a step wait for its end", async () => {
  const { run, type } = await setUp();
  await type("sssss");
  expect(run.game.timeline.position).toBe(5);
  await type("SSf");
  expect(run.game.nes.frame).toBe(1);
});

test("a breakpoint is set and removed at the cursor, and marked", async () => {
  const { run, type, text } = await setUp();
  await type("jj ");
  expect(run.game.breakpoints.size).toBe(1);
  expect(text()).toContain("●");
  const [{ command = "" } = {}] = run.game.breakpoints.all;
  await type("c");
  expect(`$${run.game.nes.cpu.pc.toString(16).toUpperCase()}`).toBe(command);
  await type(" ");
  expect(run.game.breakpoints.size).toBe(0);
  expect(text()).toContain(`no breakpoint at ${command}`);
});

test("t runs to the cursor, T back to it", async () => {
  const { run, type } = await setUp();
  const start = run.game.nes.cpu.pc;
  await type("jjt");
  const there = run.game.nes.cpu.pc;
  expect(there).toBeGreaterThan(start);
  await type("ikT");
  expect(run.game.nes.cpu.pc).toBeLessThan(there + 1);
  expect(run.game.timeline.position).toBeLessThan(3);
});

test("watches show values, highlight changes and are removed", async () => {
  const { type, text, terminal } = await setUp();
  await type("wframe_count\r:break tick\rcc");
  expect(text()).toContain("frame_count = 1 ($01)");
  const row = text()
    .split("\n")
    .findIndex((line) => line.includes("frame_count = 1"));
  expect(terminal.cell(row, text().split("\n")[row]!.indexOf("frame_count")).foreground).toBe(0xffd75f);
  await type("wframe_count\r");
  expect(text()).not.toContain("frame_count =");
  await type("wnowhere\r");
  expect(text()).toContain("unknown name nowhere");
  await type("wframe_count = 9\r");
  expect(text()).toContain("cannot assign");
  await type("w[frame_count = 9]\r");
  expect(text()).toContain("cannot assign");
  expect(text()).not.toContain("frame_count =");
});

test("the command line takes commands and expressions, and completes them", async () => {
  const { run, type, text } = await setUp();
  await type(":frame_count = 7\r");
  expect(text()).toContain("7 ($7)");
  expect(run.game.evaluate("frame_count")).toBe(7);
  await type(":frame_cou\t+ 1\r");
  expect(text()).toContain("8 ($8)");
  await type(":help\r");
  expect(text()).toContain("any other key closes");
  await type("q");
  expect(text()).toContain("SEI  ; reset");
  await type(":list tick\r");
  expect(text()).toContain("; tick");
  await type(":break on fire\r");
  expect(text()).toContain("no event fire");
});

test("memory follows an expression and a page", async () => {
  const { type, text } = await setUp();
  await type("mframe_count\r");
  expect(text()).toContain(" 0020 00 00");
  await type("]");
  expect(text()).toContain(" 0040 00 00");
  await type("moam[0]\r");
  expect(text()).toContain("memory: OAM");
  await type("mppu[$3F00]\r");
  expect(text()).toContain("memory: PPU");
  expect(text()).toContain(" 3F00 ");
});

test("a running game is stopped, and meanwhile its picture is published", async () => {
  const { run, screen, told, type, settled } = await setUp();
  const typing = type("c");
  while (run.game.nes.frame < 5) await new Promise((done) => setImmediate(done));
  expect(screen.isRunning).toBe(true);
  screen.pause();
  await Promise.all([typing, settled()]);
  expect(screen.isRunning).toBe(false);
  expect(told.length).toBeGreaterThan(5);
});

describe("the picture", () => {
  test("is beside the code, and large while the game runs if the user wants that", async () => {
    const { run, screen, areas, type } = await setUp();
    expect(areas).toMatchObject([{ columns: 33, rows: 13 }]);
    await type("z");
    const typing = type("c");
    while (run.game.nes.frame < 3) await new Promise((done) => setImmediate(done));
    expect(areas.at(-1)).toEqual({ columns: 80, rows: 23 });
    screen.pause();
    await typing;
    expect(areas.at(-1)).toMatchObject({ columns: 33, rows: 13 });
  });

  test("is shown in small windows only while the game runs", async () => {
    const { run, screen, areas, type, text } = await setUp(60, 15);
    expect(areas).toMatchObject([{ columns: 0, rows: 0 }]);
    await type("");
    expect(text()).toContain("SEI  ; reset");
    const typing = type("c");
    while (run.game.nes.frame < 3) await new Promise((done) => setImmediate(done));
    expect(areas.at(-1)).toEqual({ columns: 60, rows: 14 });
    screen.pause();
    await typing;
  });
});

test.each([
  [1, 1],
  [10, 3],
  [39, 9],
  [300, 100],
])("draws in a window of %d × %d", async (columns, rows) => {
  const { type } = await setUp(columns, rows);
  await type("sn?j\x1b:x\r");
});

test("the help names each key once", () => {
  const keys = debugKeysHelp().flatMap((line) => /^(\S.*?) {2,}/.exec(line)?.[1]?.split(" ") ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(expect.arrayContaining(["c", "space", "?", "q"]));
});

test("keys that come together are drawn once", async () => {
  const { drawn, type, text } = await setUp();
  await type("");
  const before = drawn();
  await type(`:${"x".repeat(400)}`);
  expect(drawn() - before).toBeLessThan(5);
  expect(text()).toContain("xxxx");
});

test("Escape that comes after a breakpoint does not leave the debugger, q does", async () => {
  const { told, type } = await setUp();
  await type(":break tick\rc");
  await type("\x1b");
  expect(told).not.toContain("left");
  await type("q");
  expect(told).toContain("left");
});
