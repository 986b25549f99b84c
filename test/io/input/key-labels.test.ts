import { expect, test } from "bun:test";
import { DEFAULT_BINDINGS } from "../../../src/io/input/bindings.ts";
import { labelOfKey, panelKeys, playingKeys } from "../../../src/io/input/key-labels.ts";

test.each([
  ["f5", "F5"],
  ["ctrl+r", "Ctrl-R"],
  ["ctrl+alt+right_shift", "Ctrl-Alt-Right Shift"],
  ["+", "+"],
  ["ctrl++", "Ctrl-+"],
  ["escape", "Esc"],
  ["page_up", "PgUp"],
  ["ctrl+page_down", "Ctrl-PgDn"],
  ["`", "`"],
])("key %p is written %p", (name, label) => {
  expect(labelOfKey(name)).toBe(label);
});

test.each([
  [DEFAULT_BINDINGS, "button A: X, B: Z, Start: Enter, move: arrows or WASD"],
  [{ ...DEFAULT_BINDINGS, b: [], start: ["ctrl+s"] }, "button A: X, Start: Ctrl-S, move: arrows or WASD"],
  [{ a: ["k"], up: ["e"], left: ["s"], down: ["d"], right: ["f"] }, "button A: K, move: ESDF"],
  [{ up: ["home"], left: ["delete"], down: ["end"], right: ["x"] }, "move: Home Del End X"],
  [{ left: ["left"], right: ["right", "r"] }, "move: Left Right or R"],
  [{}, ""],
])("the keys that play are those of the bindings", (bindings, text) => {
  expect(playingKeys(bindings).join(", ")).toBe(text);
});

test.each([
  [DEFAULT_BINDINGS, "coin: 5, enter: 7, channel: 6, reset: 8"],
  [{ ...DEFAULT_BINDINGS, "panel-enter": ["f9", "7"], "panel-reset": [] }, "coin: 5, enter: 7, channel: 6"],
])("the keys of a PlayChoice-10's panel", (bindings, text) => {
  expect(panelKeys(bindings, (key) => key !== "f9").join(", ")).toBe(text);
});
