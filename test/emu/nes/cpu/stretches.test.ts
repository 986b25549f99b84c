import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Cpu } from "../../../../src/emu/nes/cpu/cpu.ts";
import { OPCODES } from "../../../../src/emu/nes/cpu/opcodes.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { NEVER } from "../../../../src/emu/nes/interrupts.ts";
import { type Registers, readVectors, VECTOR_FILES } from "../../../support/cpu-vectors.ts";
import { Prng } from "../../../support/prng.ts";
import { createRamCpu, RAM_BYTES, type RamMachine, runStretches, seen } from "../../../support/ram-cpu.ts";
import { SHARED } from "../../../support/shared.ts";

function load(cpu: Cpu, { pc, s, a, x, y, p, ram }: Registers): void {
  for (const [address, value] of ram) cpu.memory.bytes[address] = value;
  Object.assign(cpu, { pc, s, a, x, y, cycle: 0 });
  cpu.setStatus(p);
}

describe("stretches against a transistor-level simulation", () => {
  test.skipIf(SHARED === undefined)("registers, memory, cycles and the data bus; 150 opcodes", () => {
    const { cpu, fast } = createRamCpu();
    let opcodes = 0;
    for (const file of VECTOR_FILES) {
      let ran = 0;
      for (const { initial, final, cycles } of readVectors(file)) {
        load(cpu, initial);
        // Room for one instruction: the next one finds the horizon too near.
        cpu.horizon = 7;
        fast.stretches.run();
        if (cpu.cycle > 0) {
          ran++;
          const { ram, ...registers } = final;
          const { pc, s, a, x, y } = cpu;
          expect({ pc, s, a, x, y, p: cpu.status() }).toEqual({ ...registers, p: registers.p | 0x20 });
          expect(cpu.cycle).toBe(cycles.length);
          expect(cpu.dataBus).toBe(cycles.at(-1)?.[1] ?? -1);
          for (const [address, value] of ram) expect(cpu.memory.bytes[address]).toBe(value);
        }
        cpu.memory.bytes.fill(0);
      }
      // The others stand at the end of a page.
      if (ran > 150) opcodes++;
      else expect(ran).toBe(0);
    }
    expect(opcodes).toBe(150);
  });
});

test("programs of any bytes run as they do by steps, accesses of registers and all", () => {
  const seeds = fc.integer({ min: 1, max: 0x7fff_ffff });
  const lengths = fc.integer({ min: 8, max: 400 });
  const property = fc.property(
    seeds,
    fc.integer(),
    fc.integer(),
    lengths,
    (seed, readable, writable, length) => {
      const random = new Prng(seed);
      const image = random.bytes(RAM_BYTES);
      const start = { pc: random.below(0x10000), a: random.byte(), x: random.byte(), y: random.byte() };
      const status = random.byte();
      // Page 0 is RAM on every console; of the others any may have no memory, or take no writes.
      const [stepped, stretched] = [0, 1].map(() => {
        const machine = createRamCpu(readable | 1, (readable & writable) | 1);
        machine.cpu.memory.bytes.set(image);
        Object.assign(machine.cpu, start);
        machine.cpu.setStatus(status);
        return machine;
      }) as [RamMachine, RamMachine];
      const { cpu, fast } = stretched;
      while (cpu.cycle < length) {
        cpu.horizon = cpu.cycle + 7 + random.below(64);
        runStretches(fast);
        // Near enough that a waiting loop is not skipped to the end.
        cpu.horizon = cpu.cycle + 64;
        fast.step();
      }
      stepped.cpu.horizon = NEVER;
      while (stepped.cpu.cycle < cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test("an access of a register that ends a stretch: its cycle, and the byte on the bus before and after", () => {
  const NO_PAGE_8 = ~(1 << 8);
  const accesses = OPCODES.filter(({ mode, isOfficial }) => isOfficial && /^ab[sxy]$/.test(mode));
  for (const { code } of accesses) {
    // At $4000 without and with a page crossed; in ROM with a register behind its end.
    for (const base of [0x4000, 0x40f8, 0x3ff8]) {
      const [stepped, stretched] = [createRamCpu(NO_PAGE_8), createRamCpu(NO_PAGE_8)];
      for (const { cpu } of [stepped, stretched]) {
        cpu.memory.bytes.set([code, base & 0xff, base >> 8], 0x8000);
        cpu.memory.bytes.set([0x5a], 0x3f08);
        Object.assign(cpu, { pc: 0x8000, a: 0x11, x: 0x10, y: 0x10, horizon: 7 });
      }
      stretched.fast.stretches.run();
      while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
    }
  }
});

test("JSR in the stack page: the pushes replace its high byte, or come too late for its low one", () => {
  for (let s = 0; s < 0x100; s++) {
    const [stepped, stretched] = [createRamCpu(), createRamCpu()];
    for (const { cpu } of [stepped, stretched]) {
      cpu.memory.bytes.set([0x20, 0x34, 0x12], 0x140);
      Object.assign(cpu, { pc: 0x140, s });
    }
    stretched.cpu.horizon = 7;
    stretched.fast.stretches.run();
    stepped.cpu.horizon = NEVER;
    step(stepped.cpu);
    expect(seen(stretched)).toEqual(seen(stepped));
  }
});
