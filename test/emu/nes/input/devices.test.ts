import { describe, expect, test } from "bun:test";
import { Arena } from "../../../../src/emu/arena.ts";
import {
  type DeviceSetup,
  devicesFromHeader,
  EXPANSION_DATA,
  EXPANSION_DEVICES,
  type LightSource,
  PORT_DEVICES,
  PORT2_DATA,
} from "../../../../src/emu/nes/input/devices.ts";
import { FAMILY_BASIC_KEYS } from "../../../../src/emu/nes/input/keyboard.ts";
import { Plugged } from "../../../../src/emu/nes/input/plug.ts";
import { InputPorts } from "../../../../src/emu/nes/input/ports.ts";
import type { Nes } from "../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../src/io/files/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { Prng } from "../../../support/prng.ts";
import { TestProgram } from "../../../support/test-program.ts";

const STATE_HEADER_BYTES = 32;
const DARK: LightSource = { lightAt: () => false, isPictureBright: () => false };

/** Ports with devices, accessed as by a program: every access is some cycles after the previous one. */
class PortsBench {
  readonly ports = new InputPorts();
  buttons = 0;
  readonly data = new Uint8Array(32);
  #cycle = 0;

  constructor(setup?: DeviceSetup, light = DARK) {
    const arena = new Arena(new SharedArrayBuffer(4096));
    if (setup !== undefined) this.ports.plug(new Plugged(arena, setup, light));
    this.ports.powerOn();
    this.ports.setSource({
      latchButtons: () => this.buttons,
      latchDevices: (into) => into.set(this.data.subarray(0, into.length)),
    });
    this.ports.beginFrame();
  }

  frame(): void {
    this.ports.beginFrame();
  }

