import { describe, expect, test } from "bun:test";
import { EXPANSION_DATA } from "../../../../src/emu/nes/input/devices.ts";
import { PortsBench } from "../../../support/ports-bench.ts";

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

test("the Konami Hyper Shot's buttons are not latched by a strobe", () => {
  const bench = new PortsBench({ expansion: "konami-hyper-shot" });
  const read = () => bench.read(1) & 0x1e;
  bench.buttons = 0x02_01;
  expect(read()).toBe(0b1_0010);
  bench.frame();
  bench.buttons = 0x01_00;
  expect(read()).toBe(0b0_1000);
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

// The games show a pen that reports (x, y) at pixel (x × 256 / 240 - 8, y × 240 / 256 + 14).
test.each([
  ["in the middle", [120, 134, 3], [120, 128, 3]],
  ["in the corners that the games can show", [0, 14, 2], [7, 0, 2]],
  ["above them", [0, 0, 2], [7, 0, 2]],
  ["at the right and the bottom", [255, 239, 2], [246, 240, 2]],
  ["away from the tablet", [0, 0, 0], [7, 0, 0]],
])("Oeka Kids tablet: 18 bits by the clock of OUT1, %s", (_place, data, [x, y, flags]) => {
  const bench = new PortsBench({ expansion: "oeka-kids-tablet" });
  bench.data.set(data, EXPANSION_DATA);
  bench.write(0);
  bench.write(1);
  expect(bench.read(1) & 0x0c).toBe(0x04);
  let report = 0;
  for (let bit = 0; bit < 18; bit++) {
    bench.write(3);
    report = (report << 1) | ((bench.read(1) & 0x08) === 0 ? 1 : 0);
    bench.write(1);
  }
  expect([report >> 10, (report >> 2) & 0xff, report & 3]).toEqual([x!, y!, flags!]);
});
