import { beforeEach, describe, expect, test } from "bun:test";
import { InputError } from "../../../../../src/emu/input-error.ts";
import { Fds } from "../../../../../src/emu/nes/cartridge/boards/nintendo/fds.ts";
import { FDS_BIOS_BYTES, FDS_SIDE_BYTES, readFds } from "../../../../../src/emu/nes/cartridge/fds-image.ts";
import { IRQ_DISK } from "../../../../../src/emu/nes/interrupts.ts";
import { sha1Hex } from "../../../../../src/io/files/hashes.ts";
import { BoardHarness } from "../../../../support/board-harness.ts";
import { buildDisk, buildDiskSide } from "../../../../support/disk-builder.ts";
import { inputErrorOf } from "../../../../support/input-errors.ts";

const FRAME_CYCLES = 29_780;
const BYTE_CYCLES = 149;
const SPIN_UP_CYCLES = 50_000;
const FIRST_GAP_BYTES = 3537;

// $4025
const MOTOR = 0x01;
const RESET = 0x02;
const READ = 0x04;
const HORIZONTAL = 0x08;
const CRC_TURN = 0x10;
const ALWAYS = 0x20;
const TRANSFER = 0x40;
const IRQ = 0x80;

const disk = buildDisk([buildDiskSide({ HELLO: new Uint8Array([10, 20, 30]) }), buildDiskSide({}, 1)]);
const bios = Uint8Array.from({ length: FDS_BIOS_BYTES }, (_, index) => index >> 8);

let adapter: BoardHarness;
let board: Fds;

beforeEach(() => {
  adapter = new BoardHarness(readFds(disk, sha1Hex, bios).image);
  if (!(adapter.board instanceof Fds)) throw new Error("not the disk system's board");
  board = adapter.board;
  adapter.write(0x4023, 0x83);
});

const diskIrq = () => (adapter.lines.irqSources & IRQ_DISK) !== 0;

/** Waits for the next byte by polling, and reads it. */
function nextByte(): number {
  for (let tries = 0; tries < 2_000_000; tries++) {
    if ((adapter.read(0x4030) & 0x02) !== 0) return adapter.read(0x4031);
  }
  throw new Error("no byte comes");
}

function startReading(): void {
  adapter.write(0x4025, ALWAYS | READ | RESET | MOTOR);
  adapter.write(0x4025, ALWAYS | READ | MOTOR);
  while ((adapter.read(0x4032) & 2) !== 0) adapter.idle(100);
  adapter.idle(1000 * BYTE_CYCLES);
  adapter.write(0x4025, ALWAYS | TRANSFER | READ | MOTOR);
}

/** Reads the block of `length` bytes after the next gap, and checks its checksum. */
function readBlock(length: number): { bytes: number[]; ok: boolean } {
  adapter.write(0x4025, ALWAYS | TRANSFER | READ | MOTOR);
  const bytes = Array.from({ length }, nextByte);
  nextByte();
  adapter.write(0x4025, ALWAYS | TRANSFER | READ | MOTOR | CRC_TURN);
  nextByte();
  const ok = (adapter.read(0x4030) & 0x10) === 0;
  adapter.write(0x4025, ALWAYS | READ | MOTOR);
  return { bytes, ok };
}

describe("RAM adapter", () => {
  test("BIOS, RAM and mirroring", () => {
    expect(adapter.read(0xff00)).toBe(0x1f);
    adapter.write(0x6000, 1);
    adapter.write(0xdfff, 2);
    adapter.write(0xe000, 3);
    expect([adapter.read(0x6000), adapter.read(0xdfff), adapter.read(0xe000)]).toEqual([1, 2, 0]);
    adapter.write(0x4025, ALWAYS | HORIZONTAL);
    expect(adapter.nametables).toBe("n0 n0 n1 n1");
    expect(adapter.read(0x4030) & 8).toBe(8);
    adapter.write(0x4025, ALWAYS);
    expect(adapter.nametables).toBe("n0 n1 n0 n1");
  });

  test("registers are open bus while they are off", () => {
    adapter.write(0x4023, 0);
    expect([adapter.read(0x4030), adapter.read(0x4032), adapter.read(0x4090)]).toEqual([0xab, 0xab, 0xab]);
  });

  test("the external connector returns the written value, with the drive's power while the motor is on", () => {
    adapter.write(0x4026, 0x55);
    expect(adapter.read(0x4033)).toBe(0x55);
    adapter.write(0x4025, 0x25);
    expect(adapter.read(0x4033)).toBe(0xd5);
    adapter.write(0x4025, 0x26);
    expect(adapter.read(0x4033)).toBe(0x55);
  });
});

describe("timer", () => {
  function setTimer(reload: number, control: number): void {
    adapter.write(0x4020, reload & 0xff);
    adapter.write(0x4021, reload >> 8);
    adapter.write(0x4022, control);
  }

  test.each([0, 1, 5, 1000, 0xffff])("fires %i + 1 cycles after it is started", (reload) => {
    setTimer(reload, 2);
    expect(adapter.cyclesToIrq(70_000)).toBe(reload + 1);
    expect(adapter.read(0x4030) & 1).toBe(1);
    expect(adapter.irq).toBe(false);
    expect(adapter.cyclesToIrq(70_000)).toBe(-1);
  });

  test("repeats if enabled, across frames", () => {
    setTimer(9_999, 3);
    let fired = 0;
    for (let cycles = 0; cycles < 10 * FRAME_CYCLES; cycles += 10) {
      adapter.idle(10);
      if (adapter.cycle > FRAME_CYCLES) adapter.endFrame(FRAME_CYCLES);
      if (adapter.irq) {
        fired++;
        adapter.read(0x4030);
      }
    }
    expect(fired).toBe(Math.floor((10 * FRAME_CYCLES) / 10_000));
  });

  test("stops when it or the registers are disabled", () => {
    for (const [address, value] of [
      [0x4022, 0],
      [0x4023, 0],
    ] as const) {
      adapter.write(0x4023, 0x83);
      setTimer(100, 3);
      adapter.idle(200);
      expect(adapter.irq).toBe(true);
      adapter.write(address, value);
      expect(adapter.irq).toBe(false);
      expect(adapter.cyclesToIrq(1000)).toBe(-1);
    }
  });
});

