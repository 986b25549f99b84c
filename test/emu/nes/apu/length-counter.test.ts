import { describe, expect, test } from "bun:test";
import { LENGTHS } from "../../../../src/emu/nes/apu/length-counter.ts";
import { createBench, writeAll } from "./apu-harness.ts";

/** The two columns of https://www.nesdev.org/wiki/APU_Length_Counter: odd codes, even codes. */
const ODD = [254, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
const EVEN = [10, 20, 40, 80, 160, 60, 14, 26, 12, 24, 48, 96, 192, 72, 16, 32];

test("each code loads its length, on every channel", () => {
  for (let code = 0; code < 32; code++) {
    const length = (code & 1) === 1 ? ODD[code >> 1] : EVEN[code >> 1];
    expect(LENGTHS[code]).toBe(length);
    const { apu } = createBench();
    const load = code << 3;
    writeAll(apu, 4, [
      [0x4015, 0x0f],
      [0x4003, load],
      [0x4007, load],
      [0x400b, load],
      [0x400f, load],
    ]);
    for (const channel of [apu.pulse1, apu.pulse2, apu.triangle, apu.noise]) {
      expect(channel.length.count).toBe(length);
    }
  }
});

/** Writing $80 to $4017 in a put cycle clocks a half frame two cycles later. */
const CLOCK_DELAY = 2;

/** The registers of the halt flag and the length of each channel, and its bit in $4015. */
const CHANNELS = [
  { name: "pulse 1", halt: 0x4000, haltBit: 0x20, load: 0x4003, bit: 1 },
  { name: "pulse 2", halt: 0x4004, haltBit: 0x20, load: 0x4007, bit: 2 },
  { name: "triangle", halt: 0x4008, haltBit: 0x80, load: 0x400b, bit: 4 },
  { name: "noise", halt: 0x400c, haltBit: 0x20, load: 0x400f, bit: 8 },
] as const;
const TWO = 3 << 3;

for (const { name, halt, haltBit, load, bit } of CHANNELS) {
  describe(name, () => {
    /** An APU with clear halt flags and lengths of 2. */
    const prepared = (writes: readonly (readonly [number, number])[] = []) => {
      const { apu } = createBench();
      writeAll(apu, 5, [[0x4017, 0xc0], [0x4015, bit], [halt, 0], [load, TWO], ...writes]);
      apu.runTo(100);
      const channel = [apu.pulse1, apu.pulse2, apu.triangle, apu.noise][Math.log2(bit)];
      const clock = (cycle: number) => apu.writeRegister(0x4017, 0xc0, cycle - CLOCK_DELAY);
      return { apu, length: channel.length, clock };
    };

    test("runs out after its clocks, which $4015 shows", () => {
      const { apu, clock } = prepared();
      expect(apu.readStatus(101) & bit).toBe(bit);
      clock(203);
      expect(apu.readStatus(204) & bit).toBe(bit);
      clock(303);
      expect(apu.readStatus(302) & bit).toBe(bit);
      expect(apu.readStatus(303) & bit).toBe(0);
    });

    test("is held by the halt flag", () => {
      const { apu, clock, length } = prepared([[halt, haltBit]]);
      for (let cycle = 203; cycle < 1000; cycle += 100) clock(cycle);
      apu.runTo(1000);
      expect(length.count).toBe(2);
    });

    test("is silenced by $4015, and not loaded while it is disabled", () => {
      const { apu, length } = prepared();
      apu.writeRegister(0x4015, 0x0f & ~bit, 105);
      expect(apu.readStatus(109) & bit).toBe(0);
      apu.writeRegister(load, TWO, 113);
      apu.writeRegister(0x4015, 0x0f, 117);
      apu.runTo(130);
      expect(length.count).toBe(0);
    });

    /** Cycles between setting the halt flag and a clock in put cycle 203, and the count after the clock. */
    for (const [before, count] of [
      [3, 2],
      [2, 2],
      [1, 1],
      [0, 1],
    ]) {
      test(`halted ${before} cycles before a clock`, () => {
        const { apu, clock, length } = prepared();
        clock(203);
        apu.writeRegister(halt, haltBit, 203 - before);
        apu.runTo(203);
        expect(length.count).toBe(count);
        clock(303);
        apu.runTo(303);
        expect(length.count).toBe(count);
      });
    }

    /** The same for a load of 10: it is lost if it comes with the clock, unless the counter was 0. */
    for (const [before, running, stopped] of [
      [2, 9, 9],
      [1, 1, 10],
      [0, 10, 10],
    ]) {
      test(`loaded ${before} cycles before a clock`, () => {
        for (const [start, expected] of [
          [2, running],
          [0, stopped],
        ]) {
          const { apu, clock, length } = prepared();
          length.count = start;
          clock(203);
          apu.writeRegister(load, 0, 203 - before);
          apu.runTo(204);
          expect(length.count).toBe(expected);
        }
      });
    }
  });
}
