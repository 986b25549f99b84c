import { expect } from "bun:test";
import { HOOK_CPU_TIME } from "../../../../../src/emu/nes/cartridge/board.ts";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";
import type { BoardCase, Step, Write } from "./board-case.ts";

const IRQ_LIMIT = 50_000;

/** Runs a case and checks its steps. */
export function runCase(one: BoardCase): BoardHarness {
  const harness = new BoardHarness(testImage(one.cartridge), one.options);
  one.steps.forEach((step, index) => {
    if (isWrite(step)) harness.write(step[0], step[1]);
    else runStep(harness, step, `step ${index}`);
  });
  return harness;
}

function isWrite(step: Write | Step): step is Write {
  return Array.isArray(step);
}

function runStep(harness: BoardHarness, step: Step, label: string): void {
  for (const [index, [address, value]] of (step.rmw ?? []).entries())
    harness.write(address, value, index === 0 ? 3 : 1);
  if (step.reset) harness.board.reset();
  for (const address of step.fetches ?? []) harness.fetch(address);
  if (step.a12 !== undefined) harness.a12Rises(step.a12);
  if (step.idle !== undefined) harness.idle(step.idle);
  if (step.endFrame !== undefined) harness.endFrame(step.endFrame);
  const { irqIn, irq, reads, ppuReads, prg, chr, nt } = step;
  if (irqIn !== undefined) expect({ label, irqIn: harness.cyclesToIrq(IRQ_LIMIT) }).toEqual({ label, irqIn });
  if (irq !== undefined) expect({ label, irq: harness.irq }).toEqual({ label, irq });
  for (const [address, value] of reads ?? [])
    expect({ label, address, value: harness.read(address) }).toEqual({ label, address, value });
  for (const [address, value] of ppuReads ?? [])
    expect({ label, address, value: harness.fetch(address) }).toEqual({ label, address, value });
  if (prg !== undefined) expect({ label, prg: harness.prg }).toEqual({ label, prg });
  if (chr !== undefined) expect({ label, chr: harness.chr }).toEqual({ label, chr });
  if (nt !== undefined) expect({ label, nt: harness.nametables }).toEqual({ label, nt });
}

/** Returns the ROM windows of 2 KiB whose first byte is not the page number in the page tables. */
export function mismatchedPages(harness: BoardHarness): number[] {
  const { prgRom, cpuReadPages, bytes } = harness.memory;
  const pages = Array.from(cpuReadPages, (offset, page) => ({ offset: offset - prgRom.offset, page }));
  return pages
    .filter(({ offset }) => offset >= 0 && offset < prgRom.bytes)
    .filter(({ offset }) => bytes[prgRom.offset + offset] !== ((offset / 0x800) & 0xff))
    .map(({ page }) => page);
}

/** Addresses of boards' registers: half of the writes go here, the rest anywhere from $4020 up. */
const REGISTER_AREAS = [
  0x4100, 0x4800, 0x5000, 0x5100, 0x6000, 0x7ef0, 0x7ffd, 0x8000, 0xa000, 0xc000, 0xe000,
];

/**
 * Accesses a board at random. After every few steps a state is saved and loaded into a new machine, which
 * must have the same pages and event times.
 */
export function runRandom(one: BoardCase, seed: number): void {
  const next = random(seed);
  const image = testImage(one.cartridge);
  const harness = new BoardHarness(image, one.options);
  const fresh = new BoardHarness(image, one.options);
  for (let step = 0; step < 120; step++) {
    act(harness, next);
    if (step % 10 !== 9) continue;
    fresh.load(harness.save());
    expect(fresh.derived()).toEqual(harness.derived());
  }
}

/** Returns true if the board of a case counts cycles. */
export function usesCpuTime(one: BoardCase): boolean {
  return (new BoardHarness(testImage(one.cartridge), one.options).board.hooks & HOOK_CPU_TIME) !== 0;
}

/**
 * Accesses two boards in the same way. The counters of one run from event to event, those of the other cycle
 * by cycle. The IRQ line must change at the same times.
 */
export function runStepwise(one: BoardCase, seed: number): void {
  const byEvent = new BoardHarness(testImage(one.cartridge), one.options);
  const byCycle = new BoardHarness(testImage(one.cartridge), one.options);
  byCycle.stepwise = true;
  const next = random(seed);
  const nextToo = random(seed);
  for (let step = 0; step < 120; step++) {
    act(byEvent, next);
    act(byCycle, nextToo);
    expect({ step, ...irqState(byCycle) }).toEqual({ step, ...irqState(byEvent) });
    expect([...byCycle.registers]).toEqual([...byEvent.registers]);
  }
}

function irqState({ lines }: BoardHarness): object {
  return { sources: lines.irqSources, from: lines.irqLowFrom, until: lines.irqLowUntil };
}

function act(harness: BoardHarness, next: (below: number) => number): void {
  const kind = next(16);
  if (kind < 6)
    harness.write((REGISTER_AREAS[next(REGISTER_AREAS.length)] + next(8) * next(1024)) & 0xffff, next(256));
  else if (kind < 10) harness.write(0x4020 + next(0x10000 - 0x4020), next(256));
  else if (kind === 10) harness.read(0x4020 + next(0x10000 - 0x4020));
  else if (kind === 11) harness.fetch(next(0x3f00));
  else if (kind === 12) harness.a12Rises(next(4));
  else if (kind === 13) harness.endFrame(harness.cycle);
  else harness.idle(next(3000));
}

/** Mulberry32. Returns a function for numbers below `below`. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
