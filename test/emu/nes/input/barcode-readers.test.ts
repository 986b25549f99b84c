/** Readers of barcodes: what a program sees of a code, decoded as the standards say. */
import { describe, expect, test } from "bun:test";
import { Arena } from "../../../../src/emu/arena.ts";
import { barcodeData } from "../../../../src/emu/nes/input/device-controls.ts";
import { EXPANSION_DATA } from "../../../../src/emu/nes/input/devices.ts";
import { Plugged } from "../../../../src/emu/nes/input/plug.ts";
import { InputPorts } from "../../../../src/emu/nes/input/ports.ts";
import { KIB } from "../../../../src/emu/units.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { setDevice } from "../../../../src/io/input/device-words.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";

const FRAME_CYCLES = 29780;
const CODES = ["4902370517729", "0123456789012", "9876543210987", "5555555555555", "12345670", "00000000"];

class ReaderBench {
  readonly ports = new InputPorts();
  readonly #data = new Uint8Array(24);
  /** Cycle of the current frame. */
  #cycle = 0;

  constructor(expansion: "barcode-battler" | "datach-reader") {
    const arena = new Arena(new SharedArrayBuffer(4096));
    this.ports.plug(
      new Plugged(arena, { expansion }, { lightAt: () => false, isPictureBright: () => false }),
    );
    this.ports.powerOn();
    this.ports.setSource({ latchButtons: () => 0, latchDevices: (into) => into.set(this.#data) });
    this.code("");
  }

  /** Begins a frame with this code at the reader. */
  code(digits: string): void {
    this.#endFrame();
    this.#data.set(barcodeData(digits)!, EXPANSION_DATA);
    this.ports.latchButtons();
  }

  #endFrame(): void {
    this.ports.rebase(FRAME_CYCLES);
    this.ports.beginFrame();
    this.#cycle = 0;
  }

  /** Reads `line` every `step` cycles, the first time after half a step. */
  samples(line: "serial" | "light", step: number, count: number): number[] {
    const read: number[] = [];
    let left = step / 2;
    for (let sample = 0; sample < count; sample++) {
      while (this.#cycle + left >= FRAME_CYCLES) {
        left -= FRAME_CYCLES - this.#cycle;
        this.#endFrame();
        this.ports.latchButtons();
      }
      this.#cycle += left;
      left = step;
      const cycle = Math.floor(this.#cycle);
      read.push(
        line === "serial" ? (this.ports.read(1, cycle, 0) >> 2) & 1 : this.ports.readBarcode(cycle) >> 3,
      );
    }
    return read;
  }
}

const L = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split(" ");
const invert = (modules: string): string => modules.replace(/./g, (bit) => (bit === "1" ? "0" : "1"));
const R = L.map(invert);
const G = R.map((modules) => [...modules].reverse().join(""));
const PARITY = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL".split(" ");

/** The digits of EAN modules, black as 1; throws for anything else. */
function decode(modules: string): string {
  const half = modules.length === 95 ? 6 : 4;
  const middle = 3 + 7 * half;
  expect([modules.slice(0, 3), modules.slice(middle, middle + 5), modules.slice(-3)]).toEqual([
    "101",
    "01010",
    "101",
  ]);
  const pieces = (from: number): string[] =>
    Array.from({ length: half }, (_, index) => modules.slice(from + 7 * index, from + 7 * index + 7));
  const left = pieces(3);
  const right = pieces(middle + 5);
  const parity = left.map((piece) => (L.includes(piece) ? "L" : "G")).join("");
  const digits = left.map((piece) => (L.includes(piece) ? L.indexOf(piece) : G.indexOf(piece)));
  const first = half === 6 ? [PARITY.indexOf(parity)] : [];
  return [...first, ...digits, ...right.map((piece) => R.indexOf(piece))].join("");
}

describe("the Datach's reader", () => {
  test.each(CODES)("shows the bars of %s between white", (code) => {
    const bench = new ReaderBench("datach-reader");
    expect(bench.samples("light", 1000, 20)).not.toContain(1);
    bench.code(code);
    const modules = code.length === 13 ? 95 : 67;
    const seen = bench.samples("light", 1000, 33 + modules + 32 + 20).map((light) => 1 - light);
    expect(seen.slice(0, 33)).not.toContain(1);
    expect(decode(seen.slice(33, 33 + modules).join(""))).toBe(code);
    expect(seen.slice(33 + modules, 33 + modules + 32)).not.toContain(1);
    expect(seen.slice(-20)).not.toContain(0);
  });

  test("a code passes once; the next one comes after none", () => {
    const bench = new ReaderBench("datach-reader");
    bench.code("12345670");
    bench.samples("light", 1000, 200);
    bench.code("12345670");
    expect(bench.samples("light", 1000, 30)).not.toContain(1);
    bench.code("");
    bench.code("12345670");
    expect(bench.samples("light", 1000, 30)).toContain(1);
  });

  test("is in the cartridge of mapper 157, at bit 3 of $6000", () => {
    const rom = new Uint8Array(16 + 32 * KIB);
    rom.set([0x4e, 0x45, 0x53, 0x1a, 2, 0, 0xd0, 0x90]);
    const code = [
      0xa2,
      0x00, // LDX #0
      0xad,
      0x00,
      0x60,
      0x29,
      0x08,
      0x45,
      0x00,
      0xf0,
      0x09, // LDA $6000, AND #8, EOR $00, BEQ
      0xad,
      0x00,
      0x60,
      0x29,
      0x08,
      0x85,
      0x00,
      0xe6,
      0x01, // LDA $6000, AND #8, STA $00, INC $01
      0x4c,
      0x02,
      0xc0, // JMP
    ];
    rom.set(code, 16 + 16 * KIB);
    rom.set([0x00, 0xc0], 16 + 32 * KIB - 4);
    const nes = createHeadless(readRom(rom, "datach.nes").image);
    expect(nes.devices).toEqual({ expansion: "datach-reader" });
    const data = new Uint8Array(24);
    nes.setInput({ latchButtons: () => 0, latchDevices: (into) => into.set(data) });
    for (let frame = 0; frame < 3; frame++) nes.runFrame();
    expect(nes.peek("cpu", 1)).toBe(0);
    setDevice(data, nes.devices, "expansion", "barcode=4902370517729");
    for (let frame = 0; frame < 10; frame++) nes.runFrame();
    // 30 bars have 60 edges, and the white around them begins and ends.
    expect(nes.peek("cpu", 1)).toBe(62);
  });
});

describe("the Barcode Battler", () => {
  test.each(CODES)("sends %s as text at 1200 baud", (code) => {
    const bench = new ReaderBench("barcode-battler");
    expect(bench.samples("serial", 1491, 15)).not.toContain(1);
    bench.code(code);
    const bits = bench.samples("serial", 1491, 210);
    let text = "";
    for (let at = 0; at < 200; at += 10) {
      expect([bits[at], bits[at + 9]]).toEqual([1, 0]);
      let character = 0;
      for (let bit = 0; bit < 8; bit++) character |= (1 - bits[at + 1 + bit]!) << bit;
      text += String.fromCharCode(character);
    }
    expect(text).toBe(`${code.padStart(13)}EPOCH\r\n`);
    expect(bits.slice(200)).not.toContain(1);
  });
});
