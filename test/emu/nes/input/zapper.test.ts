import { describe, expect, test } from "bun:test";
import { EXPANSION_DATA, PORT2_DATA } from "../../../../src/emu/nes/input/devices.ts";
import { DARK, PortsBench } from "../../../support/ports-bench.ts";

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
