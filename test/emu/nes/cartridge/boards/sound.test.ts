import { describe, expect, test } from "bun:test";
import { PULSE_LEVELS, triangleNoiseDmcLevel } from "../../../../../src/emu/nes/apu/levels.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";
import { FRAME_PIXELS } from "../../../../support/machines.ts";
import { boardProgram } from "./board-program.ts";
import { ports, SOUND_CASES, type SoundCase } from "./data/sound.ts";

const PERIODS = 20;

/** Records the level in each of `cycles` cycles. */
function record(harness: BoardHarness, cycles: number): Int32Array {
  const levels = new Int32Array(cycles);
  const start = harness.cycle + 1;
  let at = 0;
  let level = 0;
  harness.board.connectSound({
    setExpansionLevel(cycle, next) {
      levels.fill(level, at, Math.max(at, cycle - start));
      at = Math.max(at, cycle - start);
      level = next;
    },
  });
  harness.idle(cycles);
  levels.fill(level, at);
  return levels;
}

/** Cycles at which the wave rises through its middle. */
function rises(levels: Int32Array, middle: number): number[] {
  const found: number[] = [];
  for (let i = 1; i < levels.length; i++) if (levels[i - 1] < middle && levels[i] >= middle) found.push(i);
  return found;
}

describe("expansion sound", () => {
  for (const one of SOUND_CASES) {
    test(one.name, () => {
      const harness = new BoardHarness(testImage({ prgKib: 128, ...one.cartridge }));
      for (const [address, value] of one.writes) harness.write(address, value);
      harness.idle(20_000); // attacks and the first period
      const levels = record(harness, Math.ceil(one.period * (PERIODS + 3)));
      const low = Math.min(...levels);
      const peak = Math.max(...levels);
      const middle = (low + peak) / 2;
      // The level before the first change is unknown.
      const edges = rises(levels, middle).slice(1);
      expect(edges.length).toBeGreaterThan(PERIODS);
      expect((edges[PERIODS] - edges[0]) / PERIODS / one.period).toBeCloseTo(1, 2);
      const whole = levels.subarray(edges[0], edges[PERIODS]);
      const high = whole.filter((level) => level >= middle).length / whole.length;
      expect(high).toBeCloseTo(one.high, 1);
      expect((peak - low) / PULSE_LEVELS[15]).toBeCloseTo(one.swing, 1);
    });
  }

  test("VRC7 fades after its key is released", () => {
    const harness = new BoardHarness(testImage({ mapper: 85, submapper: 2, prgKib: 128 }));
    const sine = SOUND_CASES.find(({ name }) => name.startsWith("VRC7"))!;
    for (const [address, value] of sine.writes) harness.write(address, value);
    harness.idle(20_000);
    expect(Math.max(...record(harness, 20_000))).toBeGreaterThan(0);
    harness.write(0x9030, 4 << 1);
    harness.idle(2_000_000);
    expect(record(harness, 20_000).every((level) => level === 0)).toBe(true);
  });

  test("5B's envelope in shape 14 goes up and down", () => {
    const harness = new BoardHarness(testImage({ mapper: 69, prgKib: 128 }));
    for (const [address, value] of ports(0xc000, 0xe000, { 7: 0x3f, 8: 0x10, 11: 4, 12: 0, 13: 14 }))
      harness.write(address, value);
    const levels = record(harness, 16 * 4 * 64 * 3);
    const peaks = levels.reduce((count, level, i) => count + (i > 0 && level > levels[i - 1] ? 1 : 0), 0);
    expect(Math.max(...levels) / PULSE_LEVELS[15]).toBeCloseTo(2.43, 1);
    // About thirty rises in each of three upward ramps.
    expect(peaks).toBeGreaterThan(80);
  });

  test("Namco 163's switch silences it", () => {
    const harness = new BoardHarness(testImage({ mapper: 19, prgKib: 128 }));
    for (const [address, value] of SOUND_CASES[6].writes) harness.write(address, value);
    harness.write(0xe000, 0x40);
    harness.idle(100);
    expect(record(harness, 5000).every((level) => level === 0)).toBe(true);
  });

  // https://www.nesdev.org/wiki/NES_2.0_submappers: how much louder one channel is than the APU's pulse
  test.each([
    [0, 11, 13],
    [3, 11, 13],
    [4, 16, 17],
    [5, 18, 19.5],
  ])("Namco 163 submapper %i is %d to %d dB louder than a pulse", (submapper, least, most) => {
    const harness = new BoardHarness(testImage({ mapper: 19, submapper, prgKib: 128 }));
    for (const [address, value] of SOUND_CASES[6].writes) harness.write(address, value);
    harness.idle(20_000);
    const levels = record(harness, 20_000).subarray(10_000);
    const swing = (Math.max(...levels) - Math.min(...levels)) / PULSE_LEVELS[15];
    expect(20 * Math.log10(swing)).toBeWithin(least, most);
  });

  test.each([1, 2])("Namco 163 submapper %i has no sound", (submapper) => {
    const harness = new BoardHarness(testImage({ mapper: 19, submapper, prgKib: 128 }));
    for (const [address, value] of SOUND_CASES[6].writes) harness.write(address, value);
    harness.idle(20_000);
    expect(record(harness, 5000).every((level) => level === 0)).toBe(true);
  });

  test("MMC5's PCM and its status", () => {
    const harness = new BoardHarness(testImage({ mapper: 5, prgKib: 128 }));
    harness.write(0x5011, 0x80);
    expect(Math.min(...record(harness, 100))).toBe(-triangleNoiseDmcLevel(0, 0, 0x80));
    for (const [address, value] of SOUND_CASES[5].writes) harness.write(address, value);
    expect(harness.read(0x5015)).toBe(1);
    harness.write(0x5015, 0);
    expect(harness.read(0x5015)).toBe(0);
  });
});

