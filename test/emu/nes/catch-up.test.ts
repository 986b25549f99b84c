import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOOK_A12, HOOK_AUDIO, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../../src/emu/nes/cartridge/board.ts";
import { boardNumbers } from "../../../src/emu/nes/cartridge/boards/index.ts";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { testImage } from "../../support/board-harness.ts";
import { boardRegisters } from "../../support/board-registers.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { programImage } from "../../support/mutated-states.ts";
import { Prng } from "../../support/prng.ts";
import { SOAK } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

const RUNS = soakSize(1, 100);
const ROUNDS = soakSize(1, 4);
const STATE_HEADER_BYTES = 32;
const STEPS = 400;
const pixels = new Uint16Array(FRAME_PIXELS);
const OPTIONS: readonly NesOptions[] = [
  {},
  { alignment: 1 },
  { region: "pal" },
  { region: "dendy", alignment: 2 },
  { region: "pal", alignment: 3 },
];
const RENDER = 0x1e;
const CHIP_REGISTERS = [
  0x2000, 0x2001, 0x2001, 0x4000, 0x4001, 0x4002, 0x4003, 0x4006, 0x4007, 0x4008, 0x400b, 0x400c, 0x400e,
  0x400f, 0x4010, 0x4011, 0x4013, 0x4014, 0x4015, 0x4017,
];

function stateOf(nes: Nes): Uint8Array {
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return state;
}

/** Fails with the names of the fields in which the state of a machine is not `expected`. */
function expectState(nes: Nes, expected: Uint8Array, where: string): void {
  const state = stateOf(nes);
  if (Buffer.compare(state, expected) === 0) return;
  const start = STATE_HEADER_BYTES;
  const isDifferent = (offset: number, bytes: number): boolean =>
    Buffer.compare(
      state.subarray(start + offset, start + offset + bytes),
      expected.subarray(start + offset, start + offset + bytes),
    ) !== 0;
  const fields = nes.stateFields.places
    .filter(({ offset, elementBytes, count }) => isDifferent(offset, elementBytes * count))
    .map(({ name }) => name);
  throw new Error(`${where}: ${fields.join(", ")} differ`);
}

/** Runs machines with the same program that differ in when, and how often, they catch up. */
function compareMachines(mapper: number, seed: number): void {
  const random = new Prng(seed);
  const options = OPTIONS[random.below(OPTIONS.length)]!;
  const image = programImage(mapper, seed);
  const create = (exact = false): Nes => createHeadless(image, { ...options, exact });
  const [eager, lazy, loaded, exact] = [create(), create(), create(), create(true)];
  const running = [eager, lazy, exact];
  const registers = [...CHIP_REGISTERS, ...boardRegisters(mapper)];
  const write = (address: number, value: number): void => {
    for (const nes of running) nes.cpu.write(address, value);
  };
  for (let round = 0; round < ROUNDS; round++) {
    const isSeen = random.below(2) === 0;
    for (const nes of running) nes.runFrame(isSeen ? pixels : undefined);
    write(0x2001, RENDER);
    for (let count = random.below(16); count > 0; count--)
      write(registers[random.below(registers.length)]!, random.byte());
    // Sometimes up to the next frame, so that machines catch up around its end.
    const isLong = random.below(6) === 0;
    for (let steps = isLong ? 30_000 : random.below(STEPS); steps > 0; steps--) {
      for (const nes of running) nes.stepInstruction(pixels);
      eager.catchUp();
      if (random.below(50) === 0) lazy.peek("ppu", 0x2000);
      if (isLong && steps > 3 && !lazy.midFrame) steps = random.below(4);
    }
    const state = stateOf(lazy);
    expectState(eager, state, "in the middle of a frame, caught up at each instruction");
    expectState(exact, state, "in the middle of a frame, the definition");
    loaded.runFrame();
    loaded.load(state);
    expectState(loaded, state, "after a load");
    for (const nes of [...running, loaded]) nes.runFrame(pixels);
    const after = stateOf(lazy);
    expectState(eager, after, "at the end of the frame, caught up before");
    expectState(exact, after, "at the end of the frame, the definition");
    expectState(loaded, after, "at the end of the frame, after a load");
    expect(loaded.sampleCount).toBe(lazy.sampleCount);
  }
}

