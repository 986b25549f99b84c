import { expect, test } from "bun:test";
import { rewindBar } from "../../../src/io/play/rewind-bar.ts";

test("a strip of pictures has a bar of its own", () => {
  expect(rewindBar(300, 600, 60, false)).toBe("◀◀ -0:05 of 0:10");
});

test.each([
  [600, 600, "◀◀ -0:00 ━━━━━━━━━━━━━━━● of 0:10"],
  [300, 600, "◀◀ -0:05 ━━━━━━━━●─────── of 0:10"],
  [0, 600, "◀◀ -0:10 ●─────────────── of 0:10, the oldest"],
  [0, 0, "◀◀ rewind"],
])("%p of %p frames are left", (left, all, text) => {
  expect(rewindBar(left, all, 60)).toBe(text);
});
