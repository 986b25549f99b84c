import { describe, expect, test } from "bun:test";
import { EXPANSION_DATA, PORT2_DATA } from "../../../../src/emu/nes/input/devices.ts";
import { PortsBench } from "../../../support/ports-bench.ts";

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
