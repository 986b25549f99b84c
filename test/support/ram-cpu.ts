import { Cpu } from "../../src/emu/nes/cpu/cpu.ts";
import { FastCpu } from "../../src/emu/nes/cpu/fast/fast-cpu.ts";
import { InterruptLines, NEVER } from "../../src/emu/nes/interrupts.ts";

const PAGES = 32;
const PAGE_BYTES = 0x800;
export const RAM_BYTES = PAGES * PAGE_BYTES;
/** What `step` needs beyond memory in these programs: nothing happens by itself. */
const QUIET_CHIPS = {
  apu: { nextEventCycle: NEVER, dmc: { requestCycle: NEVER } },
  ppu: { nextEventCycle: NEVER, frameDone: 0, steadyUntilUnits: 0 },
  board: { nextEventCycle: NEVER, hooks: 0 },
  ports: { nextEventCycle: NEVER },
};

/** The CPU on 64 KiB of RAM. Pages without memory answer by their address and record each access. */
export class RamCpu extends Cpu {
  asked: [cycle: number, address: number, written: number, busBefore: number][] = [];

  override readRegister(address: number): number {
    this.effects++;
    this.asked.push([this.cycle, address, -1, this.dataBus]);
    this.dataBus = (address * 7) & 0xff;
    return this.dataBus;
  }

  override writeRegister(address: number, value: number): void {
    this.asked.push([this.cycle, address, value, this.dataBus]);
  }
}

/** A CPU on RAM with its fast path. */
export interface RamMachine {
  readonly cpu: RamCpu;
  readonly fast: FastCpu;
}

/** Everything that a program or a saved state can notice. */
export function seen({ cpu }: RamMachine): unknown {
  const { pc, a, x, y, s, cycle, dataBus, flagBeforeChange, asked, memory } = cpu;
  // A hash, because comparing the bytes one by one would take most of the time of the tests.
  const ram = Bun.hash(memory.bytes.subarray(0, RAM_BYTES));
  return { pc, a, x, y, s, p: cpu.status(), cycle, dataBus, flagBeforeChange, asked, ram };
}

/**
 * Creates a CPU on RAM, with a bit for each page of 2 KiB that can be read or written. `chips` replace the
 * parts of its bus.
 */
export function createRamCpu(
  readable = 0xffff_ffff,
  writable = readable,
  chips: object = {},
  CpuClass = RamCpu,
): RamMachine {
  const pages = (mask: number): Int32Array =>
    Int32Array.from({ length: PAGES }, (_, page) => ((mask >>> page) & 1 ? page * PAGE_BYTES : -1));
  const memory = {
    bytes: new Uint8Array(RAM_BYTES + 1),
    spareByte: RAM_BYTES,
    cpuReadPages: pages(readable),
    cpuWritePages: pages(writable),
  };
  const parts = { memory, lines: new InterruptLines(), ...QUIET_CHIPS, ...chips };
  const cpu = new CpuClass(parts as unknown as ConstructorParameters<typeof Cpu>[0]);
  return { cpu, fast: new FastCpu(cpu) };
}

/** Runs everything that needs no step. */
export function runStretches({ stretches }: FastCpu): void {
  while (stretches.run()) {}
}
