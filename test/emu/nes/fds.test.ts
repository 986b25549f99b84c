import { describe, expect, test } from "bun:test";
import { FDS_BIOS_BYTES, FDS_SIDE_BYTES, readFds } from "../../../src/emu/nes/cartridge/fds-image.ts";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { sha1Hex } from "../../../src/io/files/hashes.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { buildDisk, buildDiskSide } from "../../support/disk-builder.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { Prng } from "../../support/prng.ts";

const IRQ_COUNT = 0x10;
const BLOCKS = 0x11;
const READY = 0x12;
const COPY = 0x6000;

/** SEI; LDX #$FF; TXS; LDA #$40; STA $4017: no interrupts from the APU. */
const START = [0x78, 0xa2, 0xff, 0x9a, 0xa9, 0x40, 0x8d, 0x17, 0x40];
/** CLC; BCC itself. */
const LOOP = [0x18, 0x90, 0xfd];

/** One interrupt per byte copies the first block to $6000; otherwise a loop counts. */
const DISK_PROGRAM = [
  ...START,
  ...[0xa9, 0x83, 0x8d, 0x23, 0x40], // LDA #$83; STA $4023: both halves of the adapter on
  ...[0xa9, 0x27, 0x8d, 0x25, 0x40], // LDA #$27; STA $4025: motor on, transfer held
  ...[0xa9, 0x25, 0x8d, 0x25, 0x40], // LDA #$25; STA $4025: transfer released
  ...[0xad, 0x32, 0x40, 0x29, 0x02, 0xd0, 0xf9], // wait: LDA $4032; AND #2; BNE wait
  ...[0xa9, 0x01, 0x85, READY], // LDA #1; STA READY
  ...[0xa9, 0xe5, 0x8d, 0x25, 0x40], // LDA #$E5; STA $4025: transfer with interrupts
  ...[0xa2, 0x00, 0x58], // LDX #0; CLI
  ...[0xe6, 0x20, 0x18, 0x90, 0xfb], // loop: INC $20; CLC; BCC loop
];
const DISK_HANDLER = [
  ...[0xad, 0x31, 0x40], // LDA $4031
  ...[0x9d, COPY & 0xff, COPY >> 8, 0xe8], // STA $6000,X; INX
  ...[0xe6, IRQ_COUNT], // INC IRQ_COUNT
  ...[0xe0, 56, 0xd0, 0x07], // CPX #56; BNE done
  ...[0xe6, BLOCKS], // INC BLOCKS
  ...[0xa9, 0x24, 0x8d, 0x25, 0x40], // LDA #$24; STA $4025: motor off
  0x40, // done: RTI
];

/** Counts the timer's interrupts, one every 10,000 cycles. */
const TIMER_PROGRAM = [
  ...START,
  ...[0xa9, 0x83, 0x8d, 0x23, 0x40],
  ...[0xa9, 9_999 & 0xff, 0x8d, 0x20, 0x40],
  ...[0xa9, 9_999 >> 8, 0x8d, 0x21, 0x40],
  ...[0xa9, 0x03, 0x8d, 0x22, 0x40, 0x58],
  ...LOOP,
];
const TIMER_HANDLER = [0xe6, IRQ_COUNT, 0xad, 0x30, 0x40, 0x40];

/** A tone: a square wave of 32 high and 32 low samples, at frequency 800, full volume. */
const SOUND_PROGRAM = [
  ...START,
  ...[0xa9, 0x83, 0x8d, 0x23, 0x40],
  ...[0xa9, 0x80, 0x8d, 0x89, 0x40], // waveform may be written
  ...[0xa2, 0x3f], // LDX #63
  ...[0xa9, 0x3f, 0x9d, 0x40, 0x40], // next: LDA #63; STA $4040,X
  ...[0xe0, 32, 0xb0, 0x05, 0xa9, 0x00, 0x9d, 0x40, 0x40], // CPX #32; BCS keep; LDA #0; STA $4040,X
  ...[0xca, 0x10, 0xef], // keep: DEX; BPL next
  ...[0xa9, 0x00, 0x8d, 0x89, 0x40], // written: full volume
  ...[0xa9, 0xa0, 0x8d, 0x80, 0x40], // gain 32
  ...[0xa9, 800 & 0xff, 0x8d, 0x82, 0x40],
  ...[0xa9, 800 >> 8, 0x8d, 0x83, 0x40],
  ...LOOP,
];

function biosOf(program: readonly number[], handler: readonly number[] = [0x40]): Uint8Array {
  const bios = new Uint8Array(FDS_BIOS_BYTES).fill(0xea);
  bios.set(program);
  bios.set(handler, 0x1000);
  bios.set([0x00, 0xf0, 0x00, 0xe0, 0x00, 0xf0], 0x1ffa);
  return bios;
}