test("MMC5's PCM takes what the CPU reads from $8000-$BFFF in read mode, and interrupts at a zero", () => {
  const harness = new BoardHarness(testImage({ mapper: 5, prgKib: 128 }));
  const level = (): number => Math.min(...record(harness, 100));
  harness.write(0x5114, 0x81); // pages 4–7 at $8000: the first byte of each is its number
  harness.write(0x5115, 0x80); // page 0 at $A000: begins with a zero
  harness.write(0x5011, 9);
  harness.write(0x5010, 0x81);
  const before = level();
  expect(harness.read(0xe000)).toBe(60);
  expect(level()).toBe(before);
  expect(harness.read(0x8000)).toBe(4);
  const four = level();
  expect(four / before).toBeCloseTo(4 / 9, 1);
  harness.write(0x5011, 200);
  expect(level()).toBe(four);
  expect([harness.irq, harness.read(0x5010)]).toEqual([false, 0x01]);
  expect(harness.read(0xa000)).toBe(0);
  expect(level()).toBe(four);
  expect(harness.irq).toBe(true);
  expect(harness.read(0x5010)).toBe(0x81);
  expect(harness.irq).toBe(false);
  harness.write(0x5010, 0x00);
  harness.read(0x8400);
  expect(level()).toBe(four);
  harness.write(0x5011, 9);
  expect(level()).toBe(before);
});

test("MMC5's read mode leaves $C000-$FFFF as open bus where no RAM is in the cartridge", () => {
  const harness = new BoardHarness(testImage({ mapper: 5, prgKib: 128 }));
  harness.write(0x5010, 0x81);
  harness.write(0x5116, 0x00); // RAM at $C000
  expect([harness.read(0xc000), harness.board.peekRegister(0xdfff, 0xab)]).toEqual([0xab, 0xab]);
});

/** A console whose program makes the writes of a case. */
function playing(one: SoundCase) {
  return createHeadless({
    ...testImage({ chrRamKib: 8, ...one.cartridge }),
    prgRom: boardProgram({ setUp: one.writes }),
  });
}

/**
 * The frequency in `samples`, from rises through a third of the peak, each after a fall through minus a
 * third.
 */
function frequencyHz(samples: readonly number[]): number {
  const third = samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) / 3;
  const edges: number[] = [];
  let low = false;
  for (const [i, sample] of samples.entries()) {
    if (low && sample > third) edges.push(i);
    if (sample > third) low = false;
    else if (sample < -third) low = true;
  }
  return (48_000 * (edges.length - 1)) / (edges[edges.length - 1] - edges[0]);
}

describe("expansion sound in the machine", () => {
  for (const one of SOUND_CASES) {
    test(`${one.name}: pitch, and a state in its middle`, () => {
      const nes = playing(one);
      const resumed = playing(one);
      const state = new Uint8Array(nes.stateBytes);
      const pixels = new Uint16Array(FRAME_PIXELS);
      const heard: number[] = [];
      for (let frame = 0; frame < 40; frame++) {
        nes.runFrame(pixels);
        if (frame >= 20) heard.push(...nes.samples.subarray(0, nes.sampleCount));
        if (frame === 20) {
          nes.save(state);
          resumed.load(state);
        } else if (frame > 20) {
          resumed.runFrame(pixels);
          const own = nes.samples.subarray(0, nes.sampleCount);
          expect(resumed.samples.subarray(0, resumed.sampleCount)).toEqual(own);
        }
      }
      const cpuHz = 236_250_000 / 11 / 12;
      expect(frequencyHz(heard) / (cpuHz / one.period)).toBeCloseTo(1, 2);
    });
  }
});
