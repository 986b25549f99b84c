import { afterAll, describe, expect, test } from "bun:test";
import type { Movement } from "../../../src/io/debug/movement.ts";
import type { DebugSession } from "../../../src/io/debug/session.ts";
import {
  buildExample,
  canBuildExamples,
  exampleSession,
  librarySession,
  playFrames,
} from "../../support/debug.ts";
import { LABELS } from "../../support/library-game.ts";

const START = 8;
const UP = 16;

describe("movements by machine time", () => {
  test.each<[movement: Movement, register: string]>([
    [{ kind: "frame" }, "frame"],
    [{ kind: "scanline" }, "line"],
    [{ kind: "nmi" }, "nmi_count"],
    [{ kind: "cycles", count: 1000 }, "cycle"],
  ])("%p", async (movement, register) => {
    const session = librarySession();
    playFrames(session, 10);
    await session.move(movement);
    const [position, first] = [session.timeline.position, session.evaluate(register)];
    await session.move(movement);
    expect(session.evaluate(register)).not.toBe(first);
    await session.move(movement, "back");
    const isExact = movement.kind !== "cycles";
    expect(isExact ? session.timeline.position : session.evaluate(register) <= first).toBe(
      isExact ? position : true,
    );
  });

  test("to the cursor and out of a routine, by address", async () => {
    const session = librarySession();
    await session.move({ kind: "to", place: session.code.named("tick") });
    expect(session.nes.cpu.pc).toBe(LABELS.tick!);
    expect(session.frames.all().map(({ name }) => name)).toEqual(["tick", "wait"]);
    await session.move({ kind: "out", by: "instruction" });
    expect(session.nes.cpu.pc).toBe(LABELS.wait! + 7);
    await session.move({ kind: "over", by: "instruction" }, "back");
    expect(session.nes.cpu.pc).toBe(LABELS.wait! + 4);
    await session.move({ kind: "over", by: "instruction" });
    expect(session.nes.cpu.pc).toBe(LABELS.wait! + 7);
    await session.move({ kind: "into", by: "instruction" }, "back");
    expect(session.frames.frame(0)?.name).toBe("tick");
    await session.move({ kind: "out", by: "instruction" }, "back");
    expect(session.nes.cpu.pc).toBe(LABELS.wait! + 4);
    await expect(session.move({ kind: "out", by: "line" })).rejects.toThrow("no routine is running");
  });

  test("interrupt handlers are on the call stack", async () => {
    const session = librarySession();
    await session.move({ kind: "nmi" });
    expect(session.frames.all().map(({ name, kind }) => [name, kind])).toMatchObject([
      ["nmi", "nmi"],
      [expect.stringContaining("wait"), undefined],
    ]);
  });

  test("a second movement is rejected while one runs", async () => {
    const session = librarySession();
    const running = session.move({ kind: "continue" });
    await expect(session.move({ kind: "frame" })).rejects.toThrow("the program is running");
    session.pause();
    expect((await running).reason).toBe("pause");
  });
});

/** Routine and line of the innermost frames. */
function where(session: DebugSession, count = 2): string {
  const frames = session.frames.all().slice(0, count);
  return frames.map(({ name, line }) => `${name}:${line ?? "?"}`).join(" < ");
}

describe.skipIf(!canBuildExamples)("movements by source line", () => {
  const assembly = canBuildExamples ? buildExample("ca65-game") : undefined;
  const c = canBuildExamples ? buildExample("cc65-game") : undefined;
  afterAll(() => {
    assembly?.remove();
    c?.remove();
  });

  const line = (text: string, source: string): number =>
    source.split("\n").findIndex((row) => row.includes(text)) + 1;

  test("ca65", async () => {
    const session = await exampleSession(assembly!.rom);
    const source = session.target.files.text(session.target.files.match("src/main.s")[0]!)!;
    const tick = source.split("\n").indexOf(".proc tick") + 1;
    const place = session.code.line(`${assembly!.folder}/src/main.s`, tick)!;
    expect(place.line).toBe(tick + 1);
    session.addBreakpoint("test", { text: "tick", code: place.code });
    await session.move({ kind: "continue" });
    session.hold(START);
    await session.move({ kind: "continue" });
    session.breakpoints.clear();
    const seen: string[] = [];
    const positions: number[] = [];
    for (let count = 0; count < 9; count++) {
      seen.push(where(session, 1));
      positions.push(session.timeline.position);
      await session.move({ kind: count === 8 ? "into" : "over", by: "line" });
    }
    const begin = line(".proc begin_play", source);
    expect(seen.slice(0, 3)).toEqual([`tick:${tick + 1}`, `tick:${tick + 2}`, `tick:${tick + 3}`]);
    expect(seen.at(-1)).toBe(`begin_play:${begin + 1}`);
    for (const position of positions.toReversed()) {
      await session.move({ kind: "over", by: "line" }, "back");
      expect(session.timeline.position).toBe(position);
    }
    await session.move({ kind: "to", place: session.code.named("clear_score") });
    expect(where(session)).toMatch(/^clear_score:\d+ < begin_play:\d+$/);
    await session.move({ kind: "out", by: "line" });
    expect(where(session)).toMatch(/^begin_play:\d+ < reset:\d+$/);
    await session.move({ kind: "into", by: "line" }, "back");
    expect(where(session, 1)).toMatch(/^clear_score:/);
  });

  test("cc65: lines, the call stack, parameters and locals with their types", async () => {
    const session = await exampleSession(c!.rom);
    const source = session.target.files.text(session.target.files.match("game.c")[0]!)!;
    const main = session.target.files.text(session.target.files.match("main.c")[0]!)!;
    session.addBreakpoint("test", { text: "", code: session.code.named("change_guess") });
    session.hold(UP);
    await session.move({ kind: "continue" });
    expect(where(session)).toBe(
      `change_guess:${line("void change_guess", source) + 1} < main:${line("change_guess(1)", main)}`,
    );
    await session.move({
      kind: "to",
      place: session.code.line("game.c", line("if (wanted > HIGHEST)", source))!.code,
    });
    const locals = session.frames.locals(0);
    expect(locals.map(({ variable, type }) => [variable.name, type?.text])).toEqual([
      ["by", "signed char"],
      ["wanted", "signed char"],
    ]);
    expect([session.evaluate("by"), session.evaluate("wanted"), session.evaluate("guess")]).toEqual([
      1, 51, 50,
    ]);
    expect(session.evaluate("buttons", 1)).toBe(UP);
    session.evaluate("wanted = -3");
    expect(session.evaluate("wanted")).toBe(-3);
    await session.move({ kind: "out", by: "line" });
    expect(session.evaluate("guess")).toBe(253);
    await session.move({ kind: "over", by: "line" });
    expect(where(session, 1)).toMatch(/^main:/);
    expect(session.place("guess")?.type).toBe("unsigned char");
  });
});
