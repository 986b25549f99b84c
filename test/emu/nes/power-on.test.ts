/** The time from power-on to the first instructions, as described in docs/power-on.md. */
import { describe, expect, test } from "bun:test";
import { InputError } from "../../../src/emu/input-error.ts";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { consoleWith, FRAME_PIXELS, frameHash } from "../../support/machines.ts";
import { SHARED } from "../../support/shared.ts";
import { TestProgram } from "../../support/test-program.ts";

const NOP = 0xea;
const RENDERING = 0x1e;
const LINE_CLOCKS = 341 * 4;
const FRAME_CLOCKS = 262 * LINE_CLOCKS;

function powerOn(program: TestProgram, options: NesOptions = {}): Nes {
  return createHeadless(readRom(program.forever().toRom(), "power-on.nes").image, options);
}

/** A program that turns rendering on after `nops` NOPs: its write falls into cycle 7 + 2 × nops + 5. */
function writesAfter(nops: number): TestProgram {
  return new TestProgram().bytes(...new Array<number>(nops).fill(NOP)).store(0x2001, RENDERING);
}

function maskAfter(nes: Nes, frames: number): number {
  for (let frame = 0; frame < frames; frame++) nes.runFrame(new Uint16Array(FRAME_PIXELS));
  return nes.ppu.state.mask;
}

describe("writes of $2000, $2001, $2005 and $2006", () => {
  test.each([
    ["nes", 0, 0],
    ["nes", 50, 0],
    ["nes", 51, RENDERING],
    ["nes", 5000, RENDERING],
    ["top-loader", 0, RENDERING],
    ["famicom", 0, RENDERING],
    ["av-famicom", 0, RENDERING],
  ] as const)("at power-on of a %s, %i NOPs from the start", (console, nops, mask) => {
    for (const exact of [false, true]) {
      expect(maskAfter(powerOn(writesAfter(nops), { console, exact }), 2)).toBe(mask);
    }
  });

  test("are ignored for 29,658 cycles after an NES's reset button, at any PPU position", () => {
    for (const [cycles, mask] of [
      [2500, 0],
      [29_640, 0],
      [29_676, RENDERING],
    ] as const) {
      const nes = powerOn(writesAfter((cycles - 6) / 2));
      for (const steps of [0, 1, 500]) {
        maskAfter(nes, 3);
        for (let i = 0; i < steps; i++) nes.stepInstruction();
        nes.reset("reset");
        expect(maskAfter(nes, 2)).toBe(mask);
      }
    }
  });

  test("are accepted after the reset button of other consoles", () => {
    for (const console of ["top-loader", "famicom"] as const) {
      const nes = powerOn(writesAfter(0), { console });
      maskAfter(nes, 1);
      nes.reset("reset");
      expect(maskAfter(nes, 1)).toBe(RENDERING);
    }
  });

  test.skipIf(!SHARED)("AccuracyCoin finds the reset flag only on an NES", () => {
    const results = (["nes", "top-loader", "famicom"] as const).map((console) => {
      const nes = consoleWith("accuracycoin/AccuracyCoin.nes", { console });
      maskAfter(nes, 30);
      return nes.peek("cpu", 0x360);
    });
    expect(results).toEqual([1, 6, 6]);
  });
});

/** Line and dot at the start of the first instruction, after the seven cycles of the reset sequence. */
function positionAtStart(options: NesOptions): [line: number, dot: number] {
  const nes = powerOn(new TestProgram(), options);
  nes.catchUp();
  const { line = 0, dot = 0 } = nes.registers();
  return [line, dot];
}

/** CPU cycles until `peek` of $2002 shows vertical blank, in whole instructions. */
function firstVblankCycle(options: NesOptions): number {
  return cyclesToVblank(powerOn(new TestProgram(), options));
}

function cyclesToVblank(nes: Nes): number {
  const start = nes.totalCycles - 7;
  do {
    nes.stepInstruction();
    nes.catchUp();
  } while ((nes.peek("cpu", 0x2002) & 0x80) === 0);
  return nes.totalCycles - start;
}