function consoleOf(bios: Uint8Array): Nes {
  const disk = buildDisk([buildDiskSide({ HELLO: new Uint8Array([1, 2, 3]) }), buildDiskSide({}, 1)]);
  return createHeadless(readFds(disk, sha1Hex, bios).image);
}

const pixels = new Uint16Array(FRAME_PIXELS);

function runFrames(nes: Nes, frames: number): void {
  for (let frame = 0; frame < frames; frame++) nes.runFrame(pixels);
}

function memoryOf(nes: Nes, from: number, length: number): number[] {
  return Array.from({ length }, (_, index) => nes.peek("cpu", from + index));
}

describe("a machine with the disk system", () => {
  test("a program in the BIOS loads a block by interrupts", () => {
    const nes = consoleOf(biosOf(DISK_PROGRAM, DISK_HANDLER));
    runFrames(nes, 40);
    expect(memoryOf(nes, IRQ_COUNT, 3)).toEqual([56, 1, 1]);
    expect(memoryOf(nes, COPY, 57)).toEqual([
      ...buildDiskSide({ HELLO: new Uint8Array([1, 2, 3]) }).slice(0, 56),
      0,
    ]);
  });

  test("nothing is loaded from an empty drive until a side is inserted", () => {
    const nes = consoleOf(biosOf(DISK_PROGRAM, DISK_HANDLER));
    nes.disk?.insert(-1);
    runFrames(nes, 60);
    expect(memoryOf(nes, IRQ_COUNT, 3)).toEqual([0, 0, 0]);
    nes.disk?.insert(1);
    runFrames(nes, 120);
    expect(memoryOf(nes, IRQ_COUNT, 3)).toEqual([56, 1, 1]);
    expect(nes.peek("cpu", COPY + 21)).toBe(1);
  });

  test("the timer's interrupt comes every 10,000 cycles", () => {
    const nes = consoleOf(biosOf(TIMER_PROGRAM, TIMER_HANDLER));
    runFrames(nes, 2);
    const [before, start] = [nes.peek("cpu", IRQ_COUNT), nes.totalCycles];
    runFrames(nes, 60);
    const expected = (nes.totalCycles - start) / 10_000;
    expect(Math.abs(nes.peek("cpu", IRQ_COUNT) - before - expected)).toBeLessThanOrEqual(1);
  });

  test("a state restores the disk, the head and the timers at any point", () => {
    const random = new Prng(7);
    const nes = consoleOf(biosOf(DISK_PROGRAM, DISK_HANDLER));
    const state = new Uint8Array(nes.stateBytes);
    const after = new Uint8Array(nes.stateBytes);
    const again = new Uint8Array(nes.stateBytes);
    for (let round = 0; round < 4; round++) {
      nes.reset("power");
      runFrames(nes, random.below(35));
      for (let count = random.below(5_000); count > 0; count--) nes.stepInstruction();
      nes.save(state);
      runFrames(nes, 12);
      nes.save(after);
      nes.load(state);
      runFrames(nes, 12);
      nes.save(again);
      expect(Buffer.compare(after, again)).toBe(0);
    }
  });

  test("the battery is the disk", () => {
    const nes = consoleOf(biosOf(DISK_PROGRAM, DISK_HANDLER));
    expect(nes.batteryRam.length).toBe(2 * FDS_SIDE_BYTES);
    // A disk that was written before: its first block has another name, and its checksum no longer matches.
    nes.batteryRam[3537 + 1 + 1] = 0x58;
    runFrames(nes, 40);
    expect(nes.peek("cpu", COPY + 1)).toBe(0x58);
  });

  test("a tone of the sound channel has the frequency and level of its formula", () => {
    const nes = consoleOf(biosOf(SOUND_PROGRAM));
    runFrames(nes, 10);
    const samples: number[] = [];
    for (let frame = 0; frame < 120; frame++) {
      nes.runFrame(pixels);
      samples.push(...nes.samples.subarray(0, nes.sampleCount));
    }
    const highest = Math.max(...samples);
    // Each rise counts once: the console's filters let the level swing back after an edge.
    const rises: number[] = [];
    let low = false;
    for (const [index, sample] of samples.entries()) {
      if (sample < -highest / 2) low = true;
      if (!low || sample < highest / 2) continue;
      low = false;
      rises.push(index);
    }
    const hz = ((rises.length - 1) * 48_000) / (rises.at(-1)! - rises[0]!);
    expect(hz / ((1_789_772.727 * 800) / 2 ** 22)).toBeCloseTo(1, 3);
    expect(highest - Math.min(...samples)).toBeGreaterThan(5_000);
  });
});