/** A machine with a program at $8000. */
function programmed(program: readonly number[], options: NesOptions): Nes {
  const image = testImage({ mapper: 0, prgKib: 32 });
  image.prgRom.set(program);
  image.prgRom.set([0x00, 0x80], 0x7ffc);
  return createHeadless(image, options);
}

/** What runs apart from the CPU, and so can be late: counters, and sound. */
const LATE_HOOKS = HOOK_A12 | HOOK_CPU_TIME | HOOK_PPU_FETCH | HOOK_AUDIO;

/** Returns true if a board has a part that runs apart from the CPU. */
function canBeLate(mapper: number): boolean {
  return (createHeadless(programImage(mapper, 1)).board.hooks & LATE_HOOKS) !== 0;
}

describe("machines with the same past have equal states, whenever they catch up", () => {
  test("boards with counters or sound, with interrupts and rendering", () => {
    for (const mapper of boardNumbers()) {
      if (!SOAK && mapper !== 0 && !canBeLate(mapper)) continue;
      const property = fc.property(fc.nat(0xffff_ffff), (seed) => compareMachines(mapper, seed));
      fc.assert(property, { numRuns: RUNS });
    }
  }, 3_600_000);

  test.each(OPTIONS)("a frame ends with the same instruction, %j", (options) => {
    // Fourteen instructions of 41 cycles, with which no region's frames keep step.
    const loop = [...Array.from({ length: 12 }, () => [0x24, 0x00]).flat(), 0xea, 0x4c, 0x00, 0x80];
    const [eager, lazy, loaded] = [0, 1, 2].map(() => programmed(loop, options)) as [Nes, Nes, Nes];
    let found = 0;
    for (let frames = 0; found < 3; frames++) {
      if (frames > 100) throw new Error("the PPU never ends a frame in the last cycle of an instruction");
      do {
        eager.stepInstruction(pixels);
        lazy.stepInstruction(pixels);
        eager.catchUp();
        const isPastPicture = eager.registers().line === eager.region.vblankLine;
        if (!eager.midFrame || !isPastPicture || eager.cpu.cycle < 10_000) continue;
        found++;
        loaded.load(stateOf(eager));
        for (const nes of [eager, lazy, loaded]) nes.runFrame(pixels);
        expect(eager.frame).toBe(lazy.frame);
        expectState(eager, stateOf(lazy), "after the end of the frame");
        expectState(loaded, stateOf(lazy), "after the end of the frame, loaded before");
      } while (lazy.midFrame);
    }
  });
});

test("a PAL CPU that has jammed is never halted for a sample", () => {
  const program = [0xa9, 0x4f, 0x8d, 0x10, 0x40, 0x8d, 0x13, 0x40, 0xa9, 0x10, 0x8d, 0x15, 0x40, 0x02];
  const nes = programmed(program, { region: "pal" });
  nes.runFrame(pixels);
  const { bytesAfter } = nes.apu.dmc;
  expect([nes.cpu.jammed, nes.apu.dmc.enabled]).toEqual([1, 1]);
  for (let frame = 0; frame < 4; frame++) nes.runFrame(pixels);
  expect(nes.apu.dmc.bytesAfter).toBe(bytesAfter);
});

test("a state is valid however long a jammed CPU keeps OAM DMA waiting", () => {
  const nes = programmed([0x02], { region: "pal" });
  nes.runFrame(pixels);
  nes.cpu.write(0x4014, 2);
  for (let frame = 0; frame < 5; frame++) nes.runFrame(pixels);
  nes.load(stateOf(nes));
});
