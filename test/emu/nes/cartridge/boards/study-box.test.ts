/** The Study Box with a tape of the test's own. */
import { describe, expect, test } from "bun:test";
import type { Nes } from "../../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { buildTape, placedPage, studyBoxBios, tapePage } from "../../../../support/tape-builder.ts";
import { TestProgram } from "../../../../support/test-program.ts";

const TAPE = buildTape(tapePage(0, 0x11, 0x22), tapePage(0, 0x33), tapePage(2, 0x44));
/** Where the program stores the bytes that it gets, and their number. */
const BYTES = 0x300;
const COUNT = 0x10;
/** Commands. */
const NEXT_BLOCK = 0x86;
const WIND_CYCLES = 3_000_000;
const CYCLES_PER_FRAME = 29_781;
const LEAD = 0xaa;

/** Sends a command to the drive, bit by bit, as soon as it is ready for each. */
function send(program: TestProgram, command: number): void {
  program.store(0x4202, 0x20).store(0x4202, 0x00);
  for (let bit = 7; bit >= 0; bit--) {
    const data = ((command >> bit) & 1) << 7;
    program.store(0x4202, data | 0x10);
    program.bytes(0xad, 0x02, 0x42, 0x29, 0x40, 0xf0, 0xf9); // LDA $4202, AND #$40, BEQ to it
    program.store(0x4202, data);
  }
  program.store(0x4202, 0x03);
}

/** A console with a program that sends commands, waits, and gets every byte by its interrupt. */
function studyBox(exact: boolean, ...steps: (readonly [command: number, frames: number])[]): Nes {
  const program = new TestProgram().store(0x4017, 0x40).waitFrames(2).bytes(0x58); // CLI
  for (const [command, frames] of steps) {
    send(program, command);
    for (let left = frames; left > 0; left -= 200) {
      program.bytes(0xa2, Math.min(200, left)); // LDX
      program.waitFrames(1).bytes(0xca, 0xd0, 0xf8); // DEX, BNE
    }
  }
  program.forever();
  const irqAt = program.here;
  program.bytes(0xa4, COUNT, 0xad, 0x00, 0x42, 0x99, BYTES & 0xff, BYTES >> 8, 0xe6, COUNT, 0x40);
  const { image } = readRom(TAPE, "tape.studybox", undefined, studyBoxBios(program, irqAt));
  return createHeadless(image, { exact });
}

/** Longer than the program needs: its loops miss a vertical blank now and then. */
function runAll(nes: Nes, frames: number): void {
  run(nes, 2 * frames);
}

function run(nes: Nes, frames: number): void {
  for (let frame = 0; frame < frames; frame++) nes.runFrame();
}

function bytesOf(nes: Nes): number[] {
  return Array.from({ length: nes.peek("cpu", COUNT) }, (_, i) => nes.peek("cpu", BYTES + i));
}

const windFrames = (pages: number): number => Math.ceil((pages * WIND_CYCLES + 500_000) / CYCLES_PER_FRAME);
const BLOCK_0 = [LEAD, 0xc5, 1, 1, 0, 0, 0, 0x11, 0x22, LEAD];

describe("a program", () => {
  test("winds to the first page and reads its first block", () => {
    const nes = studyBox(false, [1, windFrames(1)]);
    run(nes, windFrames(1) + 10);
    expect(bytesOf(nes)).toEqual(BLOCK_0);
    // The motor has stopped: nothing more comes.
    run(nes, 60);
    expect(bytesOf(nes)).toHaveLength(BLOCK_0.length);
  });

  test("then reads the next block of that page, and the end when there is none", () => {
    const lead = 20;
    const nes = studyBox(false, [1, windFrames(1)], [NEXT_BLOCK, lead], [NEXT_BLOCK, lead]);
    runAll(nes, windFrames(1) + 2 * lead);
    const next = [LEAD, 0xc5, 1, 1, 0, 0, 0, 0x33, LEAD];
    expect(bytesOf(nes)).toEqual([...BLOCK_0, ...next, LEAD, LEAD]);
  });

  test("winds past a page that is not on the tape, and back", () => {
    const nes = studyBox(false, [3, windFrames(3)], [0x40 + 2, windFrames(2)]);
    runAll(nes, windFrames(5));
    expect(bytesOf(nes)).toEqual([LEAD, 0xc5, 1, 1, 0, 0, 2, 0x44, LEAD, ...BLOCK_0]);
  });

  test("stops where there is no page", () => {
    const nes = studyBox(false, [2, windFrames(2)]);
    runAll(nes, windFrames(2));
    expect(bytesOf(nes)).toEqual([]);
  });
});

test("cycle by cycle, everything comes at the same time", () => {
  const [fast, exact] = [false, true].map((exact) => {
    const nes = studyBox(exact, [1, windFrames(1)]);
    run(nes, windFrames(1));
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    return Bun.hash.crc32(state);
  });
  expect(fast).toBe(exact!);
});

