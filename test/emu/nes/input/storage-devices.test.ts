/** Devices in the expansion port with memory of their own. */
import { describe, expect, test } from "bun:test";
import { Arena } from "../../../../src/emu/arena.ts";
import { type DeviceSetup, EXPANSION_DATA, storageOf } from "../../../../src/emu/nes/input/devices.ts";
import { Plugged } from "../../../../src/emu/nes/input/plug.ts";
import { InputPorts } from "../../../../src/emu/nes/input/ports.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { deviceReader } from "../../../support/device-reader.ts";

const FRAME_CYCLES = 29780;

class StorageBench {
  readonly ports = new InputPorts();
  readonly memory: Uint8Array;
  readonly data = new Uint8Array(24);
  cycle = 0;

  constructor(expansion: NonNullable<DeviceSetup["expansion"]>) {
    this.memory = new Uint8Array(storageOf({ expansion })!.bytes);
    const arena = new Arena(new SharedArrayBuffer(4096));
    this.ports.plug(
      new Plugged(arena, { expansion }, { lightAt: () => false, isPictureBright: () => false }, this.memory),
    );
    this.ports.powerOn();
    this.ports.setSource({ latchButtons: () => 0, latchDevices: (into) => into.set(this.data) });
    this.frame();
  }

  /** Begins a frame, in which the device has these bytes. */
  frame(...bytes: number[]): void {
    this.data.fill(0).set(bytes, EXPANSION_DATA);
    this.ports.beginFrame();
    this.ports.latchButtons();
  }

  write(value: number): void {
    this.cycle += 8;
    this.ports.write(value, this.cycle);
  }

  read(register: number): number {
    this.cycle += 8;
    return this.ports.read(register, this.cycle, 0);
  }

  endFrame(): void {
    this.ports.rebase(FRAME_CYCLES);
    this.cycle = Math.max(0, this.cycle - FRAME_CYCLES);
  }
}

describe("Turbo File", () => {
  function goTo(bench: StorageBench, bit: number): void {
    bench.write(0);
    bench.write(2);
    for (let at = 0; at < bit; at++) {
      const value = (bench.read(1) >> 2) & 1;
      bench.write(2 | 4 | value);
      bench.write(2 | value);
    }
  }

  function writeByte(bench: StorageBench, byte: number): void {
    for (let bit = 0; bit < 8; bit++) {
      const value = (byte >> bit) & 1;
      bench.write(2 | 4 | value);
      bench.write(2 | value);
    }
  }

  test("bits are written at a fall of OUT2, and read on D2", () => {
    const bench = new StorageBench("turbo-file");
    goTo(bench, 16);
    writeByte(bench, 0xa5);
    expect([...bench.memory.subarray(0, 5)]).toEqual([0, 0, 0xa5, 0, 0]);
    goTo(bench, 16);
    let read = 0;
    for (let bit = 0; bit < 8; bit++) {
      const value = (bench.read(1) >> 2) & 1;
      read |= value << bit;
      bench.write(6 | value);
      bench.write(2 | value);
    }
    expect(read).toBe(0xa5);
  });

  test("the switch protects its contents, and the second model has four banks", () => {
    const bench = new StorageBench("turbo-file-2");
    bench.frame(3);
    goTo(bench, 8);
    writeByte(bench, 0x7e);
    bench.frame(1);
    goTo(bench, 8);
    writeByte(bench, 0x3c);
    bench.frame(3, 1);
    goTo(bench, 8);
    writeByte(bench, 0xff);
    expect([0, 1, 2, 3].map((bank) => bench.memory[bank * 0x2000 + 1])).toEqual([0, 0x3c, 0, 0x7e]);
  });

  test("the position wraps at the end", () => {
    const bench = new StorageBench("turbo-file");
    goTo(bench, 8 * 0x2000 - 8);
    writeByte(bench, 0x12);
    writeByte(bench, 0x34);
    expect([bench.memory[0x1fff], bench.memory[0]]).toEqual([0x12, 0x34]);
  });
});

describe("Battle Box", () => {
  /** Sends a word, lowest bit first: reads $4017 until the data line is right, then clocks it. */
  function send(bench: StorageBench, word: number): void {
    for (let bit = 0; bit < 16; bit++) {
      while (((bench.read(1) >> 4) & 1) !== ((word >> bit) & 1));
      bench.write(1);
      bench.write(0);
    }
  }

  const command = (code: number, address = 0): number => ((code ^ 0x7f) << 8) | address;
  const READ = 0x01;
  const WRITE = 0x06;
  const ENABLE = 0x09;
  const DISABLE = 0x0b;
  const ERASE = 0x0c;

  /** Reads a word: D3 has a bit, each clock brings the next. */
  function receive(bench: StorageBench, address: number): number {
    send(bench, command(READ, address));
    let word = 0;
    for (let bit = 0; bit < 16; bit++) {
      word |= ((bench.read(1) >> 3) & 1) << bit;
      bench.write(1);
      bench.write(0);
    }
    return word;
  }

  /** A read while the clock is high selects the other chip. */
  function otherChip(bench: StorageBench): void {
    bench.write(1);
    bench.read(1);
    bench.write(0);
    bench.write(1);
    bench.read(1);
    bench.read(1);
    bench.write(0);
  }

  test("words are written once writing is enabled, and read back", () => {
    const bench = new StorageBench("battle-box");
    send(bench, command(WRITE, 5));
    send(bench, command(ENABLE));
    send(bench, command(WRITE, 5));
    send(bench, 0xbeef);
    expect([bench.memory[10], bench.memory[11]]).toEqual([0xef, 0xbe]);
    send(bench, command(DISABLE));
    send(bench, command(WRITE, 5));
    expect(receive(bench, 5)).toBe(0xbeef);
  });

  test("there are two chips, and one command erases both", () => {
    const bench = new StorageBench("battle-box");
    otherChip(bench);
    send(bench, command(ENABLE));
    send(bench, command(WRITE, 0x7f));
    send(bench, 0x1234);
    expect([bench.memory[0x1fe], bench.memory[0x1ff]]).toEqual([0x34, 0x12]);
    send(bench, command(ERASE));
    expect(bench.memory.every((byte) => byte === 0)).toBe(true);
  });
});

