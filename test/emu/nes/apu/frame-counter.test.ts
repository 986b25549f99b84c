import { describe, expect, test } from "bun:test";
import { IRQ_FRAME } from "../../../../src/emu/nes/interrupts.ts";
import type { RegionName } from "../../../../src/emu/nes/region.ts";
import { type Bench, createBench, writeAll } from "./apu-harness.ts";

/**
 * Sets up a pulse channel whose envelope changes with each quarter frame and whose length with each half
 * frame.
 */
const PROBE: readonly (readonly [number, number])[] = [
  [0x4015, 0x01],
  [0x4000, 0x00],
  [0x4003, 0x08],
];

interface Seen {
  readonly quarters: number[];
  readonly halves: number[];
  /** Cycles whose sample is the first to see the IRQ line low. */
  readonly irqs: number[];
  /** Cycles in which a read of $4015 would show bit 6. */
  readonly flags: number[];
}

/**
 * Runs cycle by cycle from `bench.apu.cycle` to `last`. Records the cycles of events relative to `origin`.
 */
function watch(bench: Bench, origin: number, last: number): Seen {
  const { apu, lines } = bench;
  const { envelope, length } = apu.pulse1;
  const seen: Seen = { quarters: [], halves: [], irqs: [], flags: [] };
  let was = { decay: envelope.decay, start: envelope.start, count: length.count, irq: lines.irqSources };
  for (let cycle = apu.cycle + 1; cycle <= last; cycle++) {
    apu.runTo(cycle);
    const is = { decay: envelope.decay, start: envelope.start, count: length.count, irq: lines.irqSources };
    if (is.decay !== was.decay || is.start !== was.start) seen.quarters.push(cycle - origin);
    if (is.count !== was.count) seen.halves.push(cycle - origin);
    if ((is.irq & ~was.irq & IRQ_FRAME) !== 0) seen.irqs.push(cycle - origin);
    if ((apu.peekStatus() & 0x40) !== 0) seen.flags.push(cycle - origin);
    was = is;
  }
  return seen;
}

/** A bench after `value` has been written to $4017 in `cycle`. */
function afterWrite(region: RegionName, value: number, cycle: number): Bench {
  const bench = createBench(region);
  writeAll(bench.apu, 4, [[0x4017, 0x40], ...PROBE]);
  bench.apu.runTo(cycle - 1);
  bench.apu.writeRegister(0x4017, value, cycle);
  return bench;
}

/**
 * A write in a put cycle takes effect two cycles later, one in a get cycle three cycles later. The first
 * clock shows it.
 */
const PUT = 101;
const GET = 100;

describe("the frame counter's times", () => {
  const cases: readonly {
    name: string;
    region: RegionName;
    value: number;
    quarters: readonly number[];
    halves: readonly number[];
    irq: readonly number[];
  }[] = [
    {
      name: "NTSC, four steps",
      region: "ntsc",
      value: 0x00,
      quarters: [7457, 14913, 22371, 29829, 37287],
      halves: [14913, 29829],
      irq: [29828],
    },
    {
      name: "NTSC, five steps",
      region: "ntsc",
      value: 0x80,
      quarters: [-1, 7457, 14913, 22371, 37281, 44739],
      halves: [-1, 14913, 37281],
      irq: [],
    },
    {
      name: "PAL, four steps",
      region: "pal",
      value: 0x00,
      quarters: [8313, 16627, 24939, 33253, 41567],
      halves: [16627, 33253],
      irq: [33252],
    },
    {
      name: "PAL, five steps",
      region: "pal",
      value: 0x80,
      quarters: [-1, 8313, 16627, 24939, 41565, 49879],
      halves: [-1, 16627, 41565],
      irq: [],
    },
    {
      name: "Dendy, four steps",
      region: "dendy",
      value: 0x00,
      quarters: [7457, 14913, 22371, 29829, 37287],
      halves: [14913, 29829],
      irq: [29828],
    },
  ];
  for (const { name, region, value, quarters, halves, irq } of cases) {
    for (const [parity, cycle, zero] of [
      ["put", PUT, PUT + 3],
      ["get", GET, GET + 4],
    ] as const) {
      test(`${name}, $4017 written in a ${parity} cycle`, () => {
        const seen = watch(afterWrite(region, value, cycle), zero, zero + quarters[quarters.length - 1] + 1);
        expect(seen.quarters).toEqual([...quarters]);
        expect(seen.halves).toEqual([...halves]);
        expect(seen.irqs).toEqual([...irq]);
      });
    }
  }
});

