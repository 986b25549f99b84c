import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import type { Display } from "../../../src/io/play/display.ts";
import { GameNotices } from "../../../src/io/play/game-notices.ts";
import type { PlaySession } from "../../../src/io/play/play-session.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { HISTOGRAM_WORDS } from "../../../src/io/shared/layout-words.ts";

const MINUTE_MS = 60_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** What the row below a new game's picture says. `mouse` as for `GameNotices.begin`. */
function begun(mouse: string | undefined, exactPercent = 100) {
  const session = {
    settings: { ...DEFAULT_SETTINGS, statsLine: false, advises: false },
    states: [],
    slot: 0,
    files: { name: "Swingby" },
    isRunning: false,
    isAtNormalSpeed: false,
    client: {
      stats: () => ({ robot: 0 }),
      blocks: { stats: { lateness: new Int32Array(HISTOGRAM_WORDS) } },
      ready: { geometry: { frameRateHz: 60 } },
    },
  };
  const picture = { exactPercent, hasStatusRow: true, windowForText: undefined };
  const notices = new GameNotices(session as unknown as PlaySession, picture as unknown as Display, () => {});
  notices.begin(undefined, mouse);
  return notices;
}

test("a new game shows the keys that play until one was pressed, and a little longer", () => {
  const notices = begun("");
  const keys = notices.row().parts;
  expect(keys).toContain("button A: X");
  jest.advanceTimersByTime(10 * MINUTE_MS);
  expect(notices.row().parts).toEqual(keys);
  notices.buttonPressed();
  // The game may ask for another button: Start began it, A is needed next.
  jest.advanceTimersByTime(1000);
  expect(notices.row().parts).toEqual(keys);
  notices.buttonPressed();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row().parts).toEqual(["Swingby"]);
  notices.end();
});

test("warnings wait until the keys are known", () => {
  const notices = begun("", 63);
  expect(notices.row().parts).toContain("button A: X");
  expect(notices.row().isAlert).toBe(false);
  notices.buttonPressed();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row().parts).toEqual(["slow link: 63 % of the picture is exact"]);
  expect(notices.row().isAlert).toBe(true);
  notices.end();
});

test.each([
  ["what the mouse does comes first", "light gun", "mouse: light gun"],
  ["a movie needs no keys", undefined, "Swingby"],
])("%s", (_, mouse, first) => {
  const notices = begun(mouse);
  expect(notices.row().parts[0]).toBe(first);
  notices.end();
});
