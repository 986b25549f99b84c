import { BUTTON_A, BUTTON_START, BuiltInRom } from "./built-in.ts";

/** Length of the recorded game. */
export const SWINGBY_FRAMES = 2700;
/** Frames with golden pictures: the title, play, a comet eaten, game over, the next game. */
const SWINGBY_SHOWN = [100, 160, 200, 400, 700, 1000, 1300, 1500, 1730, 2100, 2590, 2680];

const PAGES = ["shape", "colours", "scroll", "sprites", "sound", "controllers"];
const BUTTON_UP = 0x10;
const BUTTON_RIGHT = 0x80;

/**
 * Plays the recorded game and passes each golden picture with its name to `show`. Returns the console at the
 * end.
 */
export function showSwingby(
  script: readonly (readonly [number, number])[],
  show: (name: string, pixels: Uint16Array) => void,
  each: (game: BuiltInRom, frame: number) => void = () => {},
): BuiltInRom {
  const game = new BuiltInRom("swingby");
  let next = 0;
  let buttons = 0;
  for (let frame = 0; frame < SWINGBY_FRAMES; frame++) {
    for (; next < script.length && script[next][0] <= frame; next++) buttons = script[next][1];
    game.run(1, buttons);
    each(game, frame);
    if (SWINGBY_SHOWN.includes(frame)) show(`swingby-${String(frame).padStart(4, "0")}`, game.pixels);
  }
  return game;
}

/** Visits the pages of the test card, and uses the controls of each. */
export function showTestCard(show: (name: string, pixels: Uint16Array) => void): BuiltInRom {
  const card = new BuiltInRom("test-card");
  card.run(60);
  for (const page of PAGES) {
    show(`test-card-${page}`, card.pixels);
    if (page === "sprites") {
      card.press(BUTTON_UP);
      card.press(BUTTON_RIGHT, 10);
      show("test-card-sprites-tall", card.pixels);
    }
    if (page === "controllers") {
      card.run(5, BUTTON_START | BUTTON_UP);
      show("test-card-controllers-held", card.pixels);
    } else card.press(BUTTON_A, 40);
  }
  return card;
}
