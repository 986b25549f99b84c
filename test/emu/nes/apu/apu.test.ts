import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LEVEL_UNIT } from "../../../../src/emu/nes/apu/levels.ts";
import {
  MUTE_DMC,
  MUTE_NOISE,
  MUTE_PULSE_1,
  MUTE_PULSE_2,
  MUTE_TRIANGLE,
} from "../../../../src/emu/nes/apu/mixer.ts";
import type { RegionName } from "../../../../src/emu/nes/region.ts";
import { type Bench, createBench, FRAME_CYCLES, runFrames, writeAll } from "./apu-harness.ts";

const SOAK = process.env.EMU_SOAK === "1";

/** An access of a program: it writes a register or reads $4015, some cycles after the previous access. */
interface Access {
  readonly wait: number;
  readonly address: number;
  readonly value: number;
}

const READ = 0;
const access: fc.Arbitrary<Access> = fc.record({
  wait: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9000 })),
  address: fc.oneof(
    fc.constant(READ),
    fc.constantFrom(0x4015, 0x4017),
    fc.integer({ min: 0x4000, max: 0x4013 }),
  ),
  value: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x00, 0x0f, 0x1f, 0x80, 0xc0, 0x8f)),
});
const program = fc.array(access, { minLength: 1, maxLength: 120, size: "max" });
const region = fc.constantFrom<RegionName>("ntsc", "pal", "dendy");
const memory = (address: number): number => ((address * 0x9e37) >> 8) & 0xff;

/** Records everything about an APU that a program or a listener can observe. */
class Player {
  readonly log: string[] = [];
  readonly bench: Bench;
  readonly #frameCycles: number;
  #cycle = -1;
  #irq = false;
  #fetchCycle = -1;
  #frame = 0;

  constructor(bench: Bench, regionName: RegionName) {
    this.bench = bench;
    this.#frameCycles = FRAME_CYCLES[regionName];
  }

