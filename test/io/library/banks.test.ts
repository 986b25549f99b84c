import { describe, expect, test } from "bun:test";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { Coverage, type Game, powerOn } from "../../../src/io/library/index.ts";
import { parseMlb } from "../../../src/io/symbols/mlb.ts";
import { parseNl } from "../../../src/io/symbols/nl.ts";
import { type SymbolData, Symbols } from "../../../src/io/symbols/symbols.ts";
import { inputErrorOf } from "../../support/input-errors.ts";

const BANK = 0x4000;

/**
 * UxROM with two banks at $8000 and a fixed one. Each bank has a routine at $8000 that writes its number to
 * $10; the fixed bank calls them in turn, in an endless loop.
 */
function banked(): Uint8Array {
  const rom = new Uint8Array(16 + 3 * BANK);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 3, 0, 0x20, 0]);
  for (const bank of [0, 1]) rom.set([0xa9, bank + 1, 0x85, 0x10, 0x60], 16 + bank * BANK);
  const select = (bank: number): number[] => [0xa9, bank, 0x8d, bank, 0xc1];
  // $C100 holds 0, $C101 holds 1: writes there equal the ROM byte, so there is no bus conflict.
  const code = [
    0x78,
    0xa2,
    0xff,
    0x9a,
    ...select(0),
    0x20,
    0,
    0x80,
    ...select(1),
    0x20,
    0,
    0x80,
    0x4c,
    4,
    0xc0,
  ];
  rom.set(code, 16 + 2 * BANK);
  rom.set([0, 1], 16 + 2 * BANK + 0x100);
  rom.set([0, 0xc0, 0, 0xc0, 0, 0xc0], 16 + 2 * BANK + 0x3ffa);
  return rom;
}

function gameWith(data: SymbolData, coverage?: Coverage): Game {
  const cartridge = { rom: readRom(banked(), "banked.nes"), symbols: new Symbols(data) };
  return powerOn(cartridge, coverage === undefined ? {} : { coverage });
}

const none = { files: [], lines: [], routines: [] };
const merged = (...parts: SymbolData[]): SymbolData => ({
  ...none,
  symbols: parts.flatMap((part) => part.symbols),
});

describe.each([
  ["labels of Mesen", parseMlb("P:0:in_bank_0\nP:4000:in_bank_1\nP:8000:fixed\n")],
  [
    "name lists of FCEUX",
    merged(parseNl("$8000#in_bank_0#", 0), parseNl("$8000#in_bank_1#", 1), parseNl("$C000#fixed#", 2)),
  ],
])("names in banks, by %s", (_, data) => {
  test("breakpoints and times apply to the bank, not the address", () => {
    const nes = gameWith(data);
    const values: number[] = [];
    nes.onExecute("in_bank_1", () => values.push(nes.peek(0x10)));
    const times = nes.time("in_bank_0");
    nes.frames(1);
    expect(values.length).toBeGreaterThan(100);
    expect(new Set(values)).toEqual(new Set([1]));
    expect(new Set(times.runs.map((run) => run.cycles))).toEqual(new Set([2 + 3 + 6]));
  });

  test("places are named by the mapped bank", () => {
    const nes = gameWith(data);
    nes.runTo("in_bank_1");
    expect(nes.place).toStartWith("$8000 in_bank_1, frame 0");
    nes.runTo("in_bank_0");
    expect(nes.place).toStartWith("$8000 in_bank_0, frame 0");
    expect(nes.symbol("fixed")).toBe(0xc000);
  });
});

test("a name whose address depends on its bank needs that bank", () => {
  const nes = gameWith(parseMlb("P:0:in_bank_0\nP:4000:in_bank_1\n"));
  nes.runTo("in_bank_0");
  expect(nes.symbol("in_bank_0")).toBe(0x8000);
  expect(inputErrorOf(() => nes.symbol("in_bank_1")).message).toBe(
    "in_bank_1 is in a bank that is not mapped now",
  );
});

test("coverage distinguishes banks", () => {
  const coverage = new Coverage();
  gameWith(merged(), coverage).frames(1);
  expect(coverage.report().files).toEqual([]);
});
