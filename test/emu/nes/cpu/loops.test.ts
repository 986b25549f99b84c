import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { NEVER } from "../../../../src/emu/nes/interrupts.ts";
import { BNE, COUNTERS, LoopDraw } from "../../../support/loop-draw.ts";
import { Prng } from "../../../support/prng.ts";
import { createRamCpu, runStretches, seen } from "../../../support/ram-cpu.ts";
import { soakSize } from "../../../support/soak.ts";

const NOP = 0xea;

describe("delay loops of two instructions", () => {
  /** In a page, at its start, and where the branch goes to another page. */
  const PLACES = [0x8123, 0x8100, 0x8800, 0x80fd, 0x80fe, 0x80ff];

  for (const [name, counter] of Object.entries(COUNTERS)) {
    test(`${name}, BNE: any count, entered at either instruction, up to any event`, () => {
      const property = fc.property(
        fc.constantFrom(...PLACES),
        fc.nat(0xff),
        fc.nat(0xff),
        fc.nat(0xff),
        fc.boolean(),
        fc.array(fc.integer({ min: 8, max: 1400 }), { minLength: 1, maxLength: 4 }),
        (place, x, y, p, entersAtBranch, horizons) => {
          const [stepped, stretched] = [createRamCpu(), createRamCpu()];
          for (const { cpu } of [stepped, stretched]) {
            cpu.memory.bytes.fill(NOP);
            cpu.memory.bytes.set([counter, BNE, 0xfd], place);
            Object.assign(cpu, { pc: entersAtBranch ? place + 1 : place, x, y });
            cpu.setStatus(p);
          }
          for (const cycles of horizons) {
            stretched.cpu.horizon = stretched.cpu.cycle + cycles;
            runStretches(stretched.fast);
            expect(stretched.cpu.cycle).toBeLessThanOrEqual(stretched.cpu.horizon);
          }
          stepped.cpu.horizon = NEVER;
          while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
          expect(seen(stretched)).toEqual(seen(stepped));
        },
      );
      fc.assert(property, { numRuns: 400 });
    });
  }
});

/** Page $4000–$47FF has no memory: what is there are registers. */
const ALL_BUT_REGISTERS = 0xffff_ffff & ~(1 << 8);

test("loops of any instructions, any count, entered anywhere, up to any event", () => {
  /** In a page, and where the branch or the loop cross one. */
  const PLACES = [0x8123, 0x8123, 0x8123, 0x80f4, 0x80f8, 0x80fc, 0x87f8];
  const machines = [createRamCpu(ALL_BUT_REGISTERS), createRamCpu(ALL_BUT_REGISTERS)] as const;
  const [stepped, stretched] = machines;
  const property = fc.property(
    fc.constantFrom(...PLACES),
    fc.noBias(fc.nat(0xffff_ffff)),
    fc.noBias(fc.array(fc.integer({ min: 8, max: 2000 }), { minLength: 1, maxLength: 6 })),
    (place, seed, horizons) => {
      const code = new LoopDraw(new Prng(seed), 0x40).draw();
      for (const { cpu, fast } of machines) {
        const random = new Prng(seed ^ 0x5555);
        cpu.memory.bytes.fill(NOP);
        // Mostly equal bytes, so that many iterations do the same.
        for (let at = 0; at < 0x500; at++) {
          if ((at & 0xff00) !== 0x100) cpu.memory.bytes[at] = random.below(20) === 0 ? random.byte() : 1;
        }
        cpu.memory.bytes.set(code, place);
        const [a, x, y] = random.bytes(3);
        Object.assign(cpu, { pc: place, s: 0xff, a, x, y, jammed: 0, cycle: 0, effects: 0, asked: [] });
        cpu.setStatus(random.byte());
        fast.forget();
      }
      for (const cycles of horizons) {
        stretched.cpu.horizon = stretched.cpu.cycle + cycles;
        runStretches(stretched.fast);
        expect(stretched.cpu.cycle).toBeLessThanOrEqual(stretched.cpu.horizon);
        stretched.cpu.horizon = stretched.cpu.cycle + 14;
        stretched.fast.step();
      }
      stepped.cpu.horizon = NEVER;
      while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
    },
  );
  fc.assert(property, { numRuns: soakSize(6000, 200_000) });
});