describe("disk drive", () => {
  test("is ready when the motor has spun up", () => {
    expect(adapter.read(0x4032) & 7).toBe(2);
    adapter.write(0x4025, ALWAYS | READ | RESET | MOTOR);
    adapter.idle(2 * SPIN_UP_CYCLES);
    expect(adapter.read(0x4032) & 7).toBe(2);
    adapter.write(0x4025, ALWAYS | READ | MOTOR);
    adapter.idle(SPIN_UP_CYCLES - 10);
    expect(adapter.read(0x4032) & 7).toBe(2);
    adapter.idle(10);
    expect(adapter.read(0x4032) & 7).toBe(0);
    adapter.write(0x4025, ALWAYS | READ);
    expect(adapter.read(0x4032) & 7).toBe(2);
    expect(adapter.read(0x4030) & 0x40).toBe(0x40);
  });

  test("reads every block, with its checksum", () => {
    startReading();
    const info = readBlock(56);
    expect(info.ok).toBe(true);
    expect(String.fromCharCode(...info.bytes.slice(1, 15))).toBe("*NINTENDO-HVC*");
    expect(readBlock(2)).toEqual({ bytes: [2, 1], ok: true });
    expect(readBlock(16).bytes.slice(13, 15)).toEqual([3, 0]);
    expect(readBlock(4)).toEqual({ bytes: [4, 10, 20, 30], ok: true });
  });

  test("a damaged byte shows in the checksum", () => {
    const { memory } = adapter;
    memory.bytes[memory.extraRam.offset + FIRST_GAP_BYTES + 20]! ^= 4;
    startReading();
    expect(readBlock(56).ok).toBe(false);
    expect(readBlock(2).ok).toBe(true);
  });

  test("one interrupt per byte, acknowledged by $4031", () => {
    startReading();
    adapter.write(0x4025, ALWAYS | IRQ | TRANSFER | READ | MOTOR);
    adapter.idle((FIRST_GAP_BYTES - 1000 + 5) * BYTE_CYCLES);
    expect(diskIrq()).toBe(true);
    expect(adapter.read(0x4031)).not.toBe(0);
    expect(diskIrq()).toBe(false);
    const times: number[] = [];
    while (times.length < 10) {
      adapter.idle(1);
      if (!diskIrq()) continue;
      times.push(adapter.lines.irqLowFrom);
      adapter.read(0x4031);
    }
    expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual(Array(9).fill(BYTE_CYCLES));
  });

  test("writes a block that can be read back with its checksum", () => {
    startReading();
    readBlock(56);
    adapter.write(0x4025, ALWAYS | MOTOR);
    adapter.idle(50 * BYTE_CYCLES);
    adapter.write(0x4024, 0x80);
    adapter.write(0x4025, ALWAYS | TRANSFER | MOTOR);
    for (const value of [2, 77]) {
      while ((adapter.read(0x4030) & 2) === 0) adapter.idle(1);
      adapter.write(0x4024, value);
    }
    while ((adapter.read(0x4030) & 2) === 0) adapter.idle(1);
    adapter.write(0x4025, ALWAYS | TRANSFER | MOTOR | CRC_TURN);
    adapter.idle(2 * BYTE_CYCLES);
    adapter.write(0x4025, ALWAYS | READ);
    startReading();
    readBlock(56);
    expect(readBlock(2)).toEqual({ bytes: [2, 77], ok: true });
  });

  test("written data is in the battery memory", () => {
    const { battery, extraRam } = adapter.memory;
    expect([battery.offset, battery.bytes]).toEqual([extraRam.offset, 2 * FDS_SIDE_BYTES]);
  });

  test("the track ends, and the head goes back", () => {
    startReading();
    adapter.idle(FDS_SIDE_BYTES * BYTE_CYCLES);
    expect(adapter.read(0x4030) & 0x40).toBe(0x40);
    expect(adapter.read(0x4032) & 2).toBe(2);
    startReading();
    expect(readBlock(56).bytes[0]).toBe(1);
  });

  test.each([2, -2, 0.5, Number.NaN, "a" as never])("side %p of two is rejected", (side) => {
    for (const atOnce of [true, false]) {
      expect(inputErrorOf(() => board.drive.insert(side, atOnce)).message).toContain("there is no side");
      expect(board.drive.insertedSide).toBe(0);
    }
    expect(() => board.drive.powerOn(side)).toThrow(InputError);
  });

  test("sides can be changed, and the drive is empty for a while", () => {
    expect([board.drive.sideCount, board.drive.insertedSide]).toEqual([2, 0]);
    board.drive.insert(1);
    expect(adapter.read(0x4032) & 7).toBe(7);
    adapter.idle(1_700_000);
    expect(adapter.read(0x4032) & 1).toBe(1);
    adapter.idle(200_000);
    expect(adapter.read(0x4032) & 1).toBe(0);
    expect(board.drive.insertedSide).toBe(1);
    startReading();
    expect(readBlock(56).bytes[21]).toBe(1);
    board.drive.insert(-1);
    adapter.idle(4_000_000);
    expect(board.drive.insertedSide).toBe(-1);
  });
});
