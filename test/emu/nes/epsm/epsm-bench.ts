/** An EPSM alone, and in consoles with a program that writes it. */
import { Arena } from "../../../../src/emu/arena.ts";
import type { CartridgeImage } from "../../../../src/emu/nes/cartridge/image.ts";
import { DRUM_ROM_BYTES } from "../../../../src/emu/nes/epsm/drum-rom.ts";
import { Epsm } from "../../../../src/emu/nes/epsm/epsm.ts";
import { InterruptLines } from "../../../../src/emu/nes/interrupts.ts";
import type { Nes, NesOptions } from "../../../../src/emu/nes/nes.ts";
import { cpuClockHz, REGIONS, type RegionTiming } from "../../../../src/emu/nes/region.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { testImage } from "../../../support/board-harness.ts";
import { Prng } from "../../../support/prng.ts";
import { boardProgram } from "../cartridge/boards/board-program.ts";

export type Pairs = readonly (readonly [register: number, value: number])[];

/** A ROM with noise. */
export const DRUM_ROM = new Prng(9).bytes(DRUM_ROM_BYTES);
/** Each drum at its loudest, on both sides, and then their keys. */
export const ALL_DRUMS: Pairs = [
  [0x11, 0x3f],
  ...[0, 1, 2, 3, 4, 5].map((drum): readonly [number, number] => [0x18 + drum, 0xdf]),
  [0x10, 0x3f],
];

/** Levels of a module alone, in each CPU cycle. */
export class Module {
  readonly epsm: Epsm;
  readonly region: RegionTiming;
  readonly lines = new InterruptLines();
  readonly #levels: [cycle: number, level: number][] = [];
  #cycle = 0;

  constructor(region = REGIONS.ntsc, drumRom?: Uint8Array) {
    const setExpansionLevel = (cycle: number, level: number): void => {
      this.#levels.push([cycle, level]);
    };
    const parts = { region, sink: { setExpansionLevel }, lines: this.lines, drumRom };
    this.epsm = new Epsm(new Arena(new ArrayBuffer(8192), 0, 8192), parts);
    this.region = region;
    this.epsm.powerOn();
  }

  get isIrqLow(): boolean {
    return this.lines.irqSources !== 0;
  }

  /** Runs to the next event of the timers, one cycle after another, and returns its time in seconds. */
  secondsToIrq(limit = 400_000): number {
    const start = this.#cycle;
    const expected = this.epsm.nextEventCycle;
    while (!this.isIrqLow && this.#cycle < start + limit) this.epsm.runTo(++this.#cycle);
    if (!this.isIrqLow) return Number.POSITIVE_INFINITY;
    if (this.#cycle !== expected) throw new Error(`an event at ${expected} came at ${this.#cycle}`);
    return (this.#cycle - start) / cpuClockHz(this.region);
  }

  write(...pairs: Pairs): this {
    for (const [register, value] of pairs) {
      const bank = register < 0x100 ? 0 : 2;
      this.epsm.write(bank, register & 0xff, this.#cycle);
      this.epsm.write(bank + 1, value, this.#cycle);
    }
    return this;
  }

  run(cycles: number): number[] {
    const start = this.#cycle + 1;
    this.#cycle += cycles;
    let level = this.#levels.at(-1)?.[1] ?? 0;
    this.#levels.length = 0;
    this.epsm.runTo(this.#cycle);
    const heard: number[] = [];
    for (const [cycle, next] of this.#levels) {
      while (heard.length < cycle - start) heard.push(level);
      level = next;
    }
    while (heard.length < cycles) heard.push(level);
    return heard;
  }
}

export const swing = (levels: readonly number[]): number =>
  levels.reduce((most, level) => Math.max(most, level), -1e9) -
  levels.reduce((least, level) => Math.min(least, level), 1e9);

/** The writes that transmit a byte to a port through OUT1 of $4016. */
function throughOut1(port: number, value: number): Pairs {
  const address = ((port & 1) << 3) | ((port & 2) << 1);
  return [
    [0x4016, (value & 0xf0) | address | 2],
    [0x4016, (value << 4) & 0xf0],
  ];
}

export const direct = (pairs: Pairs): Pairs =>
  pairs.flatMap(([register, value]): Pairs => {
    const port = register < 0x100 ? 0x401c : 0x401e;
    return [
      [port, register & 0xff],
      [port + 1, value],
    ];
  });

export const latched = (pairs: Pairs): Pairs =>
  direct(pairs).flatMap(([address, value]) => throughOut1(address & 3, value));

export function playing(writes: Pairs, options: NesOptions = {}, image: Partial<CartridgeImage> = {}): Nes {
  const cartridge = { ...testImage({ mapper: 0, chrRamKib: 8 }), console: "epsm" as const, ...image };
  return createHeadless({ ...cartridge, prgRom: boardProgram({ setUp: writes }) }, options);
}

export function run(nes: Nes, frames: number): number[] {
  const samples: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    nes.runFrame();
    samples.push(...nes.samples.subarray(0, nes.sampleCount));
  }
  return samples;
}
