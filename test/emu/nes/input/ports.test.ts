import { describe, expect, test } from "bun:test";
import { PortsBench } from "../../../support/ports-bench.ts";

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
