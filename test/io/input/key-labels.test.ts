import { expect, test } from "bun:test";
import { DEFAULT_BINDINGS } from "../../../src/io/input/bindings.ts";
import { labelOfKey, playingKeys } from "../../../src/io/input/key-labels.ts";

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
  [DEFAULT_BINDINGS, "Z = B, X = A, Enter = Start, arrows or WASD = move"],
  [{ ...DEFAULT_BINDINGS, b: [], start: ["ctrl+s"] }, "X = A, Ctrl-S = Start, arrows or WASD = move"],
  [{ a: ["k"], up: ["e"], left: ["s"], down: ["d"], right: ["f"] }, "K = A, ESDF = move"],
  [{ up: ["home"], left: ["delete"], down: ["end"], right: ["x"] }, "Home Del End X = move"],
  [{ left: ["left"], right: ["right", "r"] }, "Left Right or R = move"],
  [{}, ""],
])("the keys that play are those of the bindings", (bindings, text) => {
  expect(playingKeys(bindings).join(", ")).toBe(text);
});
