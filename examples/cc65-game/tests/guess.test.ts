import { afterAll, describe, expect, test } from "bun:test";
import { Coverage, type Game, loadCartridge, powerOn } from "emuterm";
import "emuterm/matchers";

// The answers of `ask`, in the order of the enum in game.h.
const TOO_LOW = 0;
const TOO_HIGH = 1;
const RIGHT = 2;

const cartridge = await loadCartridge("build/guess.nes");
const coverage = new Coverage();

afterAll(async () => {
  const { lines } = await coverage.write({ lcov: "coverage/lcov.info", html: "coverage/index.html" });
  console.log(`${lines.hit} of ${lines.found} lines of C and assembly ran`);
});

/** A game that waits for its first button. */
function started(): Game {
  const nes = powerOn(cartridge, { coverage });
  nes.until(() => nes.screen.text().includes("TRIES"), { maxFrames: 60 });
  nes.frames(5);
  return nes;
}

test("the screen", () => {
  const nes = started();
  expect(nes).toShow("GUESS THE NUMBER");
  expect(nes).toShow("YOUR GUESS: 50");
  expect(nes).toMatchPicture("start");
});

test("the pad changes the guess, A asks", () => {
  const nes = started();
  nes.poke("secret", 61);
  nes.tap("up");
  nes.tap("a");
  nes.frames(4);
  expect(nes).toShow("TOO LOW");
  nes.tap("right");
  nes.tap("a");
  nes.frames(4);
  expect(nes).toShow("RIGHT!");
  expect(nes).toShow("TRIES:       2");
  nes.tap("left");
  nes.tap("down");
  nes.frames(4);
  expect(nes).toShow("YOUR GUESS: 50");
});

describe("the rules, a function at a time", () => {
  test.each([
    [10, 20, TOO_LOW],
    [30, 20, TOO_HIGH],
    [20, 20, RIGHT],
  ])("guessing %d when it is %d", (guess, secret, answer) => {
    const nes = started();
    nes.poke("guess", guess);
    nes.poke("secret", secret);
    // cc65 returns byte values in A.
    expect(nes.call("ask").a).toBe(answer);
    expect(nes).toHaveByte("tries", 1);
  });

  test.each([
    [50, 10, 60],
    [95, 10, 99],
    [5, -10, 1],
  ])("%d and %d more are %d", (guess, by, changed) => {
    const nes = started();
    nes.poke("guess", guess);
    // The last parameter of a function is passed in A.
    nes.call("change_guess", { a: by & 0xff });
    expect(nes).toHaveByte("guess", changed);
  });

  test("secrets lie between 1 and 99", () => {
    const nes = started();
    for (let game = 0; game < 100; game++) {
      expect(nes.call("new_game")).toTakeAtMost(1000);
      expect(nes.peek("secret")).toBeWithin(1, 100);
    }
  });
});
