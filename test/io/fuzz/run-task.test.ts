import { describe, expect, test } from "bun:test";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import type { FuzzFinding, FuzzPlan, FuzzResult } from "../../../src/io/fuzz/plan.ts";
import { runFuzzTask } from "../../../src/io/fuzz/run-task.ts";
import type { Hold } from "../../../src/io/library/fuzz/shrink.ts";
import { parseMovie } from "../../../src/io/movies/movie-file.ts";
import { MoviePlayer } from "../../../src/io/movies/movie-player.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { parseExpression } from "../../../src/io/symbols/memory-expression.ts";
import { fuzzPlan, PLANTED_KINDS, plantedRom } from "../../support/fuzz-game.ts";

const A = 1;
const START = 8;

function run(rom: Uint8Array, plan: FuzzPlan): FuzzResult {
  return runFuzzTask({ plan, rom: readRom(rom, "planted.nes"), machine: {}, onFrame: () => {} });
}

const pressed = (script: readonly Hold[]): Hold[] => script.filter(({ mask }) => mask !== 0);

/** The finding of the first seed that finds something. */
function firstFinding(rom: Uint8Array, more: Partial<FuzzPlan> = {}): FuzzFinding {
  for (let seed = 1; seed <= 20; seed++) {
    const [finding] = run(rom, fuzzPlan({ kind: "seed", seed: seed }, more)).findings;
    if (finding !== undefined) return finding;
  }
  throw new Error("nothing was found");
}

describe("planted bugs", () => {
  test.each(PLANTED_KINDS)("%s is found, and shrunk to Start and then A", (kind) => {
    const rom = plantedRom(kind);
    // A hang is also a lag.
    const more = {
      ...(kind === "lag" ? {} : { lagFrames: 0 }),
      // It takes some time to tell a still picture.
      ...(kind === "frozen" ? { frozenFrames: 60, frames: 300 } : {}),
    };
    const finding = firstFinding(rom, more);
    expect(finding.kind).toBe(kind);
    const { proof } = run(rom, fuzzPlan({ kind: "shrink", finding }, more));
    expect(pressed(proof!.finding.script)).toEqual([
      { mask: START, frames: 1 },
      { mask: A, frames: 1 },
    ]);
    expect(proof!.finding.key).toBe(finding.key);
    expect(proof!.format).toBe("fm2");
    const movie = parseMovie(proof!.movie);
    expect(movie.frames).toBe(proof!.finding.frames);
    expect(movie.hashes.length).toBeGreaterThan(0);
    const player = new MoviePlayer(createHeadless(readRom(rom, "planted.nes").image), movie);
    expect(player.ended).toBe(false);
    expect([...proof!.picture.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  });
});

describe("seeds", () => {
  const rom = plantedRom("jam");

  test("a seed finds the same, whatever ran before it", () => {
    const alone = Array.from({ length: 4 }, (_, seed) =>
      run(rom, fuzzPlan({ kind: "seed", seed: seed + 1 })),
    );
    expect(alone.some(({ findings }) => findings.length > 0)).toBe(true);
    const again = run(rom, fuzzPlan({ kind: "seed", seed: 3 }));
    expect(again).toEqual(alone[2]!);
  });

  test("--ignore by kind and by place", () => {
    const { key } = firstFinding(rom, { lagFrames: 0 });
    const calm = { lagFrames: 0, hangFrames: 0 };
    const found = (ignores: readonly string[]): string[] =>
      [1, 2, 3, 4].flatMap((seed) =>
        run(rom, fuzzPlan({ kind: "seed", seed }, { ...calm, ignores })).findings.map(({ key }) => key),
      );
    expect(found([])).toContain(key);
    expect(found(["jam-C000"])).toContain(key);
  });

  test("only the chosen buttons are pressed", () => {
    const plan = { buttons: ["b"] as const, lagFrames: 0 };
    for (const seed of [1, 2]) {
      expect(run(rom, fuzzPlan({ kind: "seed", seed }, plan)).findings).toEqual([]);
    }
  });

  test("a finding that does not come again is determinism broken", () => {
    const finding = { ...firstFinding(rom), script: [], frames: 5 };
    expect(() => run(rom, fuzzPlan({ kind: "shrink", finding }))).toThrow("determinism broken");
  });
});

describe("without input", () => {
  test("a failure after which the game goes on is ignored later", () => {
    const program = plantedRom("writes-rom");
    // BIT $2002, the first instruction of the loop, becomes STA $8000-like: STA $C002.
    program[16 + 4] = 0x8d;
    program[16 + 5] = 0x02;
    program[16 + 6] = 0xc0;
    const { findings } = run(program, fuzzPlan({ kind: "idle" }, { hangFrames: 0, lagFrames: 0 }));
    expect(findings.map(({ key, script, seed }) => ({ key, script, seed }))).toEqual([
      { key: "writes-rom-C004", script: [], seed: 0 },
    ]);
  });

  test("nothing fails in a sound game", () => {
    expect(run(plantedRom("jam"), fuzzPlan({ kind: "idle" })).findings).toEqual([]);
  });
});

test("--maximise keeps states with higher values", () => {
  const rom = plantedRom("condition");
  const maximise = parseExpression("[$22]", () => 0);
  const more = { conditions: [], lagFrames: 0, frames: 60, maximise };
  const result = run(rom, fuzzPlan({ kind: "seed", seed: 1 }, more));
  expect(result.best).toBeGreaterThan(2);
});

describe("comparisons", () => {
  test.each(["exact", "state", "repeat"] as const)("%s: the machines agree", (compare) => {
    const plan = fuzzPlan({ kind: "seed", seed: 1 }, { compare, runs: 2 });
    const { findings } = run(plantedRom("condition"), { ...plan, conditions: [], lagFrames: 0 });
    expect(findings).toEqual([]);
  });
});