describe("Data Recorder", () => {
  const PLAY = 1;
  const RECORD = 2;
  const REWIND = 4;
  const buttons = (held: number): number[] => [...new Array(12).fill(0), held];

  /** The levels that a program reads in a frame, every 88 cycles. */
  function levels(bench: StorageBench, enabled = true): number[] {
    bench.write(enabled ? 4 : 0);
    const read: number[] = [];
    for (bench.cycle = 88; bench.cycle < FRAME_CYCLES - 200; bench.cycle += 80) read.push(bench.read(0) >> 1);
    bench.endFrame();
    return read;
  }

  function record(bench: StorageBench): void {
    for (let at = 0; bench.cycle < FRAME_CYCLES - 200; at++) {
      bench.cycle += 880 - 8;
      bench.write(at & 1);
    }
    bench.endFrame();
  }

  test("plays what was recorded, at the same speed", () => {
    const bench = new StorageBench("data-recorder");
    bench.frame(...buttons(RECORD));
    record(bench);
    bench.frame(...buttons(REWIND));
    levels(bench);
    bench.frame(...buttons(PLAY));
    const played = levels(bench);
    const changes = played.flatMap((level, at) => (at > 0 && level !== played[at - 1] ? [at] : []));
    const gaps = changes.slice(1).map((at, index) => at - changes[index]!);
    expect(changes.length).toBeGreaterThan(25);
    for (const gap of gaps) expect(Math.abs(gap - 10)).toBeLessThanOrEqual(1);
  });

  test("a stopped tape, a tape at its end and a disabled comparator give 0", () => {
    const bench = new StorageBench("data-recorder");
    bench.memory.fill(0xff);
    bench.frame();
    expect(levels(bench)).not.toContain(1);
    bench.frame(...buttons(PLAY));
    expect(levels(bench)).toContain(1);
    bench.frame(...buttons(PLAY));
    expect(levels(bench, false)).not.toContain(1);
    for (let frame = 0; frame < 6300; frame++) bench.endFrame();
    expect(levels(bench)).not.toContain(1);
  });

  test("the tape records while the program only writes", () => {
    const bench = new StorageBench("silent-data-recorder");
    bench.ports.beginFrame();
    bench.data.set(buttons(RECORD), EXPANSION_DATA);
    record(bench);
    expect(bench.memory.some((byte) => byte !== 0)).toBe(true);
  });

  test("the keyboard is there too", () => {
    const bench = new StorageBench("data-recorder");
    bench.frame(1, ...new Array(11).fill(0), 0xff);
    bench.write(5);
    bench.write(4);
    expect(bench.read(1) & 0x1e).toBe(0x1c);
  });
});

describe("the memory of a device", () => {
  const image = readRom(deviceReader().toRom(), "reader.nes").image;

  test.each([
    ["turbo-file", 0x2000],
    ["turbo-file-2", 0x8000],
    ["battle-box", 0x200],
    ["data-recorder", 0x40000],
  ] as const)(
    "the %s's is the end of batteryRam, kept through power and part of states",
    (expansion, bytes) => {
      for (const prgNvramBytes of [0, 0x2000]) {
        const cartridge = { ...image, battery: prgNvramBytes > 0, prgRamBytes: 0, prgNvramBytes };
        const nes = createHeadless(cartridge, { devices: { expansion } });
        expect(nes.batteryRam.length).toBe(prgNvramBytes + bytes);
        nes.runFrame();
        nes.batteryRam.fill(0x11, 0, prgNvramBytes);
        nes.batteryRam.fill(0x22, prgNvramBytes);
        if (prgNvramBytes > 0) expect(nes.peek("cpu", 0x6000)).toBe(0x11);
        const state = new Uint8Array(nes.stateBytes);
        nes.save(state);
        nes.batteryRam.fill(0);
        nes.load(state);
        nes.reset("power");
        expect([nes.batteryRam.at(-1), nes.batteryRam.at(prgNvramBytes)]).toEqual([0x22, 0x22]);
      }
    },
  );
});
