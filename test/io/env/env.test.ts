import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { InputError, makeEnv } from "../../../src/io/env/index.ts";
import type { EnvOptions } from "../../../src/io/env/options.ts";
import { load } from "../../../src/io/library/index.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";

const ROOT = join(import.meta.dir, "../../..");
const SWINGBY = join(ROOT, "roms/swingby.nes");
const MOVIE = join(ROOT, "docs/swingby-input.json");
/** Addresses in the small program of library-game.ts. */
const FRAME_COUNT = "[$20]";
const A_COUNT = "[$21]";

const SMALL = { observation: { format: "gray", width: 21, height: 20 } } as const satisfies EnvOptions;

describe("an environment", () => {
  test("shows what the library shows after the same input", async () => {
    const env = await makeEnv(SWINGBY, { observation: { format: "rgb" }, frameSkip: 3 });
    const nes = await load(SWINGBY);
    expect(env.shape).toEqual([240, 256, 3]);
    let { observation } = env.reset({ seed: 1 });
    nes.step(0);
    for (let step = 0; step < 60; step++) {
      expect(Buffer.compare(observation, nes.screen.rgb())).toBe(0);
      const mask = step % 20 < 2 ? 1 : 0;
      ({ observation } = env.step(mask));
      nes.step(mask, 3);
    }
    expect(env.nes.frame).toBe(nes.frame);
  });

  test("gives rewards, ends and values of every frame", async () => {
    const env = await makeEnv(LIBRARY_ROM, {
      ...SMALL,
      frameSkip: 4,
      actions: ["", "a"],
      reward: `delta(${A_COUNT})`,
      end: `${A_COUNT} >= 10`,
      starts: [{ frames: 10 }],
      info: { presses: A_COUNT, frames: (game) => game.ram[0x20]!, twice: `2 * ${A_COUNT}` },
      maxSteps: 5,
    });
    const first = env.reset({ seed: 3 });
    expect(first.info.presses).toBe(0);
    const steps = [1, 0, 1, 1].map((action) => env.step(action));
    expect(steps.map(({ reward }) => reward)).toEqual([4, 0, 4, 2]);
    expect(steps.map(({ terminated }) => terminated)).toEqual([false, false, false, true]);
    // After the end, the frames of the step are run, but their rewards do not count.
    expect(steps[3]!.info).toMatchObject({ presses: 12, twice: 24 });
    expect(inputErrorOf(() => env.step(0)).message).toContain("call reset first");
    env.reset();
    const rest = Array.from({ length: 5 }, () => env.step(0));
    expect(rest.map(({ truncated }) => truncated)).toEqual([false, false, false, false, true]);
    expect(rest.at(-1)!.terminated).toBe(false);
  });

  test("takes functions in place of expressions, which agree with them", async () => {
    const common = { ...SMALL, actions: ["", "a"], frameSkip: 2 } as const;
    const texts = await makeEnv(LIBRARY_ROM, { ...common, reward: A_COUNT, end: `${FRAME_COUNT} > 40` });
    const functions = await makeEnv(LIBRARY_ROM, {
      ...common,
      reward: (game) => game.peek(0x21),
      end: (game) => game.ram[0x20]! > 40,
    });
    texts.reset({ seed: 1 });
    functions.reset({ seed: 1 });
    for (let step = 0; ; step++) {
      const { reward, terminated } = texts.step(step % 2);
      expect(functions.step(step % 2)).toMatchObject({ reward, terminated });
      if (terminated) break;
    }
    const broken = await makeEnv(LIBRARY_ROM, { ...SMALL, reward: () => Number.NaN });
    broken.reset();
    expect(inputErrorOf(() => broken.step(0)).message).toContain("reward returned NaN");
  });

  test("is the same for the same seed, whatever came before", async () => {
    const options: EnvOptions = {
      observation: { format: "gray", width: 21, height: 20, stack: 2 },
      actions: "mask",
      sticky: 0.5,
      noops: 30,
      maxLastTwo: true,
      starts: [{ movie: MOVIE, frames: 200 }, { frames: 10 }, "power"],
      info: { mode: "[$0300]" },
    };
    const run = async (before: number) => {
      const env = await makeEnv(SWINGBY, options);
      for (let seed = 0; seed < before; seed++) {
        env.reset({ seed });
        env.step(1);
      }
      const seen: unknown[] = [];
      for (const seed of [9, undefined, undefined]) {
        const { info } = env.reset(seed === undefined ? {} : { seed });
        seen.push(info);
        for (let step = 0; step < 8; step++) {
          const result = env.step((step * 37) & 0xff);
          seen.push([Bun.hash(result.observation), result.info]);
        }
      }
      return seen;
    };
    const [first, second] = [await run(0), await run(2)];
    expect(first).toEqual(second);
    // The random numbers go on: later episodes without a seed begin elsewhere.
    expect(new Set([first[0], first[9], first[18]].map((info) => JSON.stringify(info))).size).toBeGreaterThan(
      1,
    );
  });

  test("stacks the last pictures, the oldest first, and writes them into the caller's buffer", async () => {
    const buffer = new Uint8Array(3 * 420 + 5);
    const env = await makeEnv(SWINGBY, { observation: { ...SMALL.observation, stack: 3 }, buffer });
    const single = await makeEnv(SWINGBY, SMALL);
    expect(env.shape).toEqual([3, 20, 21]);
    const pictures = [env, single].map((each) => each.reset({ seed: 1 }).observation)[1]!;
    const history = [pictures.slice(), pictures.slice(), pictures.slice()];
    for (let step = 0; step < 30; step++) {
      const result = env.step(0);
      history.push(single.step(0).observation.slice());
      expect(result.observation.buffer).toBe(buffer.buffer);
      expect(Buffer.compare(buffer.subarray(0, 1260), Buffer.concat(history.slice(-3)))).toBe(0);
    }
    expect(buffer.subarray(1260)).toEqual(new Uint8Array(5));
  });

  test("shows the brighter of the last two frames", async () => {
    const options = { observation: { format: "gray" }, frameSkip: 2 } as const;
    const env = await makeEnv(SWINGBY, { ...options, maxLastTwo: true });
    const nes = await load(SWINGBY);
    env.reset();
    nes.frames(1);
    for (let step = 0; step < 40; step++) {
      env.step(0);
      nes.frames(1);
      const before = nes.screen.gray();
      nes.frames(1);
      const last = nes.screen.gray();
      expect(
        Buffer.compare(
          env.observation,
          before.map((value, i) => Math.max(value, last[i]!)),
        ),
      ).toBe(0);
    }
  });

  test("shows RAM", async () => {
    const env = await makeEnv(LIBRARY_ROM, {
      observation: { format: "ram", from: 0x20, bytes: 2, stack: 2 },
      frameSkip: 1,
    });
    env.reset();
    for (let step = 0; step < 5; step++) env.step(1);
    const [before, now] = [env.observation.slice(0, 2), env.observation.slice(2)];
    expect([now[0]! - before[0]!, now[1]! - before[1]!]).toEqual([1, 1]);
    expect(now[0]).toBe(env.nes.peek("cpu", 0x20));
  });

  test("returns to a snapshot and to a state", async () => {
    const env = await makeEnv(SWINGBY, {
      observation: { ...SMALL.observation, stack: 2 },
      sticky: 0.3,
      reward: "delta(frame)",
      starts: [{ movie: MOVIE, frames: 200 }],
    });
    env.reset({ seed: 5 });
    env.step(1);
    const snapshot = env.snapshot();
    const state = env.saveState();
    const play = () =>
      Array.from({ length: 10 }, (_, i) => ({ ...env.step(i), observation: Bun.hash(env.observation) }));
    const first = play();
    env.restore(snapshot);
    expect(play()).toEqual(first);
    expect(env.reset({ state }).info.frame).toBe(first[0]!.info.frame! - 4 + 1);
    const other = await makeEnv(SWINGBY, SMALL);
    expect(inputErrorOf(() => other.restore(snapshot)).message).toContain("other options");
  });

  test("sticky frames repeat the buttons before", async () => {
    const env = await makeEnv(LIBRARY_ROM, {
      ...SMALL,
      actions: ["", "a"],
      sticky: 0.25,
      frameSkip: 1,
      info: { a: A_COUNT },
    });
    env.reset({ seed: 11 });
    let held = 0;
    let repeated = 0;
    let presses = 0;
    for (let step = 0; step < 2000; step++) {
      const action = step & 1;
      const { a = 0 } = env.step(action).info;
      const pressed = (a - presses) & 0xff;
      presses = a;
      if (pressed !== action) {
        expect(pressed).toBe(held);
        repeated++;
      }
      held = pressed;
    }
    // 25 % of all frames repeat, of which those that repeat the same buttons cannot be seen.
    expect(repeated).toBeGreaterThan(300);
    expect(repeated).toBeLessThan(500);
  });
});

