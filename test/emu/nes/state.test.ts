import { describe, expect, test } from "bun:test";
import { InputError } from "../../../src/emu/input-error.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { testImage } from "../../support/board-harness.ts";
import { consoleWith, FRAME_PIXELS, frameHash, ScriptedInput } from "../../support/machines.ts";
import { programImage } from "../../support/mutated-states.ts";
import { Prng } from "../../support/prng.ts";
import { SHARED, SOAK } from "../../support/shared.ts";

const GAMES = ["games/BladeBuster.nes", "games/croom.nes", "games/lj65.nes"];
const POINTS = SOAK ? 200 : 16;
const FRAMES_AFTER = 60;
const LAST_POINT = 600;
const PLAY: [number, number][] = [
  [100, 8],
  [110, 0],
  [180, 8],
  [190, 0],
  [250, 1],
  [260, 0],
  [300, 128],
  [360, 65],
  [420, 2],
  [480, 16],
  [540, 1],
];

/** Points in ascending order, spread by a fixed linear congruential generator. */
function randomPoints(seed: number): number[] {
  let state = seed;
  const points = Array.from({ length: POINTS }, () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state % LAST_POINT;
  });
  return points.sort((a, b) => a - b);
}

function samplesHash(samples: Int16Array, count: number): number {
  return Number(Bun.hash.crc32(new Uint8Array(samples.buffer, samples.byteOffset, count * 2)));
}

describe.skipIf(!SHARED)("a state, saved and loaded", () => {
  for (const [seed, rom] of GAMES.entries()) {
    test(`${rom}: ${POINTS} random points, then ${FRAMES_AFTER} frames, give the same frames and samples`, () => {
      const running = consoleWith(rom);
      const resumed = consoleWith(rom);
      const input = new ScriptedInput(PLAY);
      running.setInput(input);
      resumed.setInput(input);
      const state = new Uint8Array(running.stateBytes);
      const pixels = new Uint16Array(FRAME_PIXELS);
      let frame = 0;
      for (const point of randomPoints(seed + 1)) {
        for (; frame < point; frame++) {
          input.beginFrame(frame);
          running.runFrame(pixels);
        }
        running.save(state);
        const traces: string[][] = [[], []];
        for (const [which, nes] of [running, resumed].entries()) {
          nes.load(state);
          for (let after = 0; after < FRAMES_AFTER; after++) {
            nes.runFrame(pixels);
            traces[which].push(`${frameHash(pixels)} ${samplesHash(nes.samples, nes.sampleCount)}`);
          }
        }
        expect(traces[1]).toEqual(traces[0]);
        running.load(state);
      }
    }, 120_000);
  }

  test("continuing and running from the state give the same result", () => {
    const nes = consoleWith(GAMES[2]);
    const pixels = new Uint16Array(FRAME_PIXELS);
    const state = new Uint8Array(nes.stateBytes);
    for (let frame = 0; frame < 200; frame++) nes.runFrame(pixels);
    nes.save(state);
    const onward: string[] = [];
    for (let frame = 0; frame < FRAMES_AFTER; frame++) {
      nes.runFrame(pixels);
      onward.push(`${frameHash(pixels)} ${samplesHash(nes.samples, nes.sampleCount)}`);
    }
    const other = consoleWith(GAMES[2]);
    other.load(state);
    const again: string[] = [];
    for (let frame = 0; frame < FRAMES_AFTER; frame++) {
      other.runFrame(pixels);
      again.push(`${frameHash(pixels)} ${samplesHash(other.samples, other.sampleCount)}`);
    }
    expect(again).toEqual(onward);
  });

  test("a power cycle preserves only battery-backed memory", () => {
    const nes = consoleWith(GAMES[0]);
    expect(nes.batteryRam.length).toBeGreaterThan(0);
    nes.poke("cpu", 0x0300, 0x5a);
    nes.batteryRam[5] = 0xa5;
    nes.reset("power");
    expect(nes.batteryRam[5]).toBe(0xa5);
    expect(nes.peek("cpu", 0x0300)).toBe(0);
  });

  test("of another game or version, or truncated, is rejected", () => {
    const lj65 = consoleWith(GAMES[2]);
    const croom = consoleWith(GAMES[1]);
    const state = new Uint8Array(lj65.stateBytes);
    lj65.save(state);
    expect(() => croom.load(state)).toThrow(InputError);
    expect(() => lj65.load(state.subarray(0, 100))).toThrow(InputError);
    state[0] = 99;
    expect(() => lj65.load(state)).toThrow("version 99");
  });
});

test("a frame after writes and a reset is the same after loading its state", () => {
  const random = new Prng(6);
  const image = programImage(90, 6);
  const [nes, resumed] = [createHeadless(image), createHeadless(image)];
  const states = [new Uint8Array(nes.stateBytes), new Uint8Array(nes.stateBytes)] as const;
  for (let run = 0; run < 40; run++) {
    nes.runFrame();
    for (let count = random.below(4); count > 0; count--) nes.cpu.write(0x8000, 0);
    nes.reset(random.below(4) === 0 ? "power" : "reset");
    nes.save(states[0]);
    resumed.load(states[0]);
    nes.runFrame();
    resumed.runFrame();
    nes.save(states[0]);
    resumed.save(states[1]);
    expect(Buffer.compare(states[0], states[1])).toBe(0);
  }
});

describe("a state of the same ROMs", () => {
  const console = (mapper: number, ramKib = 8) =>
    createHeadless({ ...testImage({ mapper, prgKib: 64, chrRamKib: 8, ramKib }), sha1: "12".repeat(20) });
  const saved = console(2);
  const state = new Uint8Array(saved.stateBytes);
  saved.save(state);

  test("on another board is rejected, though it has the same length", () => {
    expect(console(71).stateBytes).toBe(state.length);
    expect(() => console(71).load(state)).toThrow("the state is of this game on mapper 2, not 71");
  });

  test("with more memory is rejected, though a longer array may hold a state", () => {
    const larger = console(2, 32);
    const longer = new Uint8Array(larger.stateBytes);
    larger.save(longer);
    const message = `a state of this game has ${state.length} bytes, this one was saved with ${longer.length}`;
    expect(() => console(2).load(longer)).toThrow(message);
    longer.set(state);
    console(2).load(longer);
  });

  test("without the fields for board and length, as older versions saved it, is loaded", () => {
    const older = state.slice().fill(0, 24, 32);
    console(71).load(older);
    console(2).load(older);
  });
});
