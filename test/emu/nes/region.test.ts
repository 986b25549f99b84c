/**
 * Differences of the regions, measured on a running machine.
 * https://www.nesdev.org/wiki/Cycle_reference_chart
 */
import { describe, expect, test } from "bun:test";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { cpuClockHz, frameRateHz, REGIONS, type RegionName } from "../../../src/emu/nes/region.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { TestProgram } from "../../support/test-program.ts";

const pixels = new Uint16Array(FRAME_PIXELS);
const NAMES: readonly RegionName[] = ["ntsc", "pal", "dendy"];

function powerOn(program: TestProgram, options: NesOptions): Nes {
  return createHeadless(readRom(program.toRom(), "program").image, options);
}

function runFrames(nes: Nes, count: number): Nes {
  for (let frame = 0; frame < count; frame++) nes.runFrame(pixels);
  return nes;
}

const rendering = () => new TestProgram().waitFrames(2).store(0x2001, 0x1e).forever();

describe("a frame", () => {
  test.each([
    ["ntsc", 29_780.5],
    ["pal", 33_247.5],
    ["dendy", 35_464],
  ] as const)("of %s has %d CPU cycles while rendering", (region, cycles) => {
    const nes = runFrames(powerOn(rendering(), { region }), 10);
    const before = nes.totalCycles;
    runFrames(nes, 60);
    // Frames end with an instruction, which is up to three cycles late, once.
    expect(Math.abs(nes.totalCycles - before - 60 * cycles)).toBeLessThanOrEqual(3);
  });

  test("of NTSC is a third of a cycle longer while nothing renders", () => {
    const nes = runFrames(powerOn(new TestProgram().forever(), { region: "ntsc" }), 10);
    const before = nes.totalCycles;
    runFrames(nes, 60);
    expect(Math.abs(nes.totalCycles - before - (60 * (341 * 262)) / 3)).toBeLessThanOrEqual(3);
  });

  test.each([
    ["ntsc", 60.0988, 1.789773e6],
    ["pal", 50.007, 1.662607e6],
    ["dendy", 50.007, 1.773448e6],
  ] as const)("of %s comes %d times a second, at %d Hz", (region, frames, clock) => {
    expect(frameRateHz(REGIONS[region])).toBeCloseTo(frames, 3);
    expect(cpuClockHz(REGIONS[region]) / clock).toBeCloseTo(1, 6);
  });
});

/** The lines in which the program sees vertical blank begin and end. */
function vblankLines(region: RegionName): [number, number] {
  const nes = powerOn(new TestProgram().forever(), { region });
  runFrames(nes, 3);
  let began = -1;
  for (let step = 0; step < 60_000; step++) {
    nes.stepInstruction();
    nes.catchUp();
    if (began < 0 && nes.ppu.state.vblank === 1 && nes.ppu.state.line > 240) began = nes.ppu.state.line;
    if (began >= 0 && nes.ppu.state.vblank === 0) return [began, nes.ppu.state.line];
  }
  return [began, -1];
}

test("vertical blank begins and ends where it does in each region", () => {
  expect(NAMES.map((name) => vblankLines(name))).toEqual([
    [241, 261],
    [241, 311],
    [291, 311],
  ]);
});

test("red and green emphasis are swapped in 50 Hz PPUs", () => {
  const emphasis = (region: RegionName, mask: number) => {
    runFrames(powerOn(new TestProgram().waitFrames(2).store(0x2001, mask).forever(), { region }), 5);
    return pixels[128 * 256 + 128] >> 6;
  };
  expect(NAMES.map((name) => emphasis(name, 0x20))).toEqual([1, 2, 2]);
  expect(NAMES.map((name) => emphasis(name, 0x40))).toEqual([2, 1, 1]);
  expect(NAMES.map((name) => emphasis(name, 0x80))).toEqual([4, 4, 4]);
});

/** Reads controller 1 repeatedly while the DMC plays, and counts wrong results in $10. */
function readsWhileSamplesPlay(): TestProgram {
  const program = new TestProgram().store(0x4010, 0x4d).store(0x4013, 0xff).store(0x4015, 0x10);
  const loop = program.here;
  program.store(0x4016, 1).store(0x4016, 0).bytes(0xa2, 8); // LDX #8
  program.bytes(0xad, 0x16, 0x40, 0x4a, 0x26, 0x11, 0xca, 0xd0, 0xf7); // LDA $4016, LSR, ROL $11, DEX, BNE
  program.bytes(0xa5, 0x11, 0xc9, 0xa5, 0xf0, 0x02, 0xe6, 0x10); // LDA $11, CMP #$A5, BEQ, INC $10
  return program.bytes(0x4c, loop & 0xff, loop >> 8);
}

test("samples delete bits of controllers on the 2A03, and none on the 2A07", () => {
  const errors = NAMES.map((region) => {
    const nes = powerOn(readsWhileSamplesPlay(), { region });
    nes.setInput({ latchButtons: () => 0b1010_0101 });
    runFrames(nes, 5);
    return nes.peek("cpu", 0x10) > 0;
  });
  expect(errors).toEqual([true, false, true]);
});

/** With rendering on, writes $55 to OAM `lines` lines after the start of vertical blank. */
function oamWrittenLate(region: RegionName, lines: number): number {
  const program = new TestProgram().waitFrames(2).store(0x2001, 0x1e).waitFrames(1);
  for (let line = 0; line < lines; line++) {
    program.bytes(0xa2, 22, 0xca, 0xd0, 0xfd, 0x24, 0x00); // LDX #22, DEX, BNE, BIT $00: about 113 cycles
  }
  const nes = powerOn(program.store(0x2003, 0x40).store(0x2004, 0x55).forever(), { region });
  runFrames(nes, 8);
  return nes.peek("oam", 0x40);
}

test("the 2C07 ignores writes to OAM late in vertical blank", () => {
  expect(oamWrittenLate("pal", 10)).toBe(0x55);
  expect(oamWrittenLate("pal", 50)).toBe(0x00);
  expect(oamWrittenLate("dendy", 10)).toBe(0x55);
});
