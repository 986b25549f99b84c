import { describe, expect, test } from "bun:test";
import { DRUM_ROM_BYTES } from "../../../../src/emu/nes/epsm/drum-rom.ts";
import { cpuClockHz, REGIONS } from "../../../../src/emu/nes/region.ts";
import { ALL_DRUMS, DRUM_ROM, direct, Module, playing, run, swing } from "./epsm-bench.ts";

describe("the drums", () => {
  // Bytes in the ROM × 2 samples, at 8 MHz / 432; the tom and the rim shot have half the rate.
  test.each([
    [0, 0x1c0, 1],
    [1, 0x280, 1],
    [2, 0x1740, 1],
    [3, 0x180, 1],
    [4, 0x280, 2],
    [5, 0x80, 2],
  ])("drum %i sounds once, for its %d bytes", (drum, bytes, slowness) => {
    const module = new Module(REGIONS.ntsc, DRUM_ROM).write(...ALL_DRUMS.slice(0, -1), [0x10, 1 << drum]);
    const seconds = (2 * bytes * slowness * 432) / 8_000_000;
    const cycles = Math.round(seconds * cpuClockHz(REGIONS.ntsc));
    const levels = module.run(cycles + 3000);
    expect(swing(levels.slice(0, 1000))).toBeGreaterThan(0);
    expect(swing(levels.slice(cycles - 2000, cycles))).toBeGreaterThan(0);
    expect(swing(levels.slice(-1000))).toBe(0);
    expect(levels.at(-1)).toBe(0);
  });

  test("the same key begins again, and bit 7 of $10 releases it", () => {
    const module = new Module(REGIONS.ntsc, DRUM_ROM).write(...ALL_DRUMS.slice(0, -1));
    const first = module.write([0x10, 1]).run(3000);
    const again = module.write([0x10, 1]).run(3000);
    expect(swing(first)).toBeGreaterThan(0);
    expect(swing(again) / swing(first)).toBeCloseTo(1, 0);
    expect(swing(module.write([0x10, 0x81]).run(3000).slice(500))).toBe(0);
  });

  // 0.75 dB for each step of either level, as a line between steps of 6 dB.
  test("levels of a drum and of all add up", () => {
    const swingAt = (total: number, own: number): number =>
      swing(
        new Module(REGIONS.ntsc, DRUM_ROM).write([0x11, total], [0x18, 0xc0 | own], [0x10, 1]).run(20_000),
      );
    const full = swingAt(0x3f, 0x1f);
    const decibels = (total: number, own: number): number => 20 * Math.log10(swingAt(total, own) / full);
    expect(decibels(0x3f - 8, 0x1f)).toBeCloseTo(-6, 0);
    expect(decibels(0x3f, 0x1f - 8)).toBeCloseTo(-6, 0);
    expect(decibels(0x3f - 8, 0x1f - 8)).toBeCloseTo(-12, 0);
    expect(swingAt(0, 0x1f)).toBe(0);
  });

  test("bits 7 and 6 of a level connect the sides; emu plays their mean", () => {
    const [none, left, right, both] = [0x1f, 0x9f, 0x5f, 0xdf].map((level) =>
      swing(new Module(REGIONS.ntsc, DRUM_ROM).write([0x11, 0x3f], [0x18, level], [0x10, 1]).run(20_000)),
    );
    expect(none).toBe(0);
    expect(left).toBe(right!);
    expect(both! / left!).toBeCloseTo(2, 2);
  });

  test("a constant of 4 bits is a ramp of 12: the largest step, up and down", () => {
    const up = new Module(REGIONS.ntsc, new Uint8Array(DRUM_ROM_BYTES).fill(0x70)).write(...ALL_DRUMS);
    const down = new Module(REGIONS.ntsc, new Uint8Array(DRUM_ROM_BYTES).fill(0xf8)).write(...ALL_DRUMS);
    expect(up.run(400)[399]).toBeGreaterThan(0);
    expect(down.run(400)[399]).toBeLessThan(0);
  });

  test("a state without the ROM goes on with it", () => {
    const image = { drumRom: DRUM_ROM };
    const program = [...direct(ALL_DRUMS)];
    const heard = playing(program, {}, image);
    const silent = playing(program);
    run(heard, 4);
    run(silent, 4);
    const state = new Uint8Array(silent.stateBytes);
    silent.save(state);
    const other = playing([], {}, image);
    other.load(state);
    expect(swing(run(other, 3))).toBeGreaterThan(1000);
    other.mutedChannels = 1 << (5 + 9);
    expect(other.mutedChannels).toBe(1 << 14);
    expect(other.geometry.soundChannels[14]).toBe("EPSM drums");
    run(other, 10);
    expect(swing(run(other, 3))).toBeLessThan(100);
  });
});
