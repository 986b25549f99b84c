import { describe, expect, test } from "bun:test";
import { BUS_CONFLICTS } from "../../../../src/emu/nes/cpu/bus-conflicts.ts";
import { Cpu } from "../../../../src/emu/nes/cpu/cpu.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { InterruptLines } from "../../../../src/emu/nes/interrupts.ts";
import { type BusCycle, readVectors, VECTOR_FILES, type Vector } from "../../../support/cpu-vectors.ts";
import { SHARED } from "../../../support/shared.ts";

/** The CPU on 64 KiB of flat RAM, which records every access. */
class TracedCpu extends Cpu {
  readonly ram = new Uint8Array(0x10000);
  readonly trace: BusCycle[] = [];

  override read(address: number): number {
    this.cycle++;
    const value = this.ram[address];
    this.trace.push([address, value, "read"]);
    return value;
  }

  override write(address: number, value: number): void {
    this.cycle++;
    this.ram[address] = value;
    this.trace.push([address, value, "write"]);
  }
}

function createTracedCpu(): TracedCpu {
  const memory = {
    bytes: new Uint8Array(0),
    cpuReadPages: new Int32Array(32),
    cpuWritePages: new Int32Array(32),
  };
  // The traced CPU replaces both methods, so the other parts are never reached.
  const parts = { memory, lines: new InterruptLines() } as unknown as ConstructorParameters<typeof Cpu>[0];
  const cpu = new TracedCpu(parts);
  cpu.busConflicts = BUS_CONFLICTS.netlist;
  return cpu;
}

function runVector(cpu: TracedCpu, { initial, final, cycles }: Vector): void {
  for (const [address, value] of initial.ram) cpu.ram[address] = value;
  cpu.pc = initial.pc;
  cpu.s = initial.s;
  cpu.a = initial.a;
  cpu.x = initial.x;
  cpu.y = initial.y;
  cpu.setStatus(initial.p);
  cpu.trace.length = 0;
  step(cpu);
  const after = { pc: cpu.pc, s: cpu.s, a: cpu.a, x: cpu.x, y: cpu.y, p: cpu.status() | 0x20 };
  const { ram, ...registers } = final;
  expect(after).toEqual({ ...registers, p: registers.p | 0x20 });
  expect(cpu.trace).toEqual(cycles);
  for (const [address, value] of ram) expect(cpu.ram[address]).toBe(value);
  for (const [address] of initial.ram) cpu.ram[address] = 0;
  for (const [address] of ram) cpu.ram[address] = 0;
}

describe("CPU against a transistor-level simulation, bus cycle by bus cycle", () => {
  test.skipIf(SHARED === undefined)("all opcodes with vectors are there", () => {
    expect(VECTOR_FILES.length).toBe(242);
  });

  for (const file of VECTOR_FILES) {
    test(`opcode ${file.slice(0, 2)}`, () => {
      const cpu = createTracedCpu();
      const vectors = readVectors(file);
      expect(vectors.length).toBe(200);
      for (const vector of vectors) runVector(cpu, vector);
    });
  }
});
