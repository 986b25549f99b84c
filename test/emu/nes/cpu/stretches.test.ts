import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Cpu } from "../../../../src/emu/nes/cpu/cpu.ts";
import { FastCpu } from "../../../../src/emu/nes/cpu/fast/fast-cpu.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { InterruptLines, NEVER } from "../../../../src/emu/nes/interrupts.ts";
import { type Registers, readVectors, VECTOR_FILES } from "../../../support/cpu-vectors.ts";
import { Prng } from "../../../support/prng.ts";
import { SHARED } from "../../../support/shared.ts";
import { soakSize } from "../../../support/soak.ts";

const PAGES = 32;
const PAGE_BYTES = 0x800;
/** What `step` needs beyond memory in these programs: nothing happens by itself. */
const QUIET_CHIPS = {
  apu: { nextEventCycle: NEVER, dmc: { requestCycle: NEVER } },
  ppu: { nextEventCycle: NEVER, frameDone: 0, steadyUntilUnits: 0 },
  board: { nextEventCycle: NEVER, hooks: 0 },
};

/** The CPU on 64 KiB of RAM. Pages without memory answer by their address and record each access. */
class RamCpu extends Cpu {
  readonly asked: [cycle: number, address: number, written: number][] = [];

  override readRegister(address: number): number {
    this.effects++;
    this.asked.push([this.cycle, address, -1]);
    this.dataBus = (address * 7) & 0xff;
    return this.dataBus;
  }

  override writeRegister(address: number, value: number): void {
    this.asked.push([this.cycle, address, value]);
  }
}

/** A CPU on RAM with its fast path. */
interface Machine {
  readonly cpu: RamCpu;
  readonly fast: FastCpu;
}

function seen({ cpu }: Machine): unknown {
  const { pc, a, x, y, s, cycle, dataBus, asked, memory } = cpu;
  return { pc, a, x, y, s, p: cpu.status(), cycle, dataBus, asked, ram: memory.bytes };
}

function createRamCpu(readable = 0xffff_ffff, writable = readable): Machine {
  const pages = (mask: number): Int32Array =>
    Int32Array.from({ length: PAGES }, (_, page) => ((mask >>> page) & 1 ? page * PAGE_BYTES : -1));
  const memory = {
    bytes: new Uint8Array(PAGES * PAGE_BYTES),
    cpuReadPages: pages(readable),
    cpuWritePages: pages(writable),
  };
  const parts = { memory, lines: new InterruptLines(), ...QUIET_CHIPS };
  const cpu = new RamCpu(parts as unknown as ConstructorParameters<typeof Cpu>[0]);
  return { cpu, fast: new FastCpu(cpu) };
}

function load(cpu: Cpu, { pc, s, a, x, y, p, ram }: Registers): void {
  for (const [address, value] of ram) cpu.memory.bytes[address] = value;
  Object.assign(cpu, { pc, s, a, x, y, cycle: 0 });
  cpu.setStatus(p);
}

describe("stretches against a transistor-level simulation", () => {
  test.skipIf(SHARED === undefined)("registers, memory, cycles and the data bus; 144 opcodes", () => {
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
    expect(opcodes).toBe(144);
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
      const image = random.bytes(PAGES * PAGE_BYTES);
      const start = { pc: random.below(0x10000), a: random.byte(), x: random.byte(), y: random.byte() };
      const status = random.byte();
      // Page 0 is RAM on every console; of the others any may have no memory, or take no writes.
      const [stepped, stretched] = [0, 1].map(() => {
        const machine = createRamCpu(readable | 1, (readable & writable) | 1);
        machine.cpu.memory.bytes.set(image);
        Object.assign(machine.cpu, start);
        machine.cpu.setStatus(status);
        return machine;
      }) as [Machine, Machine];
      const { cpu, fast } = stretched;
      while (cpu.cycle < length) {
        cpu.horizon = cpu.cycle + 7 + random.below(64);
        fast.stretches.run();
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

describe("delay loops of two instructions", () => {
  const COUNTERS = { DEX: 0xca, DEY: 0x88, INX: 0xe8, INY: 0xc8 };
  const BNE = 0xd0;
  const NOP = 0xea;
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
            stretched.fast.stretches.run();
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

test("loops that count and read: any body, any count, up to any event", () => {
  const COUNTERS = [0xca, 0x88, 0xe8, 0xc8];
  const BODY: readonly (readonly number[])[] = [
    ...[
      [0x2c, 0x00, 0x03],
      [0x24, 0x80],
      [0xa5, 0x81],
      [0xad, 0x00, 0x03],
      [0xa9, 0x40],
    ], // BIT, LDA
    ...[[0x29, 0x7f], [0x05, 0x80], [0xc9, 0x21], [0x65, 0x81], [0xea], [0x18], [0x38], [0xb8]],
    ...[
      [0x70, 0x40],
      [0x50, 0x40],
      [0x30, 0x40],
      [0x10, 0x40],
      [0xd0, 0x40],
      [0xf0, 0x40],
      [0xb0, 0x40],
    ],
    ...[
      [0x70, 0x01],
      [0x10, 0x02],
      [0xd0, 0xf0],
    ], // branches within the loop
    ...[[0x8a], [0xb5, 0x70], [0xe0, 0x20], [0x98], [0xca], [0xc8], [0x85, 0x90], [0x48], [0x08]], // unlike
  ];
  const BNE = 0xd0;
  /** In a page, and where the branch or the loop cross one. */
  const PLACES = [0x8123, 0x80f4, 0x80f8, 0x80fc, 0x87f8];
  const property = fc.property(
    fc.constantFrom(...PLACES),
    fc.array(fc.nat(BODY.length - 1), { maxLength: 4 }),
    fc.constantFrom(...COUNTERS),
    fc.record({ a: fc.nat(0xff), x: fc.nat(0xff), y: fc.nat(0xff) }),
    fc.nat(0xffff),
    fc.array(fc.integer({ min: 8, max: 2000 }), { minLength: 1, maxLength: 6 }),
    (place, body, counter, registers, seed, horizons) => {
      const code = [...body.flatMap((index) => BODY[index]!), counter, BNE];
      const [stepped, stretched] = [createRamCpu(), createRamCpu()];
      for (const { cpu } of [stepped, stretched]) {
        const random = new Prng(seed);
        cpu.memory.bytes.fill(0xea);
        cpu.memory.bytes.set(random.bytes(0x400));
        cpu.memory.bytes.set([...code, -code.length - 1], place);
        Object.assign(cpu, { pc: place, s: 0xff, ...registers });
        cpu.setStatus(random.byte());
      }
      for (const cycles of horizons) {
        stretched.cpu.horizon = stretched.cpu.cycle + cycles;
        stretched.fast.stretches.run();
        expect(stretched.cpu.cycle).toBeLessThanOrEqual(stretched.cpu.horizon);
        stretched.cpu.horizon = stretched.cpu.cycle + 7;
        stretched.fast.step();
      }
      stepped.cpu.horizon = NEVER;
      while (stepped.cpu.cycle < stretched.cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
    },
  );
  fc.assert(property, { numRuns: soakSize(1500, 100_000) });
});
