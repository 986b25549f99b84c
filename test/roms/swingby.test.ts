import { describe, expect, test } from "bun:test";
import { frameHash } from "../support/machines.ts";
import { soakSize } from "../support/soak.ts";
import {
  BUTTON_A,
  BUTTON_B,
  BUTTON_START,
  BuiltInRom,
  MODE_OVER,
  MODE_PAUSE,
  MODE_PLAY,
  MODE_TITLE,
  SWINGBY,
} from "./built-in.ts";
import golden from "./golden.json" with { type: "json" };
import { showSwingby } from "./scenes.ts";
import script from "./swingby-input.json" with { type: "json" };

describe("a recorded game", () => {
  const shown: Record<string, string> = {};
  const modes: number[] = [];
  const scores: number[] = [];
  const lives: number[] = [];
  const game = showSwingby(
    script as [number, number][],
    (name, pixels) => {
      shown[name] = frameHash(pixels);
    },
    (now) => {
      if (modes.at(-1) !== now.byte(SWINGBY.mode)) modes.push(now.byte(SWINGBY.mode));
      if (scores.at(-1) !== now.digits(SWINGBY.score)) scores.push(now.digits(SWINGBY.score));
      if (lives.at(-1) !== now.byte(SWINGBY.lives)) lives.push(now.byte(SWINGBY.lives));
    },
  );

  test("goes from the title to play, to game over, and to the next game", () => {
    expect(modes).toEqual([MODE_TITLE, MODE_PLAY, MODE_OVER, MODE_PLAY]);
  });

  test("scores, wins a comet, loses them all and begins with three", () => {
    expect(Math.max(...scores)).toBeGreaterThan(3000);
    expect(lives).toEqual([0, 3, 4, 3, 2, 1, 0, 3]);
    expect(scores.at(-1)).toBe(0);
  });

  test("keeps the best score, in battery RAM too, with its mark and sum", () => {
    const best = Math.max(...scores);
    expect(game.digits(SWINGBY.best)).toBe(best);
    const kept = [...game.console.batteryRam.subarray(0, 11)];
    expect(kept.slice(0, 4)).toEqual([0x53, 0x57, 0x42, 1]);
    expect(Number(kept.slice(4, 10).join(""))).toBe(best);
    expect(kept[10]).toBe((kept.slice(4, 10).reduce((sum, digit) => sum + digit, 0) + 0x5a) & 0xff);
  });

  test("misses no frame and no sprite 0 hit", () => {
    expect(game.byte(SWINGBY.lag)).toBe(0);
    expect(game.byte(SWINGBY.splitMissed)).toBe(0);
  });

  test("shows the pictures that a person has checked", () => {
    const expected = Object.entries(golden).filter(([name]) => name.startsWith("swingby"));
    expect(shown).toEqual(Object.fromEntries(expected));
  });
});

// The split writes PPU registers in mid-picture; the dots of these writes must not matter.
test("the picture is the same at every CPU and PPU alignment, and for any initial RAM", () => {
  const frames = soakSize(400, 2700);
  const consoles = [
    new BuiltInRom("swingby"),
    ...[0, 1, 2, 3].map((alignment) => new BuiltInRom("swingby", { alignment })),
    new BuiltInRom("swingby", { ramFill: "ones" }),
  ];
  let next = 0;
  let buttons = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (; next < script.length && script[next][0] <= frame; next++) buttons = script[next][1];
    for (const each of consoles) each.run(1, buttons);
    const hashes = new Set(consoles.map((each) => frameHash(each.pixels)));
    if (hashes.size !== 1) throw new Error(`frame ${frame} has ${hashes.size} pictures`);
  }
}, 120_000);

describe("the best score in battery RAM", () => {
  const KEPT = [0x53, 0x57, 0x42, 1, 0, 1, 2, 3, 4, 0, 0x5a + 10];
  test.each([
    ["is loaded at power-on", KEPT, 12340],
    ["is ignored without the mark", KEPT.with(0, 0), 0],
    ["is ignored with a wrong sum", KEPT.with(10, 0), 0],
    ["is ignored with a digit above nine", KEPT.with(5, 11).with(10, 0x5a + 20), 0],
  ])("%s", (_, bytes, best) => {
    const game = new BuiltInRom("swingby");
    game.console.batteryRam.set(bytes);
    game.run(10);
    expect(game.digits(SWINGBY.best)).toBe(best);
  });
});

describe("buttons", () => {
  function started(): BuiltInRom {
    const game = new BuiltInRom("swingby");
    game.run(60);
    game.press(BUTTON_A, 60);
    return game;
  }

  test("Start pauses and goes on", () => {
    const game = started();
    game.press(BUTTON_START);
    expect(game.byte(SWINGBY.mode)).toBe(MODE_PAUSE);
    const still = frameHash(game.pixels);
    game.run(30);
    expect(frameHash(game.pixels)).toBe(still);
    expect(game.console.samples.subarray(0, game.console.sampleCount).every((s) => Math.abs(s) < 200)).toBe(
      true,
    );
    game.press(BUTTON_START);
    expect(game.byte(SWINGBY.mode)).toBe(MODE_PLAY);
  });

  test("A lets the comet go within one frame", () => {
    const game = started();
    expect(game.byte(SWINGBY.comet)).toBe(0);
    game.run(2, BUTTON_A);
    expect(game.byte(SWINGBY.comet)).toBe(1);
  });

  test("B does not let it go", () => {
    const game = started();
    game.press(BUTTON_B, 10);
    expect(game.byte(SWINGBY.comet)).toBe(0);
  });

  test("the console's reset button leads back to the title with the best score", () => {
    const game = new BuiltInRom("swingby");
    game.console.batteryRam.set([0x53, 0x57, 0x42, 1, 0, 0, 0, 9, 9, 0, 0x5a + 18]);
    game.run(60);
    game.press(BUTTON_A, 60);
    game.console.reset("reset");
    game.run(20);
    expect(game.byte(SWINGBY.mode)).toBe(MODE_TITLE);
    expect(game.digits(SWINGBY.best)).toBe(990);
  });
});

// Without input, the title changes to a demo that plays until it loses a comet; then the title returns.
const DEMO_SECONDS = soakSize(22, 1200);
test(
  "the demo runs without a late frame",
  () => {
    const game = new BuiltInRom("swingby");
    let seen = 0;
    for (let i = 0; i < DEMO_SECONDS; i++) {
      game.run(60);
      seen |= 1 << game.byte(SWINGBY.mode);
    }
    expect(seen).toBe((1 << MODE_TITLE) | (1 << MODE_PLAY));
    expect([game.byte(SWINGBY.lag), game.byte(SWINGBY.splitMissed)]).toEqual([0, 0]);
    expect(game.digits(SWINGBY.best)).toBe(0);
  },
  1000 * DEMO_SECONDS,
);