describe("actions", () => {
  const latched = async (options: EnvOptions, action: number | number[]) => {
    const env = await makeEnv(LIBRARY_ROM, { ...SMALL, ...options });
    env.reset();
    env.step(action);
    return env.nes.latchedButtons >>> 0;
  };

  test.each([
    ["a mask", { actions: "mask" }, 0x81, 0x81],
    ["a discrete action", { actions: ["", "right+a", 0x42] }, 1, 0x81],
    ["a discrete mask", { actions: ["", "right+a", 0x42] }, 2, 0x42],
    ["the second controller", { actions: ["p2.start", "p2.B + a"], players: 2 }, 1, 0x201],
    ["values per button", { actions: { multiBinary: ["left", "a", "p2.a"] }, players: 2 }, [1, 0, 1], 0x140],
    ["bits per button", { actions: { multiBinary: ["left", "a"] } }, 3, 0x41],
  ] as [string, EnvOptions, number | number[], number][])("%s", async (_, options, action, mask) => {
    expect(await latched(options, action)).toBe(mask);
  });

  test.each([
    ["mask", 256],
    ["mask", -1],
    ["mask", 1.5],
    ["mask", Number.NaN],
    ["mask", [1]],
    [["", "a"], 2],
    [{ multiBinary: ["a"] }, 2],
    [{ multiBinary: ["a"] }, [1, 0]],
  ] as [EnvOptions["actions"], number | number[]][])(
    "%j: %j is rejected and changes nothing",
    async (actions, action) => {
      const env = await makeEnv(LIBRARY_ROM, { ...SMALL, actions: actions! });
      env.reset();
      expect(inputErrorOf(() => env.step(action)).kind).toBe("usage");
      expect(env.nes.frame).toBe(1);
    },
  );
});