describe("the frame IRQ", () => {
  const ZERO = PUT + 3;
  const MARK = ZERO + 29828;

  test("is visible for two cycles even if inhibited, and then never pulls the line", () => {
    const seen = watch(afterWrite("ntsc", 0x40, PUT), ZERO, ZERO + 59800);
    expect(seen.flags).toEqual([29828, 29829, 59658, 59659]);
    expect(seen.irqs).toEqual([]);
  });

  test("does not come in five-step mode", () => {
    expect(watch(afterWrite("ntsc", 0x80, PUT), ZERO, ZERO + 40000).flags).toEqual([]);
  });

  /** The cycle of a read of $4015, and whether a later read still shows the flag. */
  for (const [offset, staysSet] of [
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
    [3, false],
  ] as const) {
    test(`a read ${offset} cycles after the mark ${staysSet ? "does not clear it" : "clears it"}`, () => {
      const { apu, lines } = afterWrite("ntsc", 0x00, PUT);
      apu.readStatus(MARK + offset);
      apu.runTo(MARK + 10);
      expect(lines.irqAt(MARK + 10)).toBe(staysSet);
      expect(apu.readStatus(MARK + 10) & 0x40).toBe(staysSet ? 0x40 : 0);
    });
  }

  test("a read releases the IRQ line immediately, but clears bit 6 only in the next get cycle", () => {
    for (const [cycle, next] of [
      [MARK + 100, 0x40],
      [MARK + 101, 0],
    ]) {
      const { apu, lines } = afterWrite("ntsc", 0x00, PUT);
      expect(apu.readStatus(cycle) & 0x40).toBe(0x40);
      expect(lines.irqAt(cycle - 1)).toBe(true);
      expect(lines.irqAt(cycle)).toBe(false);
      expect(apu.readStatus(cycle + 1) & 0x40).toBe(next);
      expect(apu.readStatus(cycle + 2) & 0x40).toBe(0);
    }
  });

  test("inhibiting clears it, a change of mode does not", () => {
    for (const [value, flag] of [
      [0x40, 0],
      [0xc0, 0],
      [0x80, 0x40],
      [0x00, 0x40],
    ]) {
      const { apu, lines } = afterWrite("ntsc", 0x00, PUT);
      apu.writeRegister(0x4017, value, MARK + 20);
      expect(lines.irqAt(MARK + 20)).toBe(flag !== 0);
      expect(apu.readStatus(MARK + 40) & 0x40).toBe(flag);
    }
  });

  test("inhibiting and allowing it during the mark", () => {
    const { apu, lines } = afterWrite("ntsc", 0x40, PUT);
    apu.writeRegister(0x4017, 0x00, MARK + 1);
    expect(lines.irqAt(MARK)).toBe(false);
    expect(lines.irqAt(MARK + 1)).toBe(true);
  });

  test("nextEventCycle predicts it, also after each write", () => {
    const { apu } = afterWrite("ntsc", 0x00, PUT);
    apu.runTo(PUT + 20);
    expect(apu.nextEventCycle).toBe(MARK);
    apu.runTo(MARK);
    expect(apu.nextEventCycle).toBe(MARK + 29830);
    apu.writeRegister(0x4017, 0x40, MARK + 3);
    apu.runTo(MARK + 20);
    expect(apu.nextEventCycle).toBeGreaterThan(MARK + 1_000_000);
  });
});

describe("two consecutive writes to $4017, as by a read-modify-write instruction", () => {
  for (const first of [PUT, GET]) {
    test(`from cycle ${first}: one reset and one clock`, () => {
      const bench = afterWrite("ntsc", 0x80, first);
      bench.apu.writeRegister(0x4017, 0x80, first + 1);
      const seen = watch(bench, first, first + 20);
      expect(seen.halves.length).toBe(1);
    });
  }
});
