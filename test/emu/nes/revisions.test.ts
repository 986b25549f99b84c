/** Chips and consoles differ as their sources say, and as AccuracyCoin detects. */
import { describe, expect, test } from "bun:test";
import { NOISE_PERIODS, Noise } from "../../../src/emu/nes/apu/noise.ts";
import { Pulse } from "../../../src/emu/nes/apu/pulse.ts";
import { InputPorts } from "../../../src/emu/nes/input/ports.ts";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { CONSOLE_MODELS, CONSOLE_TRAITS, type ConsoleModel } from "../../../src/emu/nes/revisions.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { coinResults } from "../../support/accuracycoin.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { SHARED } from "../../support/shared.ts";
import { TestProgram } from "../../support/test-program.ts";

const pixels = new Uint16Array(FRAME_PIXELS);

function run(program: TestProgram, options: NesOptions, frames: number): Nes {
  const { image } = readRom(program.toRom(), "program");
  const nes = createHeadless(image, options);
  for (let frame = 0; frame < frames; frame++) nes.runFrame(pixels);
  return nes;
}

describe.skipIf(!SHARED)("AccuracyCoin finds the behaviour of", () => {
  const cases: [string, NesOptions, Record<string, string>][] = [
    [
      "an RP2A03G and RP2C02G in a front-loader",
      {},
      {
        "$93   SHA indirect,Y": "pass: behaviour 1",
        "Implicit DMA Abort": "pass: behaviour 2",
        "Controller Clocking": "pass: behaviour 1",
        "PPU Read Buffer": "pass: behaviour G",
      },
    ],
    [
      "an RP2A03H",
      { cpuRevision: "H" },
      { "$93   SHA indirect,Y": "pass: behaviour 2", "Implicit DMA Abort": "pass: behaviour 1" },
    ],
    [
      "an RP2C02E",
      { ppuRevision: "E" },
      { "PPU Read Buffer": "pass: behaviour E", "Palette RAM Quirks": "skip: skipped by the ROM" },
    ],
    ["a Famicom", { console: "famicom" }, { "Controller Clocking": "pass: behaviour 2" }],
  ];
  for (const [name, options, expected] of cases) {
    test(name, () => {
      const results = coinResults(options, (test) => test in expected);
      expect(Object.fromEntries(results)).toEqual(expected);
    });
  }
});

test("an RP2A03 without a letter has no short noise", () => {
  const modes = [true, false].map((tonal) => {
    const noise = new Noise(NOISE_PERIODS.ntsc, tonal);
    noise.write(2, 0x80, false);
    return noise.shortMode;
  });
  expect(modes).toEqual([1, 0]);
});

test("a UA6527P swaps the duties of 25 % and 50 %", () => {
  const duties = [0x00, 0x40, 0x80, 0xc0].map((value) => {
    const pulse = new Pulse(0, true);
    pulse.write(0, value, false);
    return pulse.duty;
  });
  expect(duties).toEqual([0, 2, 1, 3]);
});

test("an RP2A03 without a letter does not reset its frame counter", () => {
  const counts = (["letterless", "G"] as const).map((cpuRevision) => {
    const nes = run(new TestProgram().forever(), { cpuRevision }, 3);
    const before = nes.apu.frameCounter.zeroCycle;
    nes.reset("reset");
    return nes.apu.frameCounter.zeroCycle - before;
  });
  expect(counts[0]).toBe(0);
  expect(counts[1]).toBeGreaterThan(0);
});

describe("PPU revisions", () => {
  /** Writes OAM and palette, then reads both back to $10 and $11. */
  const readsBack = () =>
    new TestProgram()
      .waitFrames(2)
      .store(0x2003, 0)
      .store(0x2004, 0x35)
      .store(0x2006, 0x3f)
      .store(0x2006, 0x01)
      .store(0x2007, 0x21)
      .store(0x2006, 0x3f)
      .store(0x2006, 0x01)
      .bytes(0xad, 0x07, 0x20, 0x85, 0x11) // LDA $2007, STA $11
      .store(0x2003, 0x00)
      .bytes(0xad, 0x04, 0x20, 0x85, 0x10) // LDA $2004, STA $10
      .forever();
  const cases = [
    ["G", 0x35, 0x21],
    ["H", 0x35, 0x21],
    ["E", 0x00, 0x00],
    ["letterless", 0x00, 0x00],
  ] as const;
  test.each(cases)("%s reads OAM as %d and palette as %d", (ppuRevision, oam, palette) => {
    const nes = run(readsBack(), { ppuRevision }, 5);
    expect(nes.peek("cpu", 0x10)).toBe(oam);
    expect(nes.peek("cpu", 0x11) & 0x3f).toBe(palette);
  });
});

describe("consoles", () => {
  const RESETS: Record<ConsoleModel, boolean> = {
    nes: true,
    "top-loader": false,
    famicom: false,
    "av-famicom": false,
  };
  test.each([...CONSOLE_MODELS])("%s: what the reset button reaches", (model) => {
    const program = new TestProgram().waitFrames(2).store(0x2001, 0x1e).forever();
    const nes = run(program, { console: model }, 5);
    expect(nes.ppu.state.mask).toBe(0x1e);
    nes.reset("reset");
    expect(nes.ppu.state.mask).toBe(RESETS[model] ? 0 : 0x1e);
  });

  test("a Famicom's PPU accepts writes immediately, a NES's ignores them for a frame", () => {
    const masks = (["nes", "famicom"] as const).map((model) => {
      return run(new TestProgram().store(0x2001, 0x1e).forever(), { console: model }, 3).ppu.state.mask;
    });
    expect(masks).toEqual([0, 0x1e]);
  });

  test.each([
    ["nes", 0xe0, 0xe0],
    ["top-loader", 0xe4, 0xe4],
    ["famicom", 0xf8, 0xe0],
    ["av-famicom", 0xf8, 0xe0],
  ] as const)("%s leaves bits open: %d and %d", (model, port1, port2) => {
    const ports = new InputPorts(CONSOLE_TRAITS[model]);
    ports.powerOn();
    expect(ports.read(0, 10, 0xff) & 0xfe).toBe(port1);
    expect(ports.read(1, 20, 0xff) & 0xfe).toBe(port2);
  });

  test("reads in adjacent cycles clock a controller once, on a Famicom twice", () => {
    const bits = (["nes", "famicom"] as const).map((model) => {
      const ports = new InputPorts(CONSOLE_TRAITS[model]);
      ports.powerOn();
      ports.setSource({ latchButtons: () => 0b0000_0101 });
      ports.beginFrame();
      ports.write(1, 10);
      ports.write(0, 20);
      return [30, 31, 32].map((cycle) => ports.read(0, cycle, 0) & 1);
    });
    expect(bits).toEqual([
      [1, 1, 1],
      [1, 0, 1],
    ]);
  });
});
