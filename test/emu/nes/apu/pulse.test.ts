import { describe, expect, test } from "bun:test";
import { Pulse } from "../../../../src/emu/nes/apu/pulse.ts";

const PULSE_1 = 1;
const PULSE_2 = 0;

function playing(negateExtra: number, period: number, sweep = 0, duty = 2): Pulse {
  const pulse = new Pulse(negateExtra);
  pulse.powerOn(1);
  pulse.length.enabled = 1;
  pulse.write(0, (duty << 6) | 0x3f, false);
  pulse.write(1, sweep, false);
  pulse.write(2, period & 0xff, false);
  pulse.write(3, 0x08 | (period >> 8), false);
  pulse.sweepReload = 0;
  pulse.update();
  return pulse;
}

/** The output in each step of the sequence, edge by edge. */
function sequence(pulse: Pulse, steps: number): number[] {
  const stepCycles = 2 * (pulse.period + 1);
  const out: number[] = [];
  for (let i = 0; i < steps; i++) {
    const cycle = 1 + i * stepCycles;
    while (pulse.edgeCycle <= cycle) pulse.passEdge();
    out.push(pulse.level);
  }
  return out;
}

describe("duty", () => {
  /** Starts with the step after a restart. https://www.nesdev.org/wiki/APU_Pulse#Sequencer_behavior */
  const cases = [
    [0, [1, 0, 0, 0, 0, 0, 0, 0]],
    [1, [1, 1, 0, 0, 0, 0, 0, 0]],
    [2, [1, 1, 1, 1, 0, 0, 0, 0]],
    [3, [0, 0, 1, 1, 1, 1, 1, 1]],
  ] as const;
  for (const [duty, high] of cases) {
    test(`${duty}`, () => {
      const expected = [...high, ...high].map((is) => 15 * is);
      expect(sequence(playing(PULSE_2, 100, 0x08, duty), 16)).toEqual(expected);
    });
  }

  test("sync reaches the same position as single edges", () => {
    for (const period of [8, 9, 100, 0x7ff]) {
      for (const cycle of [0, 1, 50, 1001, 30_000]) {
        const skipped = playing(PULSE_2, period, 0x08);
        const stepped = playing(PULSE_2, period, 0x08);
        skipped.sync(cycle);
        while (stepped.edgeCycle <= cycle) stepped.passEdge();
        stepped.sync(cycle);
        expect([skipped.position, skipped.tickCycle]).toEqual([stepped.position, stepped.tickCycle]);
      }
    }
  });
});

describe("sweep", () => {
  const ON = 0x80;
  const NEGATE = 0x08;

  test("adds the shifted period", () => {
    const pulse = playing(PULSE_1, 0x100, ON | 2);
    pulse.clockSweep();
    expect(pulse.period).toBe(0x140);
  });

  test("negating, pulse 1 subtracts one more than pulse 2", () => {
    const first = playing(PULSE_1, 0x100, ON | NEGATE | 2);
    const second = playing(PULSE_2, 0x100, ON | NEGATE | 2);
    first.clockSweep();
    second.clockSweep();
    expect([first.period, second.period]).toEqual([0x0bf, 0x0c0]);
  });

  test("waits for its divider, and a write reloads that", () => {
    const pulse = playing(PULSE_2, 0x100, ON | (2 << 4) | 1);
    const periods = Array.from({ length: 7 }, () => {
      pulse.clockSweep();
      return pulse.period;
    });
    expect(periods).toEqual([0x180, 0x180, 0x180, 0x240, 0x240, 0x240, 0x360]);
    pulse.clockSweep();
    pulse.write(1, ON | (2 << 4) | 1, false);
    pulse.clockSweep();
    expect([pulse.sweepDivider, pulse.period]).toEqual([2, 0x360]);
  });

  test("does nothing with a shift of 0, disabled or silent", () => {
    for (const sweep of [ON, 1]) {
      const pulse = playing(PULSE_2, 0x100, sweep);
      pulse.clockSweep();
      expect(pulse.period).toBe(0x100);
    }
    const silent = playing(PULSE_2, 0x100, ON | 1);
    silent.length.count = 0;
    silent.clockSweep();
    expect(silent.period).toBe(0x100);
  });

  /** Period, sweep register, true if audible. The limits apply even while the sweep is off. */
  const limits = [
    [7, 0x08, false],
    [8, 0x08, true],
    [0x7ff, 0x08, true],
    [0x400, 0x00, false],
    [0x3ff, 0x00, true],
    [0x556, 0x01, false],
    [0x555, 0x01, true],
    [0x7ff, 0x07, false],
    [0x7f0, 0x07, true],
  ] as const;
  for (const [period, sweep, isHeard] of limits) {
    test(`period ${period} with $4001 = ${sweep} is ${isHeard ? "heard" : "muted"}`, () => {
      const pulse = playing(PULSE_2, period, sweep);
      expect(pulse.outOfRange).toBe(!isHeard);
      expect(sequence(pulse, 8).some((level) => level > 0)).toBe(isHeard);
    });
  }
});
