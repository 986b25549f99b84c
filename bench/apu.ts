/**
 * Measures the microseconds that the APU alone takes for the sound of a frame.
 * Usage: bun bench/apu.ts [--json] [--rounds N]
 */
import { parseArgs } from "node:util";
import { Arena } from "../src/emu/arena.ts";
import { Apu } from "../src/emu/nes/apu/apu.ts";
import { InterruptLines } from "../src/emu/nes/interrupts.ts";
import { REGIONS } from "../src/emu/nes/region.ts";

const FRAME_CYCLES = 29_780;
const FRAMES_A_ROUND = 50;
const WARM_UP_FRAMES = 500;
/** A machine accesses the APU about twenty times per frame. */
const LOOK_CYCLES = 1500;

type Writes = readonly (readonly [address: number, value: number])[];

const PULSES: Writes = [
  [0x4000, 0xbf],
  [0x4001, 0x08],
  [0x4002, 0xfd],
  [0x4003, 0x08],
  [0x4004, 0x7f],
  [0x4005, 0x08],
  [0x4006, 0x7f],
  [0x4007, 0x09],
];
const TRIANGLE: Writes = [
  [0x4008, 0xff],
  [0x400a, 0xfd],
  [0x400b, 0x08],
];

function noise(rate: number): Writes {
  return [
    [0x400c, 0x38],
    [0x400e, rate],
    [0x400f, 0x08],
  ];
}

const SCENES: Readonly<Record<string, Writes>> = {
  silence: [],
  "two pulses": PULSES,
  "pulses, triangle, noise": [...PULSES, ...TRIANGLE, ...noise(6)],
  "highest pulse": [
    [0x4000, 0xbf],
    [0x4001, 0x08],
    [0x4002, 0x08],
    [0x4003, 0x08],
  ],
  "ultrasonic triangle": [
    [0x4008, 0xff],
    [0x400a, 0x00],
    [0x400b, 0x08],
  ],
  "highest audible triangle": [
    [0x4008, 0xff],
    [0x400a, 0x02],
    [0x400b, 0x08],
  ],
  "fastest noise": noise(0),
  "fastest DMC": [
    [0x4010, 0x4f],
    [0x4013, 0xff],
    [0x4015, 0x1f],
  ],
};

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, rounds: { type: "string", default: "40" } },
});

function runFrame(apu: Apu): void {
  for (let cycle = 0; cycle < FRAME_CYCLES; cycle += LOOK_CYCLES) {
    const until = Math.min(cycle + LOOK_CYCLES, FRAME_CYCLES) - 1;
    while (apu.dmc.requestCycle <= until) {
      const halt = apu.dmc.requestCycle;
      const get = (halt & 1) === 0 ? halt + 2 : halt + 3;
      apu.runTo(halt - 1);
      if (apu.dmc.requestCycle === halt) apu.dmc.deliver((get * 0x9e37) & 0xff, get);
    }
    apu.runTo(until);
  }
  apu.endFrame(FRAME_CYCLES);
}

function measure(writes: Writes, rounds: number): { best: number; median: number } {
  const arena = new Arena(new SharedArrayBuffer(1 << 14));
  const apu = new Apu({ arena, region: REGIONS.ntsc, lines: new InterruptLines() });
  apu.writeRegister(0x4015, 0x0f, 4);
  for (const [address, value] of writes) apu.writeRegister(address, value, apu.cycle + 4);
  for (let frame = 0; frame < WARM_UP_FRAMES; frame++) runFrame(apu);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    for (let frame = 0; frame < FRAMES_A_ROUND; frame++) runFrame(apu);
    times.push(((performance.now() - startMs) * 1000) / FRAMES_A_ROUND);
  }
  times.sort((a, b) => a - b);
  return { best: times[0] ?? 0, median: times[times.length >> 1] ?? 0 };
}

const results = Object.entries(SCENES).map(([scene, writes]) => ({
  scene,
  microseconds: measure(writes, Number(values.rounds)),
}));
if (values.json) {
  console.log(JSON.stringify(results, undefined, 2));
} else {
  for (const { scene, microseconds } of results) {
    const { best, median } = microseconds;
    console.log(
      `${scene.padEnd(26)} ${best.toFixed(1).padStart(8)} µs best ${median.toFixed(1).padStart(8)} µs median`,
    );
  }
}