test("$4201 says what the drive does, and forgets the page that it has found", () => {
  const nes = studyBox(false, [1, windFrames(1)]);
  run(nes, Math.ceil((WIND_CYCLES + 200_000) / CYCLES_PER_FRAME));
  const status = () => nes.board.readRegister(0x4201, 0, nes.cpu.cycle);
  expect([status(), status()]).toEqual([0xe0, 0xa0]);
  run(nes, 20);
  expect(status()).toBe(0x80);
});

test("a state in the middle of a block continues it", () => {
  const nes = studyBox(false, [1, windFrames(1)]);
  run(nes, Math.ceil((WIND_CYCLES + 320_000) / CYCLES_PER_FRAME) + 2);
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  const before = bytesOf(nes).length;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(BLOCK_0.length);
  const other = studyBox(false, [1, windFrames(1)]);
  other.load(state);
  for (const each of [nes, other]) run(each, 10);
  expect(bytesOf(other)).toEqual(BLOCK_0);
  expect(bytesOf(nes)).toEqual(BLOCK_0);
});

test("banks of RAM and of the program, and four nametables", () => {
  const program = new TestProgram();
  for (let bank = 0; bank < 4; bank++) program.store(0x4200, bank << 6).store(0x6000, 0x60 + bank);
  for (let bank = 0; bank < 8; bank++) program.store(0x4200, bank).store(0x5000, 0x50 + bank);
  program.store(0x4400, 0x44).store(0x4800, 0x48).store(0x4200, 0x83).store(0x4201, 5);
  const bios = studyBoxBios(program.forever());
  const nes = createHeadless(readRom(TAPE, "tape.studybox", undefined, bios).image);
  run(nes, 2);
  const read = [0x6000, 0x5000, 0x4400, 0x4800, 0x8001, 0xc000].map((at) => nes.peek("cpu", at));
  expect(read).toEqual([0x62, 0x53, 0x44, 0x48, 5, 0xa9]);
  for (let table = 0; table < 4; table++) nes.poke("ppu", 0x2000 + 0x400 * table, table + 1);
  expect([0, 1, 2, 3].map((table) => nes.peek("ppu", 0x2000 + 0x400 * table))).toEqual([1, 2, 3, 4]);
});

describe("the sound of the tape", () => {
  const RATE_HZ = 44_100;
  const SOUND_START = 20_000;
  const SAMPLES_PER_FRAME = (RATE_HZ * CYCLES_PER_FRAME) / 1_789_773;
  /** Silence until the data, then a tone. */
  const samples = Int16Array.from({ length: 60_000 }, (_, i) =>
    i < SOUND_START ? 0 : 20_000 * Math.sin((i / RATE_HZ) * 2 * Math.PI * 440),
  );
  const tape = buildTape(placedPage(SOUND_START, 0, ...Array<number>(100).fill(0)));

  function sounding(exact = false): Nes {
    const program = new TestProgram().store(0x4017, 0x40).waitFrames(2).bytes(0x58); // CLI
    send(program, 1);
    program.forever();
    const irqAt = program.here;
    program.bytes(0xad, 0x00, 0x42, 0xe6, COUNT, 0x40); // LDA $4200, INC, RTI
    const { image } = readRom(tape, "tape.studybox", undefined, studyBoxBios(program, irqAt));
    return createHeadless({ ...image, tapeSound: { rateHz: RATE_HZ, samples } }, { exact });
  }

  /** The peak of each of the next frames. */
  const peaks = (nes: Nes, frames: number): number[] =>
    Array.from({ length: frames }, () => {
      nes.runFrame();
      return nes.samples.subarray(0, nes.sampleCount).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    });

  test("begins with the data, at their place, and ends with them", () => {
    const nes = sounding();
    const heard = peaks(nes, windFrames(1) + 30);
    const first = heard.findIndex((peak) => peak > 1000);
    const last = heard.findLastIndex((peak) => peak > 1000);
    const winding = (WIND_CYCLES + 300_000) / CYCLES_PER_FRAME;
    expect(Math.abs(first - winding)).toBeLessThan(4);
    const dataFrames = (7820 + 107 * 3355) / CYCLES_PER_FRAME;
    expect(Math.abs(last - first - dataFrames)).toBeLessThan(4);
    expect(nes.peek("cpu", COUNT)).toBe(108);
    const place = nes.stateFields.places.find(({ name }) => name === "tape.place")!;
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const at = new DataView(state.buffer).getInt32(32 + place.offset, true);
    expect(Math.abs(at - SOUND_START - dataFrames * SAMPLES_PER_FRAME)).toBeLessThan(300);
  });

  test("is part of a state, the same cycle by cycle, and can be muted", () => {
    const frames = Math.ceil((WIND_CYCLES + 400_000) / CYCLES_PER_FRAME);
    const [nes, exact, muted] = [sounding(), sounding(true), sounding()];
    muted.mutedChannels = 1 << nes.geometry.soundChannels.indexOf("tape");
    for (const each of [nes, exact, muted]) run(each, frames);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const resumed = sounding();
    resumed.load(state);
    const heard = peaks(nes, 5);
    expect(Math.max(...heard)).toBeGreaterThan(1000);
    expect(peaks(exact, 5)).toEqual(heard);
    expect(peaks(resumed, 5)).toEqual(heard);
    expect(Math.max(...peaks(muted, 5))).toBeLessThan(40);
  });
});
