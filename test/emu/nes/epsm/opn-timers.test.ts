import { describe, expect, test } from "bun:test";
import { NEVER } from "../../../../src/emu/nes/interrupts.ts";
import type { Nes, NesOptions } from "../../../../src/emu/nes/nes.ts";
import { cpuClockHz, REGIONS } from "../../../../src/emu/nes/region.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { testImage } from "../../../support/board-harness.ts";
import { boardProgram } from "../cartridge/boards/board-program.ts";
import { direct, Module, type Pairs, run } from "./epsm-bench.ts";

describe("the timers", () => {
  const periodA = (value: number): Pairs => [
    [0x24, value >> 2],
    [0x25, value & 3],
  ];

  // 144 clocks of 8 MHz for a count of A, 2304 for one of B.
  test.each(["ntsc", "pal", "dendy"] as const)("their periods do not depend on the region: %s", (name) => {
    for (const [writes, clocks] of [
      [[...periodA(0), [0x27, 0x05]], 1024 * 144],
      [[...periodA(1023), [0x27, 0x05]], 144],
      [[...periodA(3), [0x27, 0x05]], 1021 * 144],
      [
        [
          [0x26, 0],
          [0x27, 0x0a],
        ],
        256 * 2304,
      ],
      [
        [
          [0x26, 255],
          [0x27, 0x0a],
        ],
        2304,
      ],
      [[[0x26, 250], ...periodA(1000), [0x27, 0x0f]], 24 * 144],
    ] as const) {
      const module = new Module(REGIONS[name]).write(...writes);
      const first = module.secondsToIrq();
      const seconds = clocks / 8_000_000;
      expect(Math.abs(first - seconds)).toBeLessThan(1e-6);
      // The flag is reset, the timer runs on.
      const control = writes.at(-1)![1];
      module.write([0x27, control | 0x30]);
      expect(module.isIrqLow).toBe(false);
      expect(Math.abs(module.secondsToIrq() - seconds)).toBeLessThan(1e-6);
    }
  });

  test.each<[string, Pairs]>([
    ["a timer that does not run", [[0x27, 0x0c]]],
    ["a flag that is not enabled", [[0x27, 0x03]]],
    [
      "an interrupt that is not enabled in $29",
      [
        [0x29, 0x80],
        [0x27, 0x0f],
      ],
    ],
    ["the other timer's flag", [[0x27, 0x06]]],
    [
      "a stopped timer",
      [
        [0x27, 0x0f],
        [0x27, 0x0c],
      ],
    ],
  ])("%s makes no interrupt", (_, writes) => {
    const module = new Module().write([0x26, 255], ...periodA(1000), ...writes);
    expect(module.epsm.nextEventCycle).toBe(NEVER);
    module.run(100_000);
    expect(module.isIrqLow).toBe(false);
  });

  test("the line follows $29 while the flag is set", () => {
    const module = new Module().write([0x29, 0x80], ...periodA(1023), [0x27, 0x05]);
    module.run(1000);
    expect(module.isIrqLow).toBe(false);
    expect(module.write([0x29, 0x81]).isIrqLow).toBe(true);
    expect(module.write([0x29, 0x82]).isIrqLow).toBe(false);
  });

  test("writing $27 again does not begin the period again", () => {
    const module = new Module().write(...periodA(0), [0x27, 0x05]);
    module.run(20_000);
    const rest = (1024 * 144) / 8_000_000 - 20_000 / cpuClockHz(REGIONS.ntsc);
    expect(Math.abs(module.write([0x27, 0x05]).secondsToIrq() - rest)).toBeLessThan(1e-6);
  });

  test("interrupt a program, at the same cycle in the exact machine and after a state", () => {
    const writes = direct([...periodA(0), [0x27, 0x05]]);
    const acknowledge = direct([[0x27, 0x15]]);
    const machine = (options: NesOptions = {}): Nes => {
      const image = { ...testImage({ mapper: 0, chrRamKib: 8 }), console: "epsm" as const };
      return createHeadless({ ...image, prgRom: boardProgram({ setUp: writes, acknowledge }) }, options);
    };
    const fast = machine();
    const exact = machine({ exact: true });
    run(fast, 20);
    run(exact, 20);
    // 20 frames are 333 ms, a period is 18.4.
    expect(fast.peek("cpu", 0x00)).toBeWithin(16, 19);
    const [one, two] = [fast, exact].map((nes) => {
      const state = new Uint8Array(nes.stateBytes);
      nes.save(state);
      return state;
    });
    expect(Buffer.from(one!).equals(two!)).toBe(true);
    const other = machine();
    other.load(one!);
    run(other, 20);
    run(fast, 20);
    expect(other.peek("cpu", 0x00)).toBe(fast.peek("cpu", 0x00));
  });
});
