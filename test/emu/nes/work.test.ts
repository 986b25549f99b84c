import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonMovie } from "../../../src/io/movies/json-movie.ts";
import { BuiltInRom } from "../../roms/built-in.ts";

/**
 * Frames cost what is done in them, so what is done is counted: the built-in game in play, calls a frame.
 * A figure that grows by more than a quarter means that a faster way is no longer taken.
 */
const LANDED = {
  /** Instructions that are run one by one; loops that wait pass at once. */
  step: 640,
  /** Instructions in a row that access memory alone. */
  runStretch: 640,
  /** Dots that are run one by one, of 89,342. */
  dotStep: 400,
  runCell: 215,
  scheduleEvent: 85,
  passHorizon: 105,
} as const;
const TOLERANCE = 1.25;
const WARM_UP_FRAMES = 600;
const FRAMES = 200;

test("a frame of the built-in game takes no more steps than recorded", () => {
  const rom = new BuiltInRom("swingby");
  const { input } = parseJsonMovie(
    readFileSync(join(import.meta.dir, "../../../docs/swingby-input.json"), "utf8"),
  );
  let buttons = 0;
  rom.console.setInput({ latchButtons: () => buttons });
  const run = (from: number, to: number): void => {
    for (let frame = from; frame < to; frame++) {
      buttons = input.maskAt(frame);
      rom.console.runFrame(rom.pixels);
    }
  };
  run(0, WARM_UP_FRAMES);
  const counts = countCalls([rom.console.cpu, rom.console.ppu], Object.keys(LANDED));
  run(WARM_UP_FRAMES, WARM_UP_FRAMES + FRAMES);
  for (const [name, landed] of Object.entries(LANDED)) {
    const perFrame = (counts.get(name) ?? 0) / FRAMES;
    expect(perFrame, `${name}: ${perFrame} a frame`).toBeGreaterThan(landed / 4);
    expect(perFrame, `${name}: ${perFrame} a frame`).toBeLessThan(landed * TOLERANCE);
  }
});

/** Counts calls of the methods so named, on the first of `objects` that has them. */
function countCalls(objects: readonly object[], names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const owner = objects.find((object) => name in object);
    if (owner === undefined) throw new Error(`nothing has a method ${name}`);
    const original = Reflect.get(owner, name) as (...values: unknown[]) => unknown;
    Reflect.set(owner, name, function (this: object, ...values: unknown[]): unknown {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return original.apply(this, values);
    });
  }
  return counts;
}
