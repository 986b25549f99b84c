import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Apu } from "../../../../src/emu/nes/apu/apu.ts";
import { DMC_PERIODS } from "../../../../src/emu/nes/apu/dmc.ts";
import { IRQ_DMC } from "../../../../src/emu/nes/interrupts.ts";
import { type Bench, createBench } from "./apu-harness.ts";
import { type BusUse, DmcGates } from "./dmc-gates.ts";

/**
 * Serves the DMC as the bus does: halt, dummy, alignment, get, and the abort in the cycle after the halt. It
 * runs the APU only when the APU requires it.
 */
class DmaBench {
  readonly bench: Bench = createBench();
  readonly apu: Apu = this.bench.apu;
  cycle = -1;
  #phase: "idle" | "halting" | "dummy" | "ready" = "idle";

  run(use: "read" | "write", memory: (address: number) => number, write?: () => void): BusUse {
    this.cycle++;
    const { dmc } = this.apu;
    this.#catchUp();
    const wanted = this.cycle >= dmc.requestCycle;
    if (this.#phase === "halting") this.#phase = wanted ? "dummy" : "idle";
    else if (this.#phase === "dummy") this.#phase = "ready";
    if (use === "write" && this.#phase === "idle") {
      write?.();
      return "write";
    }
    if (this.#phase === "idle" && wanted) this.#phase = "halting";
    if (this.#phase === "idle") return "read";
    if (this.#phase !== "ready" || (this.cycle & 1) === 1) return "halt";
    this.#phase = "idle";
    const { address } = dmc;
    dmc.deliver(memory(address), this.cycle);
    return `get ${address.toString(16)}`;
  }

  /** Runs the APU up to the cycle before this one, if the horizon has been passed. */
  #catchUp(): void {
    const { dmc, nextEventCycle } = this.apu;
    if (this.cycle > Math.min(nextEventCycle, dmc.requestCycle - 1)) this.apu.runTo(this.cycle - 1);
  }

  /** True if this cycle's sample sees the DMC's IRQ. */
  get irq(): boolean {
    if (this.cycle >= this.apu.nextEventCycle) this.apu.runTo(this.cycle);
    return (this.bench.lines.irqSources & IRQ_DMC) !== 0;
  }
}

const memory = (address: number): number => ((address * 0x9e37) >> 8) & 0xff;

const registerWrite = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant(0x4015), fc.constantFrom(0x00, 0x10)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant(0x4010), fc.constantFrom(0x0f, 0x8f, 0x4f, 0xcf, 0x8e, 0x8c)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant(0x4011), fc.integer({ min: 0, max: 255 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(0x4012), fc.constantFrom(0, 1, 0xff)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(0x4013), fc.constantFrom(0, 0, 1)) },
);
/** The program reads for some time, makes some writes outside the APU, then writes a register. */
const act = fc.record({
  /** Number of cycles to read, or distance from the wrap of the bit counter, where the oddities are. */
  pause: fc.oneof(
    fc.record({ reads: fc.constant(0) }),
    fc.record({ reads: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ reads: fc.integer({ min: 0, max: 2000 }) }),
    fc.record({ toWrap: fc.integer({ min: 1, max: 16 }) }),
  ),
  writes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })),
  register: registerWrite,
});
const program = fc.array(act, { maxLength: 60, size: "max" });

const SOAK = process.env.EMU_SOAK === "1";

describe("the DMC's DMA", () => {
  test("agrees with a gate-level model in every cycle, for any program", () => {
    const uses = new Map<string, number>();
    fc.assert(
      fc.property(program, (acts) => {
        const gates = new DmcGates(DMC_PERIODS.ntsc);
        const bus = new DmaBench();
        const { dmc } = bus.apu;
        let stolen = 0;
        const step = (use: "read" | "write", write?: readonly [number, number]): boolean => {
          const expected = gates.run(use, memory, () => write && gates.write(write[0], write[1]));
          const actual = bus.run(use, memory, () => {
            if (write) bus.apu.writeRegister(write[0], write[1], bus.cycle);
          });
          if (actual !== expected || bus.irq !== gates.irq) {
            throw new Error(`cycle ${bus.cycle}: ${actual} ${bus.irq}, gates: ${expected} ${gates.irq}`);
          }
          const isDone = expected === "read" || expected === "write";
          if (!isDone) stolen++;
          else if (stolen > 0) {
            uses.set(`${stolen} stolen`, (uses.get(`${stolen} stolen`) ?? 0) + 1);
            stolen = 0;
          }
          return isDone;
        };
        for (const { pause, writes, register } of acts) {
          const { reads, toWrap } = { reads: 0, toWrap: 0, ...pause };
          for (let i = 0; i < reads; i++) while (!step("read"));
          let isDone = true;
          if (toWrap > 0) while (gates.cyclesToWrap !== toWrap) isDone = step("read");
          while (!isDone) isDone = step("read");
          for (let i = 0; i < writes; i++) while (!step("write"));
          while (!step("write", register));
          bus.apu.runTo(bus.cycle);
          expect([dmc.level, dmc.enabled]).toEqual([gates.level, gates.enabled ? 1 : 0]);
        }
        for (let i = 0; i < 500; i++) while (!step("read"));
      }),
      { numRuns: SOAK ? 20_000 : 400 },
    );
    for (const cycles of [1, 3, 4]) expect(uses.get(`${cycles} stolen`) ?? 0).toBeGreaterThan(0);
  }, 600_000);
});
