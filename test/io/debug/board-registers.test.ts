import { describe, expect, test } from "bun:test";
import { InputError } from "../../../src/emu/input-error.ts";
import { REGISTER_BYTES } from "../../../src/emu/nes/cartridge/board.ts";
import { BOARDS } from "../../../src/emu/nes/cartridge/boards/index.ts";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { namedBoardRegisters } from "../../../src/io/debug/board-registers.ts";
import { runCommand } from "../../../src/io/debug/commands.ts";
import { DebugSession } from "../../../src/io/debug/session.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { parseMlb } from "../../../src/io/symbols/mlb.ts";
import { Symbols } from "../../../src/io/symbols/symbols.ts";
import { type TestCartridge, testImage } from "../../support/board-harness.ts";

type Write = readonly [address: number, value: number];

/** A machine whose board has got these writes. */
function machine(cartridge: TestCartridge, writes: readonly Write[] = []): Nes {
  const nes = createHeadless(testImage(cartridge));
  for (const [address, value] of writes) nes.cpu.write(address, value);
  return nes;
}

/** Writes five bits to a register of MMC1. The accesses are not in consecutive cycles. */
function serial(address: number, value: number): Write[] {
  return [0, 1, 2, 3, 4].flatMap((bit): Write[] => [
    [address, (value >> bit) & 1],
    [0x10, 0],
  ]);
}

const PRG = 256;

describe("the registers of a board have the names of its documentation", () => {
  test.each<
    [name: string, cartridge: TestCartridge, writes: readonly Write[], values: Record<string, number>]
  >([
    [
      "MMC1",
      { mapper: 1, prgKib: PRG, chrKib: 128 },
      [
        ...serial(0x8000, 0x13),
        ...serial(0xa000, 5),
        ...serial(0xc000, 9),
        ...serial(0xe000, 3),
        [0x8000, 1],
      ],
      { control: 0x13, chr0: 5, chr1: 9, prg: 3, shift: 1, shiftCount: 1 },
    ],
    [
      "MMC3",
      { mapper: 4, prgKib: PRG, chrKib: 128 },
      [
        [0x8000, 0x46],
        [0x8001, 7],
        [0xc000, 20],
        [0xe001, 0],
        [0xa000, 1],
      ],
      { bankSelect: 0x46, r6: 7, irqLatch: 20, irqEnabled: 1, mirroring: 1 },
    ],
    ["a clone of MMC3", { mapper: 12, prgKib: PRG, chrKib: 128 }, [[0xc000, 9]], { irqLatch: 9 }],
    ["UxROM", { mapper: 2, prgKib: PRG }, [[0xc123, 5]], { data: 5, address: 0xc123 }],
    [
      "MMC5",
      { mapper: 5, prgKib: PRG, chrKib: 128 },
      [
        [0x5100, 2],
        [0x5117, 0x8f],
        [0x5203, 100],
        [0x5204, 0x80],
        [0x5205, 3],
      ],
      { prgMode: 2, prg7: 0x8f, irqCompare: 100, irqEnabled: 1, factor1: 3 },
    ],
    [
      "FME-7",
      { mapper: 69, prgKib: PRG, chrKib: 128 },
      [
        [0x8000, 9],
        [0xa000, 12],
        [0x8000, 0xe],
        [0xa000, 0x34],
      ],
      { prg1: 12, command: 0xe, irqCounter: 0x34 },
    ],
    [
      "VRC4",
      { mapper: 21, prgKib: PRG, chrKib: 128 },
      [
        [0x8000, 3],
        [0xf000, 5],
      ],
      { prg0: 3, irqLatch: 5 },
    ],
    ["MMC2", { mapper: 9, prgKib: 128, chrKib: 128 }, [[0xa000, 6]], { prg: 6 }],
  ])("%s", (_, cartridge, writes, values) => {
    const registers = namedBoardRegisters(machine(cartridge, writes));
    const found = Object.fromEntries(registers.map(({ name, get }) => [name, get()]));
    expect(found).toMatchObject(values);
  });

  test("all boards: no name twice, no byte outside of the registers, and every value can be set again", () => {
    const wrong: string[] = [];
    let named = 0;
    for (const { mapper, submappers = [0] } of BOARDS) {
      const submapper = submappers[0]!;
      let nes: Nes;
      try {
        nes = machine({ mapper, submapper, prgKib: PRG, chrKib: 128 });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        continue; // music and disks have images of their own
      }
      const registers = namedBoardRegisters(nes);
      if (registers.length > 0) named++;
      if (new Set(registers.map(({ name }) => name)).size < registers.length) wrong.push(`${mapper}: twice`);
      nes.catchUp();
      const before = nes.boardRegisters.slice();
      for (const { name, bits, get, set } of registers) {
        const value = get();
        set(value);
        if (get() !== value || (bits < 32 && (value < 0 || value >= 2 ** bits)))
          wrong.push(`${mapper}: ${name} is ${value}`);
      }
      expect(nes.boardRegisters).toEqual(before);
    }
    expect(wrong).toEqual([]);
    expect(named).toBeGreaterThan(150);
    expect(REGISTER_BYTES).toBe(256);
  });
});

describe("in the debugger", () => {
  const image = testImage({ mapper: 1, prgKib: PRG, chrKib: 128 });
  const rom = { image, fileName: "game.nes", path: "game.nes", fileSha1: "", patches: [], files: [] };
  const session = new DebugSession({ rom: rom as never, symbols: new Symbols(parseMlb("")) });

  test("expressions know them, and an assignment maps the banks", () => {
    expect(session.evaluate("board.control == $0C && board.prg.8000 == 0")).toBe(1);
    session.evaluate("board.prg = 3");
    expect(session.evaluate("board.prg.8000")).toBe(6);
    expect(session.evaluate("board.prg = $3F")).toBe(0x1f);
  });

  test("a value that the register cannot have is rejected and changes nothing", () => {
    expect(() => session.evaluate("board.shiftCount = 7")).toThrow(
      "board.shiftCount is 7, which is not 0 to 4",
    );
    expect(session.evaluate("board.shiftCount")).toBe(0);
  });

  test("the command lists them", async () => {
    const { text } = (await runCommand(session, "registers board"))!;
    expect(text).toContain("board.control");
    expect(text).not.toContain("board.r0");
    await expect(runCommand(session, "registers bord")).rejects.toThrow("usage: registers [cpu|");
  });
});
