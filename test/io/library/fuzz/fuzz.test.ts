import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Hold, shrinkScript } from "../../../../src/io/library/fuzz/shrink.ts";
import {
  type Button,
  FuzzFailure,
  type FuzzOptions,
  fuzz,
  type Game,
  loadMovie,
  powerOn,
} from "../../../../src/io/library/index.ts";
import { buggyCartridge } from "../../../support/library-game.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function failureOf(options: FuzzOptions): Promise<FuzzFailure> {
  try {
    await fuzz(buggyCartridge(), { runs: 20, frames: 120, ...options });
  } catch (error) {
    if (error instanceof FuzzFailure) return error;
    throw error;
  }
  throw new Error("nothing was found");
}

/** Number of frames of a movie in which a button is held. */
const pressed = ({ movie }: FuzzFailure): number =>
  Array.from({ length: movie.frames }, (_, frame) => movie.input.maskAt(frame)).filter((mask) => mask !== 0)
    .length;

describe("fuzzing", () => {
  const start = (nes: { frames(count: number): void }): void => nes.frames(10);

  test.each([
    ["a", /^the CPU has jammed: /, 16],
    ["b", /^stack overflow: /, 1],
    ["select", /^the program runs in RAM$/, 1],
    ["start", /^the program runs where there is no memory$/, 1],
  ] as [Button, RegExp, number][])(
    "button %s: the crash is found and shrunk",
    async (button, what, frames) => {
      const failure = await failureOf({ buttons: [button, "up", "down"], start });
      expect(failure.what).toMatch(what);
      expect(pressed(failure)).toBe(frames);
      expect(failure.message).toContain(`pressed from frame 10 on: `);
      expect(failure.message).toContain("reproduces it from power-on");
    },
  );

  test("a failed check reports its error; its movie replays", async () => {
    const save = join(folder, "check.fm2");
    const failure = await failureOf({
      buttons: ["a", "right"],
      start,
      save,
      check: (nes) => expect(nes.peek("a_count")).toBeLessThan(3),
    });
    expect(failure.what).toStartWith("a check failed: ");
    expect(pressed(failure)).toBe(3);
    const nes = powerOn(buggyCartridge());
    const movie = await loadMovie(save);
    nes.play(movie);
    nes.frames(movie.frames);
    expect(nes.peek("a_count")).toBe(3);
  });

  test("the same seed finds the same failure, another seed another one", async () => {
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => failureOf({ seed, shrinkRuns: 0, buttons: ["a", "up"] })),
    );
    expect(again!.message).toBe(first!.message);
    expect(other!.message).not.toBe(first!.message);
  });

  test("a game that does not break is reported with its size", async () => {
    const report = await fuzz(buggyCartridge(), { runs: 3, frames: 50, buttons: ["left", "right"] });
    expect(report).toMatchObject({ runs: 3, frames: 150 });
    expect(report.executedBytes).toBeGreaterThan(20);
  });

  test("runs continue from where an earlier one has reached new code", async () => {
    const options = { runs: 12, frames: 60, start: (nes: Game) => nes.frames(30) };
    const report = await fuzz(join(import.meta.dir, "../../../../roms/swingby.nes"), options);
    expect(report.deepestFrames).toBeGreaterThan(60);
    expect(report.deepestFrames).toBeLessThanOrEqual(8 * 60);
    expect(report.executedBytes).toBeGreaterThan(1000);
  });

  test("a crash that takes longer than a run is found, and replays from power-on", async () => {
    const failure = await failureOf({ buttons: ["a"], runs: 60, frames: 10, start });
    expect(failure.what).toStartWith("the CPU has jammed");
    expect(pressed(failure)).toBe(16);
    expect(failure.message).toContain("reproduces it from power-on");
  });

  test("a start that changes RAM cannot be replayed by buttons, which is reported", async () => {
    const failure = await failureOf({
      buttons: ["up"],
      start: (nes) => {
        nes.frames(5);
        nes.poke("a_count", 200);
      },
      check: (nes) => expect(nes.peek("a_count")).toBe(0),
    });
    expect(failure.message).toContain("it needs no button");
    expect(failure.message).toContain("a movie does not reproduce it from power-on");
  });
});

test("shrinking never loses the failure and ends at a script that cannot be smaller", () => {
  const holds = fc.array(fc.record({ mask: fc.nat(255), frames: fc.integer({ min: 1, max: 40 }) }), {
    maxLength: 40,
  });
  const heldFrames = (script: readonly Hold[], bit: number): number =>
    script.reduce((sum, { mask, frames }) => sum + ((mask >> bit) & 1) * frames, 0);
  fc.assert(
    fc.property(
      holds,
      fc.nat(7),
      fc.nat(7),
      fc.integer({ min: 1, max: 20 }),
      (script, one, other, frames) => {
        const fails = (candidate: readonly Hold[]): boolean =>
          heldFrames(candidate, one) >= frames && heldFrames(candidate, other) >= 1;
        fc.pre(fails(script));
        const small = shrinkScript(script, fails, 100_000);
        expect(fails(small)).toBe(true);
        for (const [at, hold] of small.entries()) {
          expect(fails(small.toSpliced(at, 1))).toBe(false);
          if (hold.frames > 1)
            expect(fails(small.with(at, { ...hold, frames: hold.frames - 1 }))).toBe(false);
          for (let bit = 0; bit < 8; bit++) {
            if (((hold.mask >> bit) & 1) === 0) continue;
            expect(fails(small.with(at, { ...hold, mask: hold.mask & ~(1 << bit) }))).toBe(false);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