describe("the PPU's position when the CPU starts", () => {
  test.each([
    [3, [0, 21]],
    [0, [0, 21]],
    [-1, [0, 22]],
    [-25, [0, 28]],
    [3 - 100 * LINE_CLOCKS, [100, 21]],
    [3 - 250 * LINE_CLOCKS, [250, 21]],
    [3 - (FRAME_CLOCKS - LINE_CLOCKS), [261, 21]],
    [-FRAME_CLOCKS, [0, 21]],
  ] as const)("at alignment %i", (alignment, position) => {
    for (const exact of [false, true]) expect(positionAtStart({ alignment, exact })).toEqual([...position]);
  });

  test("determines when the first vertical blank comes", () => {
    const usual = firstVblankCycle({});
    // blargg counted 27,384 cycles from the first instruction, which is the eighth cycle; this loop has a
    // resolution of three.
    expect(Math.abs(usual - 7 - 27_384)).toBeLessThan(6);
    const ahead = firstVblankCycle({ alignment: 3 - 100 * LINE_CLOCKS });
    expect(Math.abs(usual - ahead - (100 * 341) / 3)).toBeLessThan(4);
    const inBlank = firstVblankCycle({ alignment: 3 - 250 * LINE_CLOCKS });
    expect(inBlank).toBeLessThan(12);
  });

  test("is the top of the picture again after an NES's reset button", () => {
    const nes = powerOn(new TestProgram().bytes(0x2c, 0x02, 0x20)); // BIT $2002 clears the flag
    for (const steps of [0, 100, 5000]) {
      for (let i = 0; i < steps; i++) nes.stepInstruction();
      nes.reset("reset");
      nes.catchUp();
      expect(nes.registers()).toMatchObject({ line: 0, dot: 21 });
      // The loop has a resolution of one jump.
      expect(Math.abs(cyclesToVblank(nes) - firstVblankCycle({}))).toBeLessThan(4);
    }
  });

  test.each([
    [3, 27_397],
    [3 - 100 * LINE_CLOCKS, 27_397 - (100 * 341) / 3],
    [3 - 240 * LINE_CLOCKS, 27_397 - (240 * 341) / 3],
    // The CPU starts in vertical blank, so the frame ends at the next one.
    [3 - 250 * LINE_CLOCKS, 27_397 + (12 * 341) / 3],
  ])("at alignment %i, shortens the first frame to about %d cycles", (alignment, cycles) => {
    const nes = powerOn(new TestProgram(), { alignment });
    maskAfter(nes, 1);
    expect(Math.abs(nes.totalCycles - cycles)).toBeLessThan(6);
  });

  test.each([
    ["ntsc", -1361, true],
    ["ntsc", -1360, false],
    ["pal", -1701, true],
    ["pal", -1700, false],
    ["dendy", -1701, true],
    ["dendy", -1700, false],
  ] as const)(
    "on %s, %i clocks: the registers are free when the CPU starts: %p",
    (region, alignment, isOver) => {
      expect(powerOn(new TestProgram(), { region, alignment }).ppu.state.warmingUp === 0).toBe(isOver);
    },
  );

  test("the registers accept writes if the PPU is ahead by more than a line", () => {
    expect(maskAfter(powerOn(writesAfter(0), { alignment: 3 - 2 * LINE_CLOCKS }), 2)).toBe(RENDERING);
    expect(maskAfter(powerOn(writesAfter(0), { alignment: -25 }), 2)).toBe(0);
  });

  test("is a whole number in its range", () => {
    for (const alignment of [4, -357_369, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => powerOn(new TestProgram(), { alignment })).toThrow(InputError);
    }
  });

  test("is part of a state at any position", () => {
    for (const alignment of [-25, 3 - 100 * LINE_CLOCKS, 3 - 239 * LINE_CLOCKS, 3 - 250 * LINE_CLOCKS]) {
      const [one, other] = [0, 1].map(() => powerOn(writesAfter(300), { alignment }));
      const state = new Uint8Array(one!.stateBytes);
      one!.save(state);
      maskAfter(other!, 3);
      other!.load(state);
      for (let frame = 0; frame < 3; frame++) {
        const pictures = [one!, other!].map((nes) => {
          const pixels = new Uint16Array(FRAME_PIXELS).fill(0xffff);
          nes.runFrame(pixels);
          return pixels;
        });
        expect(frameHash(pictures[0]!)).toBe(frameHash(pictures[1]!));
      }
    }
  });
});