describe("options", () => {
  test.each([
    [{ actions: [] }, "0 actions"],
    [{ actions: ["jump"] }, 'unknown button "jump"'],
    [{ actions: ["a+"] }, 'unknown button ""'],
    [{ actions: { multiBinary: [] } }, "unknown actions"],
    [{ actions: 5 }, "unknown actions"],
    [{ actions: [2 ** 32] }, "32 bits"],
    [{ players: 5 }, "5 players"],
    [{ frameSkip: 0 }, "frameSkip 0"],
    [{ frameSkip: 61 }, "frameSkip 61"],
    [{ sticky: 1.1 }, "sticky 1.1"],
    [{ sticky: Number.NaN }, "sticky NaN"],
    [{ noops: -1 }, "noops -1"],
    [{ maxSteps: 0 }, "maxSteps 0"],
    [{ starts: [] }, "starts must be a list"],
    [{ starts: ["title"] }, "unknown start"],
    [{ starts: [{ state: new Uint8Array(5) }] }, "a state of this game has"],
    [{ starts: [{ state: "no-such-file" }] }, "no such file"],
    [{ starts: [{ movie: "no-such-file.json" }] }, "no such file"],
    [{ starts: [{ frames: -1 }] }, "frames -1"],
    [{ observation: { stack: 0 } }, "stack 0"],
    [{ observation: { format: "gif" } }, "unknown format gif"],
    [{ observation: { width: 2048, height: 2048, stack: 64 } }, "an observation would have"],
    [{ observation: { format: "ram", from: 0xffff, bytes: 2 } }, "not inside of $0000–$FFFF"],
    [{ observation: { format: "indices" }, maxLastTwo: true }, "maxLastTwo is for"],
    [{ reward: "[$0300" }, "] was expected"],
    [{ reward: "score" }, "unknown symbol score"],
    [{ end: 5 }, "end must be an expression or a function"],
    [{ info: { lives: "lives" } }, "unknown symbol lives"],
    [{ info: 5 }, "info must be an object, not 5"],
    [{ observation: "gray" }, 'observation must be an object, not "gray"'],
    [{ observation: [] }, "observation must be an object"],
    [{ observation: { widht: 84 } }, "observation has an unknown key widht"],
    [{ observation: { format: "ram", width: 84 } }, "observation has an unknown key width"],
    [{ observation: { crop: null } }, "crop must be an object, not null"],
    [{ observation: { crop: { left: 1 } } }, "crop has an unknown key left"],
    [{ starts: [{ frame: 5 }] }, "start has an unknown key frame"],
    [{ starts: [{ movie: 5 }] }, "movie 5: a file or a movie"],
    [{ sticky: "0.5" }, "sticky 0.5"],
    [{ maxLastTwo: "yes" }, "maxLastTwo yes: true or false"],
    [{ exact: 1 }, "exact 1: true or false"],
    [{ symbols: 5 }, "symbols 5: a file"],
    [{ symbols: ["a.mlb", 5] }, "symbols a.mlb,5: a file"],
    [{ fdsBios: 5 }, "fdsBios 5: a file"],
    [{ diskSide: -1 }, "diskSide -1"],
    [{ region: "mars" }, "region mars is unknown"],
    [{ console: "toString" }, "console toString is unknown"],
    [{ cpuRevision: 5 }, "cpuRevision 5 is unknown"],
    [{ ppuRevision: "Z" }, "ppuRevision Z is unknown"],
    [{ mmc3Revision: "C" }, "mmc3Revision C: A or B"],
    [{ ramFill: "full" }, "ramFill full is unknown"],
    [{ ramFill: 0.5 }, "ramFill 0.5 is unknown"],
    [{ ramFill: "pattern:xyz" }, "ramFill pattern:xyz is unknown"],
    [{ frame_skip: 4 }, "unknown option frame_skip"],
    [{ buffer: new Uint8Array(5) }, "the buffer must be"],
  ])("%j is rejected", async (options, message) => {
    const error = await inputErrorFrom(makeEnv(LIBRARY_ROM, options as never));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
  });

  test("the error of an unknown format lists all of them", async () => {
    const error = await inputErrorFrom(makeEnv(LIBRARY_ROM, { observation: { format: "gif" } } as never));
    expect(error.remedy).toBe("one of rgb, gray, indices, ram");
  });

  test("a bad seed or state changes nothing", async () => {
    const env = await makeEnv(LIBRARY_ROM, SMALL);
    env.reset({ seed: 1 });
    env.step(0);
    const before = Bun.hash(env.saveState());
    for (const options of [{ seed: -1 }, { seed: 0.5 }, { seed: 2 ** 53 }, { state: new Uint8Array(3) }])
      expect(inputErrorOf(() => env.reset(options))).toBeInstanceOf(InputError);
    expect(Bun.hash(env.saveState())).toBe(before);
  });
});
