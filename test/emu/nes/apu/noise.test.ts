import { describe, expect, test } from "bun:test";
import { NOISE_PERIODS, Noise } from "../../../../src/emu/nes/apu/noise.ts";

/** One shift, bit by bit. https://www.nesdev.org/wiki/APU_Noise */
function shifted(register: number, shortMode: number): number {
  const feedback = (register ^ (register >> (shortMode === 1 ? 6 : 1))) & 1;
  return (register >> 1) | (feedback << 14);
}

function cycleLength(shortMode: number, from = 1): number {
  let register = shifted(from, shortMode);
  let length = 1;
  while (register !== from) {
    register = shifted(register, shortMode);
    length++;
  }
  return length;
}

function playing(rate: number, shortMode: number): Noise {
  const noise = new Noise(NOISE_PERIODS.ntsc);
  noise.powerOn(1);
  noise.length.enabled = 1;
  noise.write(0, 0x3f, false);
  noise.write(2, (shortMode << 7) | rate, false);
  noise.write(3, 0x08, false);
  noise.tickCycle = 1;
  noise.update();
  return noise;
}

for (const shortMode of [0, 1]) {
  describe(shortMode === 1 ? "short mode" : "long mode", () => {
    test("many shifts at once equal single shifts", () => {
      const noise = playing(0, shortMode);
      let register = 1;
      for (let count = 0; count < 200; count++) {
        noise.shift(count);
        for (let i = 0; i < count; i++) register = shifted(register, shortMode);
        expect(noise.shiftRegister).toBe(register);
      }
    });

    test("edge by edge, the output is bit 0 of every shift", () => {
      for (const rate of [0, 3, 15]) {
        const noise = playing(rate, shortMode);
        let register = 1;
        for (let shift = 0; shift < 5000; shift++) {
          const cycle = 1 + shift * NOISE_PERIODS.ntsc[rate];
          register = shifted(register, shortMode);
          while (noise.edgeCycle <= cycle) noise.passEdge();
          if ((noise.level === 0) !== ((register & 1) === 1)) throw new Error(`rate ${rate} shift ${shift}`);
          if (shift % 700 === 0) {
            noise.sync(cycle);
            expect(noise.shiftRegister).toBe(register);
          }
        }
      }
    });
  });
}

test("repeats after 32,767 shifts, or 93 in short mode", () => {
  expect(cycleLength(0)).toBe(32_767);
  expect(cycleLength(1)).toBe(93);
});