  /** Runs one read cycle. `runsTo` is true if the APU is run up to it although nothing requires that. */
  step(runsTo: boolean, atFrameEnd: () => void): void {
    this.#cycle++;
    const { apu, lines } = this.bench;
    const { dmc } = apu;
    if (this.#cycle > Math.min(apu.nextEventCycle, dmc.requestCycle - 1)) apu.runTo(this.#cycle - 1);
    if (this.#fetchCycle < 0 && this.#cycle >= dmc.requestCycle) {
      this.#fetchCycle = (this.#cycle & 1) === 0 ? this.#cycle + 2 : this.#cycle + 3;
    }
    if (this.#cycle === this.#fetchCycle) {
      this.log.push(`${this.#frame}:${this.#cycle} get ${dmc.address}`);
      dmc.deliver(memory(dmc.address), this.#cycle);
      this.#fetchCycle = -1;
    }
    if (runsTo || this.#cycle >= apu.nextEventCycle) apu.runTo(this.#cycle);
    const irq = lines.irqAt(this.#cycle);
    if (irq !== this.#irq) this.log.push(`${this.#frame}:${this.#cycle} irq ${irq}`);
    this.#irq = irq;
    if (this.#cycle >= this.#frameCycles + 3) this.#endFrame(atFrameEnd);
  }

  #endFrame(atFrameEnd: () => void): void {
    const { apu, lines } = this.bench;
    apu.runTo(this.#cycle);
    apu.endFrame(this.#frameCycles);
    lines.rebase(this.#frameCycles);
    this.#cycle -= this.#frameCycles;
    if (this.#fetchCycle >= 0) this.#fetchCycle -= this.#frameCycles;
    this.#frame++;
    const hash = Bun.hash.crc32(apu.samples.slice(0, apu.sampleCount));
    this.log.push(`${this.#frame} sound ${apu.sampleCount} ${hash}`);
    atFrameEnd();
  }

  access({ address, value }: Access): void {
    const { apu, lines } = this.bench;
    if (address === READ) this.log.push(`${this.#cycle} status ${apu.readStatus(this.#cycle)}`);
    else apu.writeRegister(address, value, this.#cycle);
    this.#irq = lines.irqAt(this.#cycle);
    this.log.push(`${this.#cycle} irq ${this.#irq}`);
  }
}

function play(
  player: Player,
  accesses: readonly Access[],
  runsTo: () => boolean,
  atFrameEnd = () => {},
): string {
  for (const each of accesses) {
    for (let i = 0; i < each.wait; i++) player.step(runsTo(), atFrameEnd);
    player.access(each);
  }
  for (let i = 0; i < 40_000; i++) player.step(runsTo(), atFrameEnd);
  return player.log.join("\n");
}

describe("for random programs", () => {
  const parameters = { numRuns: SOAK ? 2000 : 25 };

  test("running as late as allowed gives the sound, flags, fetches and IRQs of running every cycle", () => {
    fc.assert(
      fc.property(region, program, fc.integer(), (name, accesses, seed) => {
        let random = seed | 1;
        const now = () => {
          random = (Math.imul(random, 1_103_515_245) + 12_345) | 0;
          return (random >>> 16) % 50 === 0;
        };
        const everyCycle = play(new Player(createBench(name), name), accesses, () => true);
        const late = play(new Player(createBench(name), name), accesses, () => false);
        const inChunks = play(new Player(createBench(name), name), accesses, now);
        expect(late).toBe(everyCycle);
        expect(inChunks).toBe(everyCycle);
      }),
      parameters,
    );
  }, 600_000);

  test("a state loaded into another APU at a frame's end continues identically", () => {
    fc.assert(
      fc.property(region, program, (name, accesses) => {
        const straight = play(new Player(createBench(name), name), accesses, () => false);
        const player = new Player(createBench(name), name);
        const broken = play(
          player,
          accesses,
          () => false,
          () => {
            const { apu, memory: bytes, lines } = player.bench;
            apu.saveState();
            const linesThen = { ...lines };
            const state = bytes.slice();
            apu.powerOn();
            writeAll(apu, 3, [
              [0x4015, 0x1f],
              [0x4008, 0xff],
              [0x400b, 0],
              [0x4000, 0x3f],
              [0x4003, 0],
            ]);
            runFrames(apu, 2);
            bytes.set(state);
            apu.loadState();
            Object.assign(lines, linesThen);
          },
        );
        expect(broken).toBe(straight);
      }),
      parameters,
    );
  }, 600_000);
});

describe("mix", () => {
  /** Levels sent to the resampler, as fractions of full scale. https://www.nesdev.org/wiki/APU_Mixer */
  const pulse = (sum: number) => 95.88 / (8128 / sum + 100);
  const others = (triangle: number, noise: number, dmc: number) =>
    159.79 / (1 / (triangle / 8227 + noise / 12241 + dmc / 22638) + 100);

  test("follows the formulas", () => {
    const { apu } = createBench();
    expect(apu.mixer.otherLevel / LEVEL_UNIT).toBeCloseTo(others(15, 0, 0), 5);
    apu.writeRegister(0x4011, 127, 10);
    expect(apu.mixer.otherLevel / LEVEL_UNIT).toBeCloseTo(others(15, 0, 127), 5);
    writeAll(apu, 20, [
      [0x4015, 0x03],
      [0x4000, 0xfa],
      [0x4002, 0xff],
      [0x4003, 0x08],
      [0x4004, 0xf5],
      [0x4006, 0xff],
      [0x4007, 0x08],
    ]);
    apu.runTo(2000);
    expect(apu.mixer.pulseLevel / LEVEL_UNIT).toBeCloseTo(pulse(15), 5);
  });

  test("leaves muted channels out; muting is not part of the state", () => {
    const { apu } = createBench();
    const playAll = () => {
      apu.powerOn();
      writeAll(apu, 4, [
        [0x4015, 0x1f],
        [0x4000, 0x7f],
        [0x4002, 0x40],
        [0x4003, 0x08],
        [0x4004, 0x7f],
        [0x4006, 0x50],
        [0x4007, 0x08],
        [0x4008, 0xff],
        [0x400a, 0x60],
        [0x400b, 0x08],
        [0x400c, 0x3f],
        [0x400e, 0x05],
        [0x400f, 0x08],
        [0x4011, 0x40],
      ]);
      runFrames(apu, 3);
      return runFrames(apu, 2);
    };
    const loud = playAll();
    const all = MUTE_PULSE_1 | MUTE_PULSE_2 | MUTE_TRIANGLE | MUTE_NOISE | MUTE_DMC;
    apu.mutedChannels = all;
    expect(playAll().every((sample) => Math.abs(sample) <= 1)).toBe(true);
    apu.mutedChannels = MUTE_NOISE;
    expect(playAll()).not.toEqual(loud);
    apu.mutedChannels = 0;
    expect(playAll()).toEqual(loud);
  });

  test("power-on is silent, without a click", () => {
    const { apu } = createBench();
    expect(runFrames(apu, 5).every((sample) => sample === 0)).toBe(true);
  });

  test("expansion sound is added, and its level survives a state", () => {
    const direct = createBench();
    const saved = createBench();
    const wave = (bench: Bench, reload: boolean) => {
      for (let cycle = 0; cycle < FRAME_CYCLES.ntsc; cycle += 1000) {
        bench.apu.setExpansionLevel(cycle, (cycle / 1000) % 2 === 0 ? LEVEL_UNIT / 4 : 0);
      }
      const samples = runFrames(bench.apu, 1);
      if (!reload) return samples;
      bench.apu.saveState();
      bench.apu.setExpansionLevel(5, 12_345);
      bench.apu.loadState();
      return samples;
    };
    for (let frame = 0; frame < 4; frame++) {
      const samples = wave(direct, false);
      expect(wave(saved, true)).toEqual(samples);
      expect(Math.max(...samples)).toBeGreaterThan(3000);
    }
  });
});

test("sample counts follow the clock exactly, over hours", () => {
  for (const [name, clockHz] of [
    ["ntsc", 236_250_000 / 11 / 12],
    ["pal", 53_203_425 / 2 / 16],
    ["dendy", 53_203_425 / 2 / 15],
  ] as const) {
    const { apu } = createBench(name);
    let samples = 0;
    let cycles = 0;
    for (let frame = 0; frame < 2000; frame++) {
      const length = FRAME_CYCLES[name] + 2 * (frame % 3);
      apu.endFrame(length);
      samples += apu.sampleCount;
      cycles += length;
      expect(samples).toBe(Math.floor((cycles * 48_000) / clockHz + 1e-9));
    }
  }
});

test("a reset silences the channels, keeps registers and restarts the frame counter", () => {
  const { apu, lines } = createBench();
  writeAll(apu, 4, [
    [0x4015, 0x1f],
    [0x4003, 0x08],
    [0x4007, 0x08],
    [0x400b, 0x08],
    [0x400f, 0x08],
    [0x4017, 0x00],
  ]);
  apu.runTo(40_000);
  expect(apu.peekStatus()).toBe(0x4f | 0x10);
  apu.reset(40_000);
  expect(apu.readStatus(40_001)).toBe(0);
  expect(lines.irqSources).toBe(0);
  apu.runTo(40_001 + 29_828);
  expect(lines.irqSources).toBe(0);
  apu.runTo(40_001 + 29_833);
  expect(lines.irqSources).not.toBe(0);
});
