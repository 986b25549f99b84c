import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { exampleSession, librarySession, playFrames, stateOf } from "../../support/debug.ts";
import { libraryGame } from "../../support/library-game.ts";

const A = 1;

describe("the history", () => {
  test("gives the same state as a machine without a debugger", () => {
    const session = librarySession();
    playFrames(session, 40);
    const game = libraryGame();
    game.frames(40);
    expect(stateOf(session)).toBe(Bun.hash(game.save()).toString(16));
  });

  test("any position is reached again, bit for bit", () => {
    const session = librarySession();
    const states = new Map<number, string>();
    for (let frame = 0; frame < 45; frame++) {
      session.hold(frame % 7 < 3 ? A : 0);
      playFrames(session, 1);
      for (let step = 0; step < frame; step++) session.timeline.advance();
      states.set(session.timeline.position, stateOf(session));
    }
    const positions = [...states.keys()];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...positions), { maxLength: 6 }), (path) => {
        for (const position of path) {
          session.seek(position);
          expect([session.timeline.position, stateOf(session)]).toEqual([position, states.get(position)!]);
        }
      }),
      { seed: 16, numRuns: 40 },
    );
  });

  test("the picture is that of the position, however it was reached", async () => {
    const session = await exampleSession(join(import.meta.dir, "../../../roms/swingby.nes"));
    const pictures: [position: number, picture: bigint | number][] = [];
    while (session.nes.frame < 45) {
      session.timeline.advance();
      const { position } = session.timeline;
      if (position % 5003 === 0) pictures.push([position, Bun.hash(session.pixels)]);
    }
    const seen = pictures.slice(20);
    for (const [position, picture] of [...seen.toReversed(), ...seen]) {
      session.seek(position);
      expect([position, Bun.hash(session.pixels)]).toEqual([position, picture]);
    }
  });

  test("inspecting changes nothing", () => {
    const session = librarySession();
    const other = librarySession();
    for (let count = 0; count < 20_000; count++) {
      session.timeline.advance();
      other.timeline.advance();
      if (count % 97 !== 0) continue;
      for (const { registers } of session.registers) for (const { place } of registers) place.get();
      session.frames.all();
    }
    // In mid-frame, states also differ in how far the PPU has been run.
    for (const each of [session, other]) playFrames(each, 1);
    expect(stateOf(session)).toBe(stateOf(other));
  });

  test("new input in the past replaces the known future", () => {
    const session = librarySession();
    playFrames(session, 30);
    const end = session.timeline.end;
    session.seek(Math.floor(end / 2));
    session.hold(A);
    expect(session.timeline.end).toBe(session.timeline.position);
    playFrames(session, 30);
    const state = stateOf(session);
    const { position } = session.timeline;
    session.seek(10);
    session.seek(position);
    expect(stateOf(session)).toBe(state);
    expect(session.evaluate("a_count")).toBeGreaterThan(0);
  });

  test("edits are repeated when the program runs again", () => {
    const session = librarySession();
    playFrames(session, 5);
    const first = session.timeline.position;
    session.evaluate("nmi_count = 100");
    session.evaluate("prg[0] = $EA");
    playFrames(session, 25);
    const [last, state] = [session.timeline.position, stateOf(session)];
    session.seek(first - 1);
    expect(session.evaluate("prg[0]")).toBe(0x48);
    expect(session.evaluate("nmi_count")).toBeLessThan(10);
    session.timeline.advance();
    expect([session.evaluate("nmi_count"), session.evaluate("prg[0]")]).toEqual([100, 0xea]);
    session.seek(last);
    expect(stateOf(session)).toBe(state);
    session.seek(first - 1);
    session.evaluate("nmi_count = 3");
    expect([session.timeline.end, session.evaluate("prg[0]")]).toEqual([first - 1, 0x48]);
    playFrames(session, 2);
    expect(session.evaluate("nmi_count")).toBe(4);
  });

  test.each(["cycle = 3", "nmi_count = 1 / 0", "(nmi_count = 100) / 0", "prg[0] = ([$10000])"])(
    "an edit that fails changes nothing and keeps the future: %s",
    (text) => {
      const session = librarySession();
      playFrames(session, 20);
      const { end } = session.timeline;
      session.seek(end - 1000);
      const state = stateOf(session);
      expect(() => session.evaluate(text)).toThrow();
      expect([session.timeline.end, stateOf(session)]).toEqual([end, state]);
      session.seek(end);
      session.seek(end - 1000);
      expect(stateOf(session)).toBe(state);
    },
  );

  test("a patch in the past discards the patches that came later", () => {
    const session = librarySession();
    playFrames(session, 5);
    const { position } = session.timeline;
    playFrames(session, 5);
    session.evaluate("prg[0] = $EA");
    session.seek(position);
    session.evaluate("prg[1] = $EA");
    const changed = session.evaluate("prg[1]");
    playFrames(session, 10);
    expect([session.evaluate("prg[0]"), session.evaluate("prg[1]"), changed]).toEqual([0x48, 0xea, 0xea]);
  });

  test("drops its oldest states when memory is short", () => {
    const session = librarySession({}, { budgetBytes: 500_000 });
    playFrames(session, 700);
    expect(session.timeline.bytes).toBeLessThanOrEqual(500_000);
    expect(session.timeline.start).toBeGreaterThan(0);
    session.seek(0);
    expect(session.timeline.position).toBe(session.timeline.start);
  });
});

describe("marks of written RAM", () => {
  test("are those of the position", () => {
    const session = librarySession();
    const { marks } = session.probe;
    expect(marks.isFreshCpu(0x20)).toBe(true);
    playFrames(session, 20);
    expect([marks.isFreshCpu(0x20), marks.isFreshCpu(0x820), marks.isFreshCpu(0x123)]).toEqual([
      false,
      false,
      true,
    ]);
    expect([marks.isFreshCpu(0x8000), marks.isFreshPpu(0x2000), marks.isFreshPpu(0x3f00)]).toEqual([
      false,
      true,
      false,
    ]);
    session.seek(1);
    expect(marks.isFreshCpu(0x20)).toBe(true);
  });
});
