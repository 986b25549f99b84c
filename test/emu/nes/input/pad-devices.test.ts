import { describe, expect, test } from "bun:test";
import { EXPANSION_DATA } from "../../../../src/emu/nes/input/devices.ts";
import { DARK, PortsBench } from "../../../support/ports-bench.ts";

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
