import { afterAll, describe, expect, test } from "bun:test";
import { Coverage, fuzz, type Game, loadCartridge, powerOn } from "emuterm";
import "emuterm/matchers";

const TITLE = 0;
const PLAY = 1;
const OVER = 2;

// Read once; every test gets its own console. Symbols come from build/starfall.dbg beside the ROM.
const cartridge = await loadCartridge("build/starfall.nes");
const coverage = new Coverage();
const powerOnCovered = (): Game => powerOn(cartridge, { coverage });

afterAll(async () => {
  const { lines } = await coverage.write({ lcov: "coverage/lcov.info", html: "coverage/index.html" });
  console.log(`${lines.hit} of ${lines.found} lines of assembly ran`);
});

/** Returns a game that has left its title screen. */
function playing(): Game {
  const nes = powerOnCovered();
  nes.until(() => nes.screen.text().includes("PRESS START"), { maxFrames: 30 });
  nes.tap("start");
  nes.until(() => nes.peek("mode") === PLAY, { maxFrames: 10 });
  return nes;
}

describe("the title", () => {
  test("looks as it should", () => {
    const nes = powerOnCovered();
    nes.frames(61);
    expect(nes).toMatchPicture("title");
    expect(nes).toShow("PRESS START");
    expect(nes).toHaveByte("mode", TITLE);
  });

  test("gives way to the game when Start is pressed", () => {
    const nes = playing();
    nes.frames(2);
    expect(nes).not.toShow("PRESS START");
    expect(nes).toHaveBytes("score", [0, 0, 0]);
  });
});

describe("playing", () => {
  test("left and right move the player, and not off the screen", () => {
    const nes = playing();
    const before = nes.peek("player_x");
    nes.press("right");
    nes.frames(10);
    expect(nes.peek("player_x")).toBe(before + 20);
    nes.frames(100);
    expect(nes.peek("player_x")).toBeLessThan(240);
  });

  test("a star that is caught counts, one that is not ends the game", () => {
    const nes = playing();
    const stop = nes.onExecute("draw", () => nes.poke("player_x", nes.peek("star_x")));
    nes.until(() => nes.peek("score", 2) === 2, { maxFrames: 600 });
    stop();
    nes.press("left");
    nes.until(() => nes.peek("mode") === OVER, { maxFrames: 600 });
    nes.frames(2);
    expect(nes).toShow("GAME OVER");
    expect(nes).toShow("SCORE 002");
  });
});

describe("add_points", () => {
  test.each([
    [[0, 0, 0], 1, [0, 0, 1]],
    [[0, 0, 9], 1, [0, 1, 0]],
    [[0, 9, 9], 9, [1, 0, 8]],
  ])("%j + %d = %j", (score, points, sum) => {
    const nes = powerOnCovered();
    nes.ram.set(score, nes.symbol("score"));
    expect(nes.call("add_points", { a: points }).carry).toBe(false);
    expect(nes).toHaveBytes("score", sum);
  });

  test("stops at 999 and says so", () => {
    const nes = powerOnCovered();
    nes.ram.set([9, 9, 9], nes.symbol("score"));
    expect(nes.call("add_points", { a: 1 }).carry).toBe(true);
    expect(nes).toHaveBytes("score", [9, 9, 9]);
  });

  test("is quick", () => {
    const nes = powerOnCovered();
    nes.ram.set([9, 9, 9], nes.symbol("score"));
    expect(nes.call("add_points", { a: 1 })).toTakeAtMost(100);
  });
});

test("random numbers do not repeat within 255", () => {
  const nes = powerOnCovered();
  nes.frames(10);
  const numbers = Array.from({ length: 255 }, () => nes.call("next_random").a);
  expect(new Set(numbers).size).toBe(255);
});

test("the NMI handler is done within vertical blank", () => {
  const nes = playing();
  nes.budget("nmi", { maxCycles: 2200, lastLine: 260 });
  const nmi = nes.time("nmi");
  nes.frames(120);
  expect(nmi.runs.length).toBe(120);
});

test("no buttons crash it, and the score stays decimal", async () => {
  await fuzz(cartridge, {
    runs: 3,
    frames: 200,
    buttons: ["left", "right", "start", "a"],
    start: (nes) => nes.frames(30),
    check: (nes) => expect(Math.max(...nes.bytes("score", 3))).toBeLessThan(10),
    save: "coverage/crash.json",
  });
}, 60_000);
