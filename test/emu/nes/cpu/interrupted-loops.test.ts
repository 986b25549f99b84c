import { expect, test } from "bun:test";
import fc from "fast-check";
import { Cpu } from "../../../../src/emu/nes/cpu/cpu.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { InterruptLines, NEVER } from "../../../../src/emu/nes/interrupts.ts";
import { LineBoard } from "../../../support/line-board.ts";
import { LoopDraw } from "../../../support/loop-draw.ts";
import { Prng } from "../../../support/prng.ts";
import { createRamCpu, RamCpu, type RamMachine, seen } from "../../../support/ram-cpu.ts";
import { soakSize } from "../../../support/soak.ts";

const PPU_PAGE = 4;
const ALL_BUT_PPU = 0xffff_ffff & ~(1 << PPU_PAGE);
const PPUSTATUS = 2;
const NOP = 0xea;
const HANDLER = 0x9000;
const RTI = 0x40;
/** The cycle in which a run ends. */
const END = 3000;
/** BIT $2002, LDA $2002, AND $2002. */
const POLLS = [0x2c, 0xad, 0x2d];
const BRANCHES = [0x10, 0x30, 0x50, 0x70, 0xd0, 0xf0, 0x90, 0xb0];

/** $2002, which changes in some cycles, and how long it is known to stay the same. A unit is a cycle. */
class StatusPpu {
  nextEventCycle = NEVER;
  frameDone = 0;
  steadyUntilUnits = 0;
  lastPollCycle = -1;
  readonly #changes: readonly number[];
  readonly #values: Uint8Array;

  constructor(changes: readonly number[], values: Uint8Array) {
    this.#changes = [...changes].sort((a, b) => a - b);
    this.#values = values;
  }

  readRegister(register: number, cycle: number): number {
    this.steadyUntilUnits = 0;
    if (register !== PPUSTATUS) return register;
    const passed = this.#changes.filter((change) => change <= cycle).length;
    this.steadyUntilUnits = this.#changes[passed] ?? 0;
    this.lastPollCycle = cycle;
    return this.#values[passed]!;
  }

  lastSteadyCycle(): number {
    return this.steadyUntilUnits - 1;
  }

  repeatPolls(cycles: number): void {
    this.lastPollCycle += cycles;
  }

  writeRegister(): void {
    this.steadyUntilUnits = 0;
  }
}

/** A CPU with the bus's own registers. */
class PollingCpu extends RamCpu {
  override readRegister(address: number): number {
    return Cpu.prototype.readRegister.call(this, address);
  }

  override writeRegister(address: number, value: number): void {
    super.writeRegister(address, value);
    this.ppu.writeRegister(address & 7, value, this.cycle, this.dataBus);
  }
}

/** A loop that waits for $2002, perhaps with a time-out. */
function pollingLoop(random: Prng): number[] {
  const counter = [0xca, 0x88, 0xe8, 0xc8][random.below(4)]!;
  const poll = [POLLS[random.below(3)]!, PPUSTATUS, 0x20];
  const branch = BRANCHES[random.below(8)]!;
  const padding = Array.from({ length: random.below(3) }, () => (random.below(2) === 0 ? NOP : 0x18));
  const body = [...padding, ...poll];
  if (random.below(2) === 0) return [...body, branch, (-body.length - 2) & 0xff];
  return [...body, branch, 3, counter, 0xd0, (-body.length - 5) & 0xff];
}

/** Runs a loop in both machines, with the same events. */
function compareLoop(
  seed: number,
  place: number,
  events: readonly (readonly [number, number])[],
  changes: readonly number[],
): void {
  const random = new Prng(seed);
  const code = random.below(2) === 0 ? pollingLoop(random) : new LoopDraw(random, 0x20).draw();
  const [a, x, y, p] = random.bytes(4);
  const values = random.bytes(changes.length + 1);
  const handler = [0xe6, 0x10, ...(random.below(2) === 0 ? [0xe8] : []), RTI];
  const data = random.bytes(0x500).map((byte) => (random.below(20) === 0 ? byte : 1));
  const [stepped, looping] = [0, 1].map((): RamMachine & { readonly ppu: StatusPpu } => {
    const lines = new InterruptLines();
    const board = new LineBoard(lines);
    const ppu = new StatusPpu(changes, values);
    const { cpu, fast } = createRamCpu(ALL_BUT_PPU, ALL_BUT_PPU, { lines, board, ppu }, PollingCpu);
    const { bytes } = cpu.memory;
    bytes.fill(NOP);
    bytes.set(data);
    bytes.set(code, place);
    bytes.set(handler, HANDLER);
    bytes.set([0x00, 0x90, 0x00, 0x90, 0x00, 0x90], 0xfffa);
    for (const [cycle, kind] of events) board.schedule(cycle, kind);
    // No loop is skipped past these.
    for (const cycle of [END, END + 100]) board.schedule(cycle, 1);
    Object.assign(cpu, { pc: place, s: 0xff, a, x, y });
    cpu.setStatus(p! & ~8);
    return { cpu, fast, ppu };
  });
  const { cpu, fast } = looping!;
  while (cpu.cycle < END && cpu.jammed === 0) if (!fast.stretches.run()) fast.step();
  while (stepped!.cpu.cycle < cpu.cycle) step(stepped!.cpu);
  expect(seen(looping!)).toEqual(seen(stepped!));
  expect(looping!.ppu.lastPollCycle).toBe(stepped!.ppu.lastPollCycle);
  expect({ ...cpu.lines }).toEqual({ ...stepped!.cpu.lines });
}

test("loops that wait or count, with interrupts and changes of $2002 in any cycle", () => {
  const property = fc.property(
    fc.noBias(fc.nat(0xffff_ffff)),
    fc.constantFrom(0x8123, 0x8100, 0x80f4, 0x80fa),
    fc.noBias(fc.array(fc.tuple(fc.nat(2500), fc.nat(3)), { maxLength: 5 })),
    fc.noBias(fc.array(fc.nat(3000), { maxLength: 6 })),
    compareLoop,
  );
  fc.assert(property, { numRuns: soakSize(1500, 100_000) });
});
