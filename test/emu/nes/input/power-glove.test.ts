/** The Power Glove: a controller until a program asks for packets. */
import { describe, expect, test } from "bun:test";
import { Arena } from "../../../../src/emu/arena.ts";
import { Plugged } from "../../../../src/emu/nes/input/plug.ts";
import { InputPorts } from "../../../../src/emu/nes/input/ports.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { setDevice } from "../../../../src/io/input/device-words.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { TestProgram } from "../../../support/test-program.ts";

const COMMAND = [0x06, 0xc1, 0x08, 0x00, 0x02, 0xff, 0x01];
const DEVICES = { port1: "power-glove" } as const;

class Bench {
  readonly #ports = new InputPorts();
  readonly #data = new Uint8Array(24);
  #buttons = 0;
  #cycle = 0;

  constructor() {
    const light = { lightAt: () => false, isPictureBright: () => false };
    this.#ports.plug(new Plugged(new Arena(new SharedArrayBuffer(4096)), DEVICES, light));
    this.#ports.powerOn();
    this.#ports.setSource({
      latchButtons: () => this.#buttons,
      latchDevices: (into) => into.set(this.#data),
    });
  }

  hand(words: string, buttons = 0): void {
    setDevice(this.#data, DEVICES, "port1", words);
    this.#buttons = buttons;
    this.#ports.beginFrame();
  }

  write(value: number): void {
    this.#cycle += 8;
    this.#ports.write(value, this.#cycle);
  }

  read(): number {
    this.#cycle += 8;
    return this.#ports.read(0, this.#cycle, 0) & 1;
  }

  /** Sends bytes: each bit on OUT0, clocked by a read. */
  send(bytes: readonly number[]): void {
    for (const byte of bytes) {
      for (let bit = 7; bit >= 0; bit--) {
        this.write((byte >> bit) & 1);
        this.read();
      }
    }
    this.write(0);
  }

  /** Eight bits after a strobe, the first one highest. */
  sample(): number {
    this.write(1);
    this.write(0);
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte = (byte << 1) | this.read();
    return byte;
  }

  /** A packet of ten bytes, as the glove means it, and the two samples after it. */
  packet(): number[] {
    return Array.from({ length: 12 }, () => this.sample() ^ 0xff);
  }
}

describe("as a controller", () => {
  test.each([
    ["", 0b10100000, 0b10100000],
    ["x=32", 0, 0b00000001],
    ["x=-32 y=32", 0, 0b00001010],
    ["y=-32", 0, 0b00000100],
    ["x=31 y=-31 thumb=1", 0, 0],
    ["thumb=2 index=3 middle=3 ring=3", 0, 0b11000000],
  ])("%s with %p", (words, pressed, read) => {
    const bench = new Bench();
    // Buttons have A lowest, reads have it first.
    const buttons = Number.parseInt(pressed.toString(2).padStart(8, "0").split("").reverse().join(""), 2);
    bench.hand(words, buttons);
    expect(bench.sample()).toBe(read);
  });

  test("after eight bits it gives 1s", () => {
    const bench = new Bench();
    bench.sample();
    expect([bench.read(), bench.read()]).toEqual([1, 1]);
  });

  test("a command that is wrong in any bit leaves it so", () => {
    for (let bit = 0; bit < 56; bit++) {
      const bench = new Bench();
      bench.send(COMMAND.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)));
      expect(bench.sample()).toBe(0);
    }
  });
});

describe("packets", () => {
  test.each([
    ["", 0, [0, 0, 0, 0, 0, 0xff]],
    ["x=-128 y=127 z=7 rotation=11", 0, [0x80, 0x7f, 0x70, 11, 0, 0xff]],
    ["x=1 y=-1 z=-8", 0, [1, 0xff, 0x80, 0, 0, 0xff]],
    ["thumb=1 index=2 middle=3", 0, [0, 0, 0, 0, 0b01101100, 0xff]],
    ["ring=3", 0x01, [0, 0, 0, 0, 0b11, 0x0a]],
    ["", 0x0c, [0, 0, 0, 0, 0, 0x82]],
    ["", 0x04, [0, 0, 0, 0, 0, 0x83]],
    ["", 0xff, [0, 0, 0, 0, 0, 0x0c]],
  ])("%p with buttons %p", (words, buttons, told) => {
    const bench = new Bench();
    bench.send([0x55, ...COMMAND]);
    bench.hand(words, buttons);
    const packet = [0xa0, ...told, 0, 0, 0x3f, 0xff, 0xff];
    expect([...bench.packet(), ...bench.packet()]).toEqual([...packet, ...packet]);
  });

  test("the command in the middle of a packet begins a new one", () => {
    const bench = new Bench();
    bench.send(COMMAND);
    expect([bench.sample(), bench.sample()]).toEqual([0x5f, 0xff]);
    bench.send(COMMAND);
    expect(bench.sample()).toBe(0x5f);
  });
});

test("a program sends the command, waits for the header and stores a packet", () => {
  const program = new TestProgram().waitFrames(2);
  for (const byte of COMMAND) {
    for (let bit = 7; bit >= 0; bit--) program.store(0x4016, (byte >> bit) & 1).bytes(0xad, 0x16, 0x40);
  }
  const loop = program.here;
  for (let at = 0; at < 10; at++) {
    program.store(0x4016, 1).store(0x4016, 0).bytes(0xa2, 8); // LDX #8
    program.bytes(0xad, 0x16, 0x40, 0x4a, 0x26, 0x10 + at, 0xca, 0xd0, 0xf7); // LDA, LSR, ROL, DEX, BNE
    if (at === 0) program.bytes(0xa5, 0x10, 0xc9, 0x5f, 0xd0, (loop - program.here - 6) & 0xff); // CMP, BNE
  }
  const { image } = readRom(program.forever().toRom(), "glove");
  const nes = createHeadless(image, { devices: DEVICES });
  const data = new Uint8Array(24);
  setDevice(data, DEVICES, "port1", "x=-5 y=100 z=2 rotation=3 index=3");
  nes.setInput({ latchButtons: () => 0x02, latchDevices: (into) => into.set(data) });
  for (let frame = 0; frame < 6; frame++) nes.runFrame();
  const stored = Array.from({ length: 10 }, (_, at) => nes.peek("cpu", 0x10 + at) ^ 0xff);
  expect(stored).toEqual([0xa0, 0xfb, 100, 0x20, 3, 0b110000, 0x0b, 0, 0, 0x3f]);
});
