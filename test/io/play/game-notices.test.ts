import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import type { DeviceSetup } from "../../../src/emu/nes/input/devices.ts";
import { panelStatus } from "../../../src/emu/nes/playchoice/panel-status.ts";
import { DeviceInput } from "../../../src/io/input/device-input.ts";
import type { Display } from "../../../src/io/play/display.ts";
import { GameNotices } from "../../../src/io/play/game-notices.ts";
import type { PlaySession } from "../../../src/io/play/play-session.ts";
import type { GameLink } from "../../../src/io/play/play-types.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { HISTOGRAM_WORDS } from "../../../src/io/shared/layout-words.ts";

const MINUTE_MS = 60_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const NO_BYTES = { setByte() {}, setMotionPlace() {}, move() {} };

/** What the row below a new game's picture says, with `devices` in the console and a status of its panel. */
function begun(
  devices: DeviceSetup = {},
  exactPercent = 100,
  link?: GameLink,
  opening?: string,
  panel = () => 0,
) {
  const session = {
    settings: { ...DEFAULT_SETTINGS, statsLine: false, advises: false },
    states: [],
    slot: 0,
    files: { name: "Swingby" },
    isRunning: false,
    isAtNormalSpeed: false,
    client: {
      stats: () => ({ robot: 0, panel: panel() }),
      blocks: { stats: { lateness: new Int32Array(HISTOGRAM_WORDS) } },
      ready: { geometry: { frameRateHz: 60 } },
    },
  };
  const picture = { exactPercent, hasStatusRow: true, windowForText: undefined, setMessageRow() {} };
  const notices = new GameNotices(session as unknown as PlaySession, picture as unknown as Display, () => {});
  notices.begin(link, new DeviceInput(devices, NO_BYTES), opening);
  return notices;
}

test("a new game shows the keys that play until one was pressed, and a little longer", () => {
  const notices = begun();
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

test("the text of the start comes after the link's, which would cover it", () => {
  const link = { status: "", notice: "waiting for player 2" };
  const notices = begun({}, 100, link as unknown as GameLink, "no zapper");
  expect(notices.row().parts).toEqual(["no zapper"]);
  for (const notice of ["waiting for player 2", ""]) {
    link.notice = notice;
    jest.advanceTimersByTime(1000);
    expect(notices.row().parts).toEqual([notice === "" ? "no zapper" : notice]);
  }
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row().isAlert).toBe(false);
  notices.end();
});

test("warnings wait until the keys are known", () => {
  const notices = begun({}, 63);
  expect(notices.row().parts).toContain("button A: X");
  expect(notices.row().isAlert).toBe(false);
  notices.buttonPressed();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row().parts).toEqual(["slow link: 63 % of the picture is exact"]);
  expect(notices.row().isAlert).toBe(true);
  notices.end();
});

test.each<[DeviceSetup, string[], string]>([
  [{ port2: "zapper" }, ["mouse: zapper", "button A: X", "B: Z"], "F1 menu"],
  // Tab, Enter and the letters up to N are the device's.
  [{ expansion: "mahjong" }, ["button A: X", "B: Z", "move: arrows"], "F1 menu"],
  [{ expansion: "family-basic-keyboard" }, ["keyboard: family-basic-keyboard"], "Ctrl-O menu"],
])("with %o the row names only keys that the devices do not take", (devices, first, menu) => {
  const notices = begun(devices);
  const { parts, corner } = notices.row();
  expect(parts.slice(0, first.length)).toEqual(first);
  expect(corner.at(-1)).toBe(menu);
  notices.end();
});

test("the row says what is switched on at a device", () => {
  const input = new DeviceInput({ expansion: "data-recorder" }, NO_BYTES);
  const press = (key: string) => input.key({ key, kind: "press", shift: false, alt: false, control: false });
  press("f10");
  expect(input.states).toEqual(["tape records"]);
  press("f9");
  expect(input.states).toEqual(["tape plays"]);
  press("f9");
  expect(input.states).toEqual([]);
});

test("a PlayChoice-10's row has the keys of its panel, then those of the game, then the time that is left", () => {
  let panel = 0;
  const notices = begun({}, 63, undefined, undefined, () => panel);
  const keysOfPanel = ["coin: 5", "enter: 7", "channel: 6", "reset: 8"];
  panel = panelStatus(0x0300, false);
  expect(notices.row()).toMatchObject({ parts: keysOfPanel, isAlert: false });
  // The panel's buttons do not end the display of the game's keys.
  notices.buttonPressed();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row().parts).toEqual(keysOfPanel);
  panel = panelStatus(0x0299, true);
  expect(notices.row().parts.slice(0, 2)).toEqual(["time left: 0299", "button A: X"]);
  notices.buttonPressed();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row()).toMatchObject({
    parts: ["slow link: 63 % of the picture is exact"],
    isAlert: true,
  });
  panel = panelStatus(0, false);
  expect(notices.row().parts).toEqual(keysOfPanel);
  notices.end();
});

test.each([
  [0xff42, ["time left: 42", "Swingby"]],
  [0xffff, ["Swingby"]],
  // The program of a cabinet with two monitors may not write the display.
  [0x0000, ["Swingby"]],
])("the time display %p of a PlayChoice-10", (digits, parts) => {
  const notices = begun({}, 100, undefined, undefined, () => panelStatus(digits, true));
  notices.buttonPressed();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(notices.row().parts).toEqual(parts);
  notices.end();
});
