import { expect, test } from "bun:test";
import { FigureCounter, type Figures, figureTexts, SpeedWatch } from "../../../src/io/play/figures.ts";
import { Histogram } from "../../../src/io/shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../../../src/io/shared/layout-words.ts";
import type { StatsSummary } from "../../../src/io/shared/stats.ts";

function statsOf(frames: number, presented: number, dropped: number, bytes: number): StatsSummary {
  return { frames, presented, dropped, skipped: 0, bytes } as StatsSummary;
}

function figuresOf(framesPerSecond: number, droppedPerSecond: number): Figures {
  return { framesPerSecond, droppedPerSecond, lateMs: 0, bytesPerFrame: 0 };
}

test("figures are of the time since the last call", () => {
  const words = new Int32Array(new SharedArrayBuffer(HISTOGRAM_WORDS * 4));
  const lateness = new Histogram(words);
  const counter = new FigureCounter();
  for (let i = 0; i < 100; i++) lateness.record(80_000);
  expect(counter.count(statsOf(100, 90, 10, 9000), words, 1000)).toBeUndefined();
  for (let i = 0; i < 100; i++) lateness.record(1000);
  const figures = counter.count(statsOf(220, 190, 30, 209_000), words, 3000);
  expect(figureTexts(figures, "pulse 70 %", "sixel").join("  ")).toMatch(
    /^60\.0 fps {2}pulse 70 % {2}sixel {2}1\.\d ms late {2}10\.0 dropped {2}2\.0 kB\/frame$/,
  );
  // Too soon for new counts.
  expect(counter.count(statsOf(225, 190, 35, 209_000), words, 3100)).toBe(figures);
});

test("a game that is too slow or jerky for three seconds gets a warning, until it is not", () => {
  const watch = new SpeedWatch();
  const warnings = (figures: Figures | undefined, seconds: number) =>
    Array.from({ length: seconds }, () => watch.warning(figures, 60.1)).join("|");
  expect(warnings(figuresOf(60, 0), 5)).toBe("||||");
  expect(warnings(figuresOf(48, 0), 3)).toBe("||this computer is too slow: 48 of 60 frames a second");
  expect(warnings(figuresOf(60, 20), 1)).toBe("");
  expect(warnings(figuresOf(60, 42), 3)).toBe(
    "||this terminal is too slow: it shows 18 of 60 frames a second",
  );
  // Fast-forward, a menu, a pause: nothing is wrong.
  expect(warnings(undefined, 1)).toBe("");
  expect(warnings(figuresOf(48, 0), 2)).toBe("|");
});
