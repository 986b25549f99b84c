import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { HeldDeviceKeys } from "../../../src/io/input/held-device-keys.ts";

const LONG_MS = 10_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test("a key is down until its release is reported", () => {
  const held = new HeldDeviceKeys(() => {});
  held.setReleases(true, undefined);
  held.press("a");
  jest.advanceTimersByTime(LONG_MS);
  expect(held.has("a")).toBe(true);
  held.release("a");
  expect(held.has("a")).toBe(false);
});

test("without reports a key is down for a moment after each repeat", () => {
  let changes = 0;
  const held = new HeldDeviceKeys(() => changes++);
  held.press("a");
  jest.advanceTimersByTime(100);
  held.press("a");
  jest.advanceTimersByTime(100);
  expect(held.has("a")).toBe(true);
  jest.advanceTimersByTime(LONG_MS);
  expect(held.has("a")).toBe(false);
  expect(changes).toBe(1);
});

test("a system that knows which keys are down ends the hold", () => {
  const down = new Set(["a"]);
  const held = new HeldDeviceKeys(() => {});
  held.setReleases(false, { isDown: (key) => down.has(key) });
  held.press("a");
  jest.advanceTimersByTime(LONG_MS);
  expect(held.has("a")).toBe(true);
  down.clear();
  jest.advanceTimersByTime(10);
  expect(held.has("a")).toBe(false);
});

test("a character that is typed next releases one that needs another Shift", () => {
  const held = new HeldDeviceKeys(() => {});
  const strokes = [
    { keys: ["A"], shift: false },
    { keys: ["2"], shift: true },
    { keys: ["3"], shift: true },
    { keys: ["RETURN"], shift: undefined },
  ];
  for (const stroke of strokes) held.press(stroke.keys[0]!, stroke);
  expect(held.strokes).toEqual(strokes.slice(1));
  held.clear();
  expect(held.strokes).toEqual([]);
});
