import { expect, test } from "bun:test";
import { StatusLine } from "../../../src/io/play/status-line.ts";
import { Histogram } from "../../../src/io/shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../../../src/io/shared/layout.ts";
import type { StatsSummary } from "../../../src/io/shared/stats.ts";

const FACTS = {
  renderer: "sixel",
  sound: "pulse 70 %",
  mode: "paused",
  slot: 3,
  exactPercent: 100,
  menuKey: "F1",
};

function statsOf(frames: number, presented: number, dropped: number, bytes: number): StatsSummary {
  return { frames, presented, dropped, skipped: 0, bytes } as StatsSummary;
}

test("the status line counts the time since the last call", () => {
  const words = new Int32Array(new SharedArrayBuffer(HISTOGRAM_WORDS * 4));
  const lateness = new Histogram(words);
  const line = new StatusLine();
  for (let i = 0; i < 100; i++) lateness.record(80_000);
  expect(line.text(statsOf(100, 90, 10, 9000), words, 1000, FACTS)).toBe(
    " paused  F1 menu  slot 3  pulse 70 %  sixel",
  );
  for (let i = 0; i < 100; i++) lateness.record(1000);
  const text = line.text(statsOf(220, 190, 30, 209_000), words, 3000, { ...FACTS, mode: "", sound: "" });
  expect(text).toMatch(
    /^ F1 menu {2}slot 3 {2}60\.0 fps {2}1\.\d ms late {2}10\.0 dropped {2}2\.0 kB\/frame {2}sixel$/,
  );
  // Too soon for new counts.
  expect(line.text(statsOf(225, 190, 35, 209_000), words, 3100, { ...FACTS, mode: "", sound: "" })).toBe(
    text,
  );
  expect(line.text(statsOf(225, 190, 35, 209_000), words, 3200, { ...FACTS, exactPercent: 63 })).toContain(
    "slow link, 63 % exact",
  );
});

test.each([
  [80, " paused  F1 menu  slot 3  pulse 70 %  sixel"],
  [42, " paused  F1 menu  slot 3  pulse 70 %"],
  [20, " paused  F1 menu"],
  [4, " paused"],
])("in %d columns nothing is cut in the middle", (columns, expected) => {
  const words = new Int32Array(new SharedArrayBuffer(HISTOGRAM_WORDS * 4));
  expect(new StatusLine().text(statsOf(1, 1, 0, 1), words, 1000, FACTS, columns)).toBe(expected);
});