  write(value: number): void {
    this.#cycle += 8;
    this.ports.write(value, this.#cycle);
  }

  strobe(): void {
    this.write(1);
    this.write(0);
  }

  read(register: number): number {
    this.#cycle += 8;
    return this.ports.read(register, this.#cycle, 0);
  }

  /** The next `count` bits on line D`line`, in order. */
  bits(register: number, line: number, count: number): string {
    let text = "";
    for (let index = 0; index < count; index++) text += (this.read(register) >> line) & 1;
    return text;
  }
}

describe("standard controllers", () => {
  test("eight buttons, then 1s", () => {
    const bench = new PortsBench();
    bench.buttons = 0x4081;
    bench.strobe();
    expect(bench.bits(0, 0, 12)).toBe("100000011111");
    expect(bench.bits(1, 0, 12)).toBe("000000101111");
  });

  test("reads in adjacent cycles are one clock", () => {
    const bench = new PortsBench();
    bench.buttons = 0x05;
    bench.strobe();
    expect([
      bench.ports.read(0, 1000, 0),
      bench.ports.read(0, 1001, 0),
      bench.ports.read(0, 1003, 0),
    ]).toEqual([1, 1, 0]);
  });
});

describe("Four Score and expansion pads", () => {
  test("sixteen buttons and a signature per port", () => {
    const bench = new PortsBench({ fourScore: true });
    bench.buttons = (0x80 << 24) | (0x01 << 16) | (0x0f << 8) | 0xf0;
    bench.strobe();
    expect(bench.bits(0, 0, 26)).toBe("00001111" + "10000000" + "00010000" + "11");
    expect(bench.bits(1, 0, 26)).toBe("11110000" + "00000001" + "00100000" + "11");
  });

  test("controllers 3 and 4 are on D1, 1 and 2 on D0", () => {
    const bench = new PortsBench({ expansion: "pads" });
    bench.buttons = (0x02 << 24) | (0x01 << 16) | (0x80 << 8) | 0x40;
    bench.strobe();
    const both = Array.from({ length: 9 }, () => bench.read(0));
    expect(both.map((value) => value & 1).join("")).toBe("000000101");
    expect(both.map((value) => (value >> 1) & 1).join("")).toBe("100000001");
    expect(bench.bits(1, 1, 9)).toBe("010000001");
  });
});

describe("Zapper", () => {
  test("light pulls D3 low, the trigger sets D4; without a strobe", () => {
    const seen: [number, number][] = [];
    const light = {
      ...DARK,
      lightAt(x: number, y: number) {
        seen.push([x, y]);
        return x === 100;
      },
    };
    const bench = new PortsBench({ port2: "zapper" }, light);
    bench.data.set([100, 50, 2], PORT2_DATA);
    expect(bench.read(1)).toBe(0);
    bench.frame();
    bench.data.set([99, 50, 3], PORT2_DATA);
    expect(bench.read(1)).toBe(0x18);
    bench.frame();
    bench.data.set([100, 50, 1], PORT2_DATA);
    expect(bench.read(1)).toBe(0x18);
    expect(seen).toEqual([
      [100, 50],
      [99, 50],
    ]);
  });

  test("the Famicom's gun is at $4017, together with a controller", () => {
    const bench = new PortsBench({ expansion: "zapper" });
    bench.buttons = 0x0101;
    bench.data.set([0, 0, 1], EXPANSION_DATA);
    bench.strobe();
    expect([bench.read(0), bench.read(1)]).toEqual([1, 0x19]);
  });
});

test.each([
  [1, "01000000", "0000"],
  [2, "10000000", "0000"],
  [3, "00000000", "0100"],
  [4, "00000000", "1000"],
  [5, "00100000", "0000"],
  [7, "00000001", "0000"],
  [8, "00000000", "0001"],
  [12, "00000000", "0010"],
])("Power Pad button %i", (button, d3, d4) => {
  const bench = new PortsBench({ port2: "power-pad" });
  const held = 1 << (button - 1);
  bench.data.set([held & 0xff, held >> 8], PORT2_DATA);
  bench.strobe();
  const reads = Array.from({ length: 10 }, () => bench.read(1));
  expect(reads.map((value) => (value >> 3) & 1).join("")).toBe(`${d3}11`);
  expect(reads.map((value) => (value >> 4) & 1).join("")).toBe(`${d4}111111`);
});

describe("Arkanoid paddle", () => {
  test.each([
    [0, 0x62],
    [128, 0xaa],
    [255, 0xf2],
  ])("position %i is sent as %i, inverted, highest bit first", (position, sent) => {
    const bench = new PortsBench({ port2: "arkanoid" });
    bench.data.set([position, 1], PORT2_DATA);
    bench.strobe();
    expect(bench.bits(1, 4, 8)).toBe((~sent & 0xff).toString(2).padStart(8, "0"));
    expect(bench.read(1) & 8).toBe(8);
  });

  test("the Famicom's has the button on $4016", () => {
    const bench = new PortsBench({ expansion: "arkanoid" });
    bench.data.set([0, 1], EXPANSION_DATA);
    bench.strobe();
    expect(bench.read(0) & 2).toBe(2);
    expect(bench.bits(1, 1, 8)).toBe((~0x62 & 0xff).toString(2));
  });
});

describe("SNES mouse", () => {
  test("reports buttons, signature and movement, then 1s", () => {
    const bench = new PortsBench({ port2: "snes-mouse" });
    bench.data.set([5, 256 - 3, 1], PORT2_DATA);
    bench.strobe();
    expect(bench.bits(1, 0, 34)).toBe("00000000" + "01000001" + "10000011" + "00000101" + "11");
  });

  test("a clock while OUT0 is high steps the sensitivity", () => {
    const bench = new PortsBench({ port2: "snes-mouse" });
    const sensitivity = () => {
      bench.strobe();
      return bench.bits(1, 0, 16).slice(10, 12);
    };
    const seen = [sensitivity()];
    for (let count = 0; count < 3; count++) {
      bench.write(1);
      bench.read(1);
      seen.push(sensitivity());
    }
    expect(seen).toEqual(["00", "01", "10", "00"]);
  });
});

describe("Family BASIC keyboard", () => {
  /** Scans like a program: for each row, column 0 and column 1 on D1–D4. */
  function scan(bench: PortsBench): string[] {
    bench.write(5);
    const rows: string[] = [];
    for (let row = 0; row < 9; row++) {
      bench.write(4);
      const low = (bench.read(1) >> 1) & 0x0f;
      bench.write(6);
      const high = (bench.read(1) >> 1) & 0x0f;
      rows.push(`${low.toString(16)}${high.toString(16)}`);
    }
    return rows;
  }

  test("each key appears only in its row and column", () => {
    for (const [row, keys] of FAMILY_BASIC_KEYS.entries()) {
      for (const key of keys.keys()) {
        const bench = new PortsBench({ expansion: "family-basic-keyboard" });
        bench.data[EXPANSION_DATA + row] = 1 << key;
        const expected = Array.from({ length: 9 }, () => "ff");
        const hidden = (0x0f & ~(1 << (key & 3))).toString(16);
        expected[row] = key < 4 ? `${hidden}f` : `f${hidden}`;
        expect(scan(bench)).toEqual(expected);
      }
    }
  });

  test("nothing is driven while it is disabled", () => {
    const bench = new PortsBench({ expansion: "family-basic-keyboard" });
    bench.write(1);
    bench.write(0);
    expect(bench.read(1) & 0x1e).toBe(0);
  });

  test("it has 72 different keys", () => {
    expect(new Set(FAMILY_BASIC_KEYS.flat()).size).toBe(72);
  });
});

test("headers name devices", () => {
  expect(devicesFromHeader(8)).toEqual({ port2: "zapper" });
  expect(devicesFromHeader(0)).toEqual({});
  expect(devicesFromHeader(1)).toEqual({});
});

test("the ROM's header selects the devices, unless options do", () => {
  const { image } = readRom(new TestProgram().forever().toRom(), "program");
  const lines = (expansionDevice: number, devices?: DeviceSetup) => {
    const nes = createHeadless({ ...image, expansionDevice }, devices === undefined ? {} : { devices });
    return nes.ports.read(1, 100, 0) & 0x18;
  };
  expect(lines(0)).toBe(0x00);
  expect(lines(1)).toBe(0x00);
  expect(lines(8)).toBe(0x08); // a Zapper in port 2 that sees no light
  expect(lines(8, { port2: "standard" })).toBe(0x00);
});

describe("Konami Hyper Shot", () => {
  test.each([
    [0, 0x02_01, 0b1_0010],
    [4, 0x02_01, 0b1_0000],
    [2, 0x02_01, 0b0_0010],
    [6, 0x03_03, 0],
    [0, 0x03_03, 0b1_1110],
  ])("out %p, buttons %p", (out, buttons, lines) => {
    const bench = new PortsBench({ expansion: "konami-hyper-shot" });
    bench.buttons = buttons;
    bench.strobe();
    bench.write(out);
    expect(bench.read(1) & 0x1e).toBe(lines);
    expect(bench.read(0) & 0x1e).toBe(0);
  });
});

describe("Family Trainer", () => {
  test.each([
    [0b000, 1, 0x1e & ~0x10],
    [0b000, 4, 0x1e & ~0x02],
    [0b100, 1, 0x1e],
    [0b011, 1, 0x1e & ~0x10],
    [0b110, 12, 0x1e & ~0x02],
    [0b101, 7, 0x1e & ~0x04],
  ])("rows %p off, button %p", (out, button, lines) => {
    const bench = new PortsBench({ expansion: "family-trainer" });
    bench.data[EXPANSION_DATA] = (1 << (button - 1)) & 0xff;
    bench.data[EXPANSION_DATA + 1] = (1 << (button - 1)) >> 8;
    bench.write(out);
    expect(bench.read(1) & 0x1e).toBe(lines);
  });
});

describe("Party Tap and Exciting Boxing", () => {
  test("six buttons in two reads, then the signature", () => {
    const bench = new PortsBench({ expansion: "party-tap" });
    bench.data[EXPANSION_DATA] = 0b10_1001;
    bench.strobe();
    expect([1, 2, 3, 4].map(() => bench.read(1) & 0x1c)).toEqual([0b001 << 2, 0b101 << 2, 0x14, 0x14]);
  });

  test("eight sensors, low while touched, four at a time", () => {
    const bench = new PortsBench({ expansion: "exciting-boxing" });
    bench.data[EXPANSION_DATA] = 0b1000_0001;
    bench.write(0);
    expect(bench.read(1) & 0x1e).toBe(0b1_1100);
    bench.write(2);
    expect(bench.read(1) & 0x1e).toBe(0b0_1110);
  });
});

test.each([
  ["A", 0, 2, "00000001"],
  ["H", 7, 2, "10000000"],
  ["N", 13, 1, "00100000"],
  ["I", 8, 1, "00000001"],
  ["Select", 14, 3, "00000001"],
  ["Ron", 20, 3, "01000000"],
  ["Ron in another row", 20, 1, "00000000"],
])("Mahjong: %s", (_name, button, row, bits) => {
  const bench = new PortsBench({ expansion: "mahjong" });
  for (let byte = 0; byte < 3; byte++)
    bench.data[EXPANSION_DATA + byte] = ((1 << button) >> (8 * byte)) & 0xff;
  bench.write((row << 1) | 1);
  bench.write(row << 1);
  expect(bench.bits(1, 1, 8)).toBe(bits);
});

describe("devices with a pad", () => {
  const PAD_BITS = "10010000";

  test("Pachinko: the pad, then the dial inverted", () => {
    const bench = new PortsBench({ expansion: "pachinko" });
    bench.buttons = 0x09 << 16;
    bench.strobe();
    expect(bench.bits(0, 1, 16)).toBe(`${PAD_BITS}11111111`);
    bench.frame();
    bench.data[EXPANSION_DATA] = 255;
    bench.strobe();
    expect(bench.bits(0, 1, 16)).toBe(`${PAD_BITS}10011100`);
  });

  test.each([
    [0, 0, 0, "11111111"],
    [1, 0, 0, "11111110"],
    [0, 1, 0, "11101111"],
    [0xff, 0xff, 0, "00000000"],
    [100, 0x80, 0, "01111000"],
  ])("Hori Track: rolled %p right, %p down", (right, down, flags, rolled) => {
    const bench = new PortsBench({ expansion: "hori-track" });
    bench.buttons = 0x09 << 16;
    bench.data.set([right, down, flags], EXPANSION_DATA);
    bench.strobe();
    expect(bench.bits(0, 1, 24)).toBe(`${PAD_BITS}${rolled}10010000`);
  });

  test("Bandai Hyper Shot: the pad on $4016, light and trigger on $4017", () => {
    const bench = new PortsBench({ expansion: "bandai-hyper-shot" }, { ...DARK, lightAt: (x) => x === 100 });
    bench.buttons = 0x09 << 16;
    bench.data.set([100, 50, 3], EXPANSION_DATA);
    bench.strobe();
    expect(bench.bits(0, 1, 8)).toBe(PAD_BITS);
    expect(bench.read(1) & 0x18).toBe(0x10);
    bench.frame();
    bench.data.set([1, 50, 2], EXPANSION_DATA);
    bench.strobe();
    expect(bench.read(1) & 0x18).toBe(0x08);
  });
});

test("Oeka Kids tablet: 18 bits by the clock of OUT1", () => {
  const bench = new PortsBench({ expansion: "oeka-kids-tablet" });
  bench.data.set([128, 120, 3], EXPANSION_DATA);
  bench.strobe();
  bench.write(0);
  bench.write(1);
  expect(bench.read(1) & 0x0c).toBe(0x04);
  let bits = "";
  for (let bit = 0; bit < 18; bit++) {
    bench.write(3);
    bits += (bench.read(1) & 0x08) === 0 ? "1" : "0";
    bench.write(1);
  }
  expect(bits).toBe(`${"01111000"}${"10000000"}11`);
});

describe("pads of other consoles", () => {
  test("SNES: sixteen bits, then 1s", () => {
    const bench = new PortsBench({ port1: "snes-pad", port2: "snes-pad" });
    bench.buttons = 0x80_01;
    bench.data[0] = 0b1001;
    bench.strobe();
    expect(bench.bits(0, 0, 18)).toBe("100000001001000011");
    expect(bench.bits(1, 0, 18)).toBe("000000010000000011");
  });

  test("Virtual Boy: both crosses, and its signature", () => {
    const bench = new PortsBench({ port1: "virtual-boy-pad" });
    bench.buttons = 0x83;
    bench.data[0] = 0b10_0101;
    bench.strobe();
    // Right cross down and left, Select, Start, left cross, right cross right and up, L, R, B, A, signature.
    expect(bench.bits(0, 0, 17)).toBe("10000001100111101");
  });
});

test("the header names them", () => {
  const named = [10, 13, 18, 19, 20, 21, 22, 23].map((device) => devicesFromHeader(device).expansion);
  expect(named).toEqual([
    "bandai-hyper-shot",
    "family-trainer",
    "konami-hyper-shot",
    "pachinko",
    "exciting-boxing",
    "mahjong",
    "party-tap",
    "oeka-kids-tablet",
  ]);
  expect(devicesFromHeader(43)).toEqual({ port1: "snes-pad", port2: "snes-pad" });
});

describe("Subor's mouse with a protocol of bytes", () => {
  /** The bytes of some strobes. */
  function bytesOf(bench: PortsBench, count: number): string[] {
    return Array.from({ length: count }, () => {
      bench.strobe();
      return bench.bits(1, 0, 8);
    });
  }

  test.each([
    ["at rest", [0, 0, 0], ["00000000", "00000000"]],
    ["right and up by one, left button", [1, 0xff, 1], ["10011100", "10011100"]],
    ["left and down by one, right button", [0xff, 1, 2], ["01110100"]],
    ["far right", [21, 0, 0], ["00010001", "00010110", "00000011", "00010001"]],
    ["left and up, both buttons", [0xfb, 0xed, 3], ["11101101", "00010110", "00001111", "11101101"]],
    ["more than it can tell", [0x7f, 0x81, 0], ["00011101", "00111110", "00111111"]],
  ])("%s", (_name, data, bytes) => {
    const bench = new PortsBench({ port2: "subor-byte-mouse" });
    bench.data.set(data, PORT2_DATA);
    expect(bytesOf(bench, bytes.length)).toEqual(bytes);
  });

  test("a packet that has begun ends before the next movement", () => {
    const bench = new PortsBench({ port2: "subor-byte-mouse" });
    bench.data.set([9, 4, 0], PORT2_DATA);
    expect(bytesOf(bench, 1)).toEqual(["00000001"]);
    bench.frame();
    bench.data.set([0, 1, 0], PORT2_DATA);
    expect(bytesOf(bench, 3)).toEqual(["00100110", "00010011", "00000100"]);
  });
});

/** Sets fields of the devices in a state to values that are valid, each for itself. */
function scramble(nes: Nes, state: Uint8Array, random: Prng): void {
  const view = new DataView(state.buffer, STATE_HEADER_BYTES);
  for (const { name, offset, elementBytes, count, range } of nes.stateFields.places) {
    if (!name.startsWith("ports.")) continue;
    for (let i = 0; i < count; i++) {
      const inside = range.min + random.below(range.max - range.min + 1);
      const value = [range.min, range.min + 1, range.max, inside][random.below(4)]!;
      const at = offset + i * elementBytes;
      if (elementBytes === 1) view.setUint8(at, value);
      else view.setInt32(at, value, true);
    }
  }
}

test.each([
  ...PORT_DEVICES.map((port2): DeviceSetup => ({ port2 })),
  ...EXPANSION_DEVICES.map((expansion): DeviceSetup => ({ expansion })),
])("%o runs from any state that passes the check", (devices) => {
  const random = new Prng(11);
  const program = new TestProgram();
  const loop = program.here;
  program.store(0x4016, 1).store(0x4016, 0).bytes(0xad, 0x16, 0x40, 0xad, 0x17, 0x40);
  const { image } = readRom(program.bytes(0x4c, loop & 0xff, loop >> 8).toRom(), "reads");
  const nes = createHeadless(image, { devices });
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  for (let run = 0; run < 40; run++) {
    scramble(nes, state, random);
    nes.load(state);
    for (let frame = 0; frame < 2; frame++) nes.runFrame();
  }
  expect(nes.frame).toBeGreaterThan(0);
});
