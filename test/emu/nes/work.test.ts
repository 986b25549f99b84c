import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonMovie } from "../../../src/io/movies/json-movie.ts";
import { BuiltInRom } from "../../roms/built-in.ts";

/**
 * The cost of a frame is the work done in it, so calls are counted: per frame, with the built-in game in
 * play. A count that grows by more than a quarter means that a faster path is no longer used.
 */
const LANDED = {
  /** Instructions that run one by one: next to an event, or just after another one. */
  step: 52,
  /** Stretches: instructions in a row. */
  run: 99,
  scheduleEvent: 14,
  passHorizon: 79,
} as const;
/** Calls of the PPU, per frame. The game waits for sprite 0 in a loop with a time-out. */
const LANDED_CALLS = { readRegister: 68 } as const;
/** Writes of fields of the PPU's state, per frame. */
const LANDED_WRITES = {
  /** Two for each dot that runs on its own, of 89,342, and one for each idle stretch of vertical blank. */
  halfway: 138,
  /** The same, and some for each line, cell and idle stretch. */
  timeUnits: 443,
} as const;
const TOLERANCE = 1.25;
const WARM_UP_FRAMES = 600;
const FRAMES = 50;

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
  const { cpu, fastCpu, ppu } = rom.console;
  const counts = countCalls([cpu, fastCpu, fastCpu.stretches, ppu], Object.keys(LANDED));
  const calls = countCalls([ppu], Object.keys(LANDED_CALLS));
  const writes = countWrites(ppu.state, Object.keys(LANDED_WRITES));
  run(WARM_UP_FRAMES, WARM_UP_FRAMES + FRAMES);
  for (const [name, landed] of Object.entries({ ...LANDED, ...LANDED_CALLS, ...LANDED_WRITES })) {
    const perFrame = (counts.get(name) ?? calls.get(name) ?? writes.get(name) ?? 0) / FRAMES;
    expect(perFrame, `${name}: ${perFrame} a frame`).toBeGreaterThan(landed / 4);
    expect(perFrame, `${name}: ${perFrame} a frame`).toBeLessThan(landed * TOLERANCE);
  }
});

/** Counts calls of the named methods, on the first of `objects` that has each. */
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

/** Counts writes of the named fields. */
function countWrites(object: object, names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    let value: unknown = Reflect.get(object, name);
    Object.defineProperty(object, name, {
      get: () => value,
      set: (next: unknown) => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        value = next;
      },
    });
  }
  return counts;
}
