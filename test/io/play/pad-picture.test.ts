import { expect, test } from "bun:test";
import { DEFAULT_BINDINGS, describeTarget } from "../../../src/io/input/bindings.ts";
import { labelOfKey } from "../../../src/io/input/key-labels.ts";
import { describeKeys } from "../../../src/io/play/pad-picture.ts";

test("all keys fit into a window of 80 columns, those of the pad in its picture", () => {
  const lines = describeKeys(DEFAULT_BINDINGS).split("\n");
  const pad = lines.slice(0, lines.indexOf(""));
  const list = lines.slice(pad.length).join("\n");
  expect(new Set(pad.map((line) => line.length))).toEqual(new Set([69]));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.length).toBeLessThan(32);
  for (const [target, keys] of Object.entries(DEFAULT_BINDINGS)) {
    const isDrawn = ["up", "down", "left", "right", "a", "b", "start", "select"].includes(target);
    for (const key of keys) expect(isDrawn ? pad.join("\n") : list).toContain(labelOfKey(key));
    if (!isDrawn) expect(list).toContain(describeTarget(target));
  }
});

test("in a window of 24 rows, the list with the pad's keys stays above the next prompt", () => {
  const text = describeKeys(DEFAULT_BINDINGS, 24);
  const lines = text.trimEnd().split("\n");
  expect(lines.length).toBeLessThan(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  for (const [target, keys] of Object.entries(DEFAULT_BINDINGS)) {
    for (const key of keys) expect(text).toContain(labelOfKey(key));
    expect(text).toContain(describeTarget(target));
  }
  // The picture comes with the first window that has room for both.
  const rows = describeKeys(DEFAULT_BINDINGS).split("\n").length;
  expect(describeKeys(DEFAULT_BINDINGS, rows)).toContain("╭");
  expect(describeKeys(DEFAULT_BINDINGS, rows - 1)).not.toContain("╭");
});

test("long and many keys do not break the picture's frame", () => {
  const many = ["ctrl+alt+right_shift", "page_up", "page_down", "left_control", "home", "end"];
  const text = describeKeys({ a: many, b: many, select: many, up: many, left: many, right: many });
  const pad = text.split("\n").slice(0, 11);
  for (const line of pad) expect(line).toMatch(/^[╭│╰].{67}[╮│╯]$/);
  expect(pad.join("\n")).toContain("…");
});
