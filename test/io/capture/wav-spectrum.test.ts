/**
 * Checks the sound of a WAV: the frequency of each channel by its spectrum, and the level of unwanted parts.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuClockHz, REGIONS } from "../../../src/emu/nes/region.ts";
import { Spectrum } from "../../emu/nes/apu/spectrum.ts";
import { emu } from "../../support/cli.ts";
import { TestProgram } from "../../support/test-program.ts";

const CLOCK_HZ = cpuClockHz(REGIONS.ntsc);
const FRAMES = 110;
const SETTLE_FRAMES = 25;
const WAV_HEADER_BYTES = 44;
/** The requirement is 0.1 %. */
const FREQUENCY_ERROR = 1e-4;

const folder = mkdtempSync(join(tmpdir(), "emu-wav-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program that writes these registers, dumps its sound and analyses it. */
function spectrum(writes: readonly (readonly [address: number, value: number])[]): Spectrum {
  const program = new TestProgram();
  for (const [address, value] of writes) program.store(address, value);
  const rom = join(folder, "sound.nes");
  const wav = join(folder, "sound.wav");
  writeFileSync(rom, program.forever().toRom());
  const options = ["--frames", `${FRAMES}`, "--from", `${SETTLE_FRAMES}`, "--format", "wav", "--out", wav];
  const { exitCode, stderr } = emu(["dump", rom, ...options]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const bytes = readFileSync(wav);
  expect(bytes.toString("latin1", 0, 4)).toBe("RIFF");
  expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)]).toEqual([1, 48_000, 16]);
  const samples = Array.from({ length: (bytes.length - WAV_HEADER_BYTES) / 2 }, (_, at) =>
    bytes.readInt16LE(WAV_HEADER_BYTES + 2 * at),
  );
  return new Spectrum(samples);
}

const CHANNELS: [string, number, [number, number][]][] = [
  [
    "a pulse of 441 Hz",
    CLOCK_HZ / (16 * 254),
    [
      [0x4015, 0x01],
      [0x4000, 0xbf],
      [0x4001, 0x08],
      [0x4002, 0xfd],
      [0x4003, 0x00],
    ],
  ],
  [
    "a triangle of 220 Hz",
    CLOCK_HZ / (32 * 254),
    [
      [0x4015, 0x04],
      [0x4008, 0xff],
      [0x400a, 0xfd],
      [0x400b, 0x00],
    ],
  ],
  [
    "short noise",
    CLOCK_HZ / (16 * 93),
    [
      [0x4015, 0x08],
      [0x400c, 0x3f],
      [0x400e, 0x82],
      [0x400f, 0x00],
    ],
  ],
  [
    // 17 bytes at $C000, the program itself.
    "a looped DMC sample",
    CLOCK_HZ / (54 * 8 * 17),
    [
      [0x4012, 0x00],
      [0x4013, 0x01],
      [0x4010, 0x4f],
      [0x4015, 0x10],
    ],
  ],
];

describe("the WAV has the frequency of", () => {
  test.each(CHANNELS)("%s", (_, hz, writes) => {
    const line = spectrum(writes).peak(hz * 0.9, hz * 1.1);
    expect(line.decibels).toBeGreaterThan(-60);
    expect(Math.abs(line.hz / hz - 1)).toBeLessThan(FREQUENCY_ERROR);
  });
});

describe("a square of 12 kHz", () => {
  const hz = CLOCK_HZ / (16 * 9);
  let sound: Spectrum;
  beforeAll(() => {
    sound = spectrum([
      [0x4015, 0x01],
      [0x4000, 0xbf],
      [0x4001, 0x08],
      [0x4002, 0x08],
      [0x4003, 0x00],
    ]);
  });

  test("is there", () => {
    expect(Math.abs(sound.peak(hz * 0.9, hz * 1.1).hz / hz - 1)).toBeLessThan(FREQUENCY_ERROR);
  });

  test("has no alias above -80 dB of full scale", () => {
    expect(sound.strongestBeside([hz], 20).decibels).toBeLessThan(-80);
  });
});
