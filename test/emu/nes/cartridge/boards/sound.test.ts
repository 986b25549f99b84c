import { describe, expect, test } from "bun:test";
import { PULSE_LEVELS } from "../../../../../src/emu/nes/apu/mixer.ts";
import { BoardHarness, type TestCartridge, testImage } from "../../../../support/board-harness.ts";
import type { Write } from "./board-case.ts";

/** What a channel must sound like after some writes. */
interface SoundCase {
  readonly name: string;
  readonly cartridge: TestCartridge;
  readonly writes: readonly Write[];
  /** Cycles of one period of the wave. */
  readonly period: number;
  /** Share of the period that the level is above the middle. */
  readonly high: number;
  /** From lowest to highest, in levels of an APU pulse at its loudest. */
  readonly swing: number;
}

const PERIODS = 20;

/** A data port behind an address port. */
function ports(select: number, data: number, values: Readonly<Record<string, number>>): Write[] {
  return Object.entries(values).flatMap(([register, value]): Write[] => [
    [select, Number(register)],
    [data, value],
  ]);
}

const VRC6 = { mapper: 24 };
const FME7 = { mapper: 69 };
const MMC5 = { mapper: 5 };

const CASES: readonly SoundCase[] = [
  {
    name: "VRC6 pulse at 4/16",
    cartridge: VRC6,
    writes: [
      [0x9000, 0x3f],
      [0x9001, 0x63],
      [0x9002, 0x80],
    ],
    period: 16 * 100,
    high: 4 / 16,
    swing: 1.5,
  },
  {
    name: "VRC6 second pulse, sixteen times faster",
    cartridge: VRC6,
    writes: [
      [0x9003, 0x02],
      [0xa000, 0x78],
      [0xa001, 0x40],
      [0xa002, 0x86],
    ],
    period: 16 * (0x64 + 1),
    high: 8 / 16,
    swing: (1.5 * 8) / 15,
  },
  {
    name: "VRC6 saw: six steps and a rest in fourteen clocks",
    cartridge: VRC6,
    writes: [
      [0xb000, 0x28],
      [0xb001, 0x63],
      [0xb002, 0x80],
    ],
    period: 14 * 100,
    high: 4 / 7,
    swing: (1.5 * 30) / 15,
  },
  {
    name: "5B tone at volume 15",
    cartridge: FME7,
    writes: ports(0xc000, 0xe000, { 0: 0x64, 1: 0, 7: 0x3e, 8: 0x0f }),
    period: 32 * 100,
    high: 1 / 2,
    swing: 3.5,
  },
  {
    name: "5B tone at volume 13: 6 dB less",
    cartridge: FME7,
    writes: ports(0xc000, 0xe000, { 4: 0x64, 5: 0, 7: 0x3b, 10: 0x0d }),
    period: 32 * 100,
    high: 1 / 2,
    swing: 3.5 * 10 ** (-6 / 20),
  },
  {
    name: "MMC5 pulse",
    cartridge: MMC5,
    writes: [
      [0x5015, 1],
      [0x5000, 0xbf],
      [0x5002, 0x63],
      [0x5003, 0x00],
    ],
    period: 8 * 2 * 100,
    high: 1 / 2,
    swing: 1,
  },
  {
    name: "Namco 163 with one channel: a square in eight samples",
    cartridge: { mapper: 19, submapper: 3 },
    writes: [
      [0xe000, 0x00],
      [0xf800, 0x80],
      [0x4800, 0x00],
      [0x4800, 0x00],
      [0x4800, 0xff],
      [0x4800, 0xff],
      [0xf800, 0x78],
      [0x4800, 0x00],
      [0xf800, 0x7a],
      [0x4800, 0x20],
      [0xf800, 0x7c],
      [0x4800, 0xf8],
      [0xf800, 0x7e],
      [0x4800, 0x00],
      [0xf800, 0x7f],
      [0x4800, 0x0f],
    ],
    // Eight samples, an eighth of one at each update.
    period: 8 * 8 * 15,
    high: 1 / 2,
    swing: 4 * (15 / 8),
  },
  {
    name: "VRC7: a sine of frequency number 290 in octave 4",
    cartridge: { mapper: 85, submapper: 2 },
    writes: [
      ...[0x01, 0x21, 0x3f, 0x00, 0xf0, 0xf0, 0x0f, 0x0f].flatMap((value, register): Write[] => [
        [0x9010, register],
        [0x9030, value],
      ]),
      [0x9010, 0x30],
      [0x9030, 0x00],
      [0x9010, 0x10],
      [0x9030, 290 & 0xff],
      [0x9010, 0x20],
      [0x9030, 0x10 | (4 << 1) | 1],
    ],
    period: (36 * 2 ** (19 - 4)) / 290,
    high: 1 / 2,
    swing: 5.5,
  },
];

/** The level in each cycle of `cycles`. */
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
  for (const one of CASES) {
    test(one.name, () => {
      const harness = new BoardHarness(testImage({ prgKib: 128, ...one.cartridge }));
      for (const [address, value] of one.writes) harness.write(address, value);
      harness.idle(20_000); // attacks and the first period
      const levels = record(harness, Math.ceil(one.period * (PERIODS + 3)));
      const low = Math.min(...levels);
      const peak = Math.max(...levels);
      const middle = (low + peak) / 2;
      // The level before the first change is not known.
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
    const last = CASES[CASES.length - 1];
    for (const [address, value] of last.writes) harness.write(address, value);
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
    expect(Math.max(...levels) / PULSE_LEVELS[15]).toBeCloseTo(3.5, 1);
    // Some thirty rises in each of three ramps up.
    expect(peaks).toBeGreaterThan(80);
  });

  test("Namco 163's switch silences it", () => {
    const harness = new BoardHarness(testImage({ mapper: 19, prgKib: 128 }));
    for (const [address, value] of CASES[6].writes) harness.write(address, value);
    harness.write(0xe000, 0x40);
    harness.idle(100);
    expect(record(harness, 5000).every((level) => level === 0)).toBe(true);
  });

  test("MMC5's PCM and its status", () => {
    const harness = new BoardHarness(testImage({ mapper: 5, prgKib: 128 }));
    harness.write(0x5011, 0x80);
    expect(Math.min(...record(harness, 100)) / PULSE_LEVELS[15]).toBeCloseTo(-128 / 15, 1);
    for (const [address, value] of CASES[5].writes) harness.write(address, value);
    expect(harness.read(0x5015)).toBe(1);
    harness.write(0x5015, 0);
    expect(harness.read(0x5015)).toBe(0);
  });
});
