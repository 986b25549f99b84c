import { describe, expect, test } from "bun:test";
import { parseCheat, splitCheats } from "../../../src/emu/nes/cheat-codes.ts";
import { loadBuiltInGame, readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { buildRom } from "../../support/rom-builder.ts";

describe("parseCheat", () => {
  test.each([
    ["SXIOPO", { address: 0x91d9, value: 0xad }],
    ["sxiopo ", { address: 0x91d9, value: 0xad }],
    ["ZEXPYGLA", { address: 0x94a7, value: 0x02, compare: 0x03 }],
    ["75:9", { address: 0x75, value: 9 }],
    ["91D9?01:ad", { address: 0x91d9, value: 0xad, compare: 1 }],
    ["$91d9 ? $01 : $AD", { address: 0x91d9, value: 0xad, compare: 1 }],
    ["0x0075=0x09", { address: 0x75, value: 9 }],
    ["sxi opo", { address: 0x91d9, value: 0xad }],
    ["ZEXP-YGLA", { address: 0x94a7, value: 0x02, compare: 0x03 }],
    ["00007509", { address: 0x75, value: 9 }],
    ["0000 75 09", { address: 0x75, value: 9 }],
    ["0075 09", { address: 0x75, value: 9 }],
    ["0075-09", { address: 0x75, value: 9 }],
    ["007509", { address: 0x75, value: 9 }],
    ["AEAEAE", { address: 0x8088, value: 0x08 }],
  ])("reads %s", (code, cheat) => {
    expect(parseCheat(code)).toEqual(cheat);
  });

  test.each(["", "SXIOP", "SXIOPB", "10000:1", "12:345", "SXIOPOA", "01007509", "0x", "-"])(
    "rejects %p",
    (code) => {
      expect(inputErrorOf(() => parseCheat(code)).kind).toBe("data");
    },
  );
});

test.each([
  ["SXIOPO;0075:09", ["SXIOPO", "0075:09"]],
  ["SXIOPO+75:9,PAPAPA;", ["SXIOPO", "75:9", "PAPAPA"]],
  ["S0075:09:Lives, all; of them", ["0075:09"]],
  ["S:0075:09", ["0075:09"]],
  ["sc:91d9:ad:01:Jump", ["91d9?01:ad"]],
  ["S0075:09;SC91D9:AD:01; SXIOPO", ["0075:09", "91D9?01:AD", " SXIOPO"]],
])("the codes of %s", (text, codes) => {
  expect(splitCheats(text)).toEqual(codes);
  for (const code of codes) parseCheat(code);
});

test.each(["", ";", "SXIOPO;;75:9", "S:75", "SC:0075", "S::"])("%p has something that is no code", (text) => {
  expect(inputErrorOf(() => splitCheats(text).map(parseCheat)).kind).toBe("data");
});

test.each([
  ["SXIBPO", "the Game Genie has no B: its letters are APZLGITYEOXUKSVN"],
  ["SXIOPOA", "a Game Genie code has 6 or 8 letters, this has 7"],
  ["hello there", "six or eight of the Game Genie's letters, or ADDRESS:VALUE in hexadecimal"],
])("the remedy for %s says what is wrong", (code, remedy) => {
  expect(inputErrorOf(() => parseCheat(code)).remedy).toBe(remedy);
});

describe("cheats", () => {
  /** UxROM: 8 banks at $8000, the last one fixed at $C000. Every byte of PRG ROM is known. */
  const rom = readRom(buildRom({ mapper: 2, prgUnits: 8, chrUnits: 0 }), "test.nes").image;
  const prgByte = (bank: number, address: number) => rom.prgRom[bank * 0x4000 + (address & 0x3fff)];

  test("replace ROM bytes in every bank with the compared byte", () => {
    const machine = createHeadless(rom);
    const value = (prgByte(0, 0x9234) ^ 0xff) & 0xff;
    machine.addCheat(0x9234, value, prgByte(3, 0x9234));
    machine.addCheat(0xc123, 0x42, -1);
    for (let bank = 0; bank < 7; bank++) {
      machine.board.writeRegister(0x8000, bank, 0);
      const original = prgByte(bank, 0x9234);
      expect(machine.peek("cpu", 0x9234)).toBe(original === prgByte(3, 0x9234) ? value : original);
      expect(machine.peek("cpu", 0x9235)).toBe(prgByte(bank, 0x9235));
      expect(machine.peek("cpu", 0xc123)).toBe(0x42);
    }
    machine.clearCheats();
    expect(machine.peek("cpu", 0x9234)).toBe(prgByte(6, 0x9234));
    expect(machine.peek("cpu", 0xc123)).toBe(prgByte(7, 0xc123));
  });

  test("stay when a state is loaded, and are not part of it", () => {
    const machine = createHeadless(rom);
    const before = new Uint8Array(machine.stateBytes);
    machine.save(before);
    machine.addCheat(0xc123, 0x42, -1);
    const after = new Uint8Array(machine.stateBytes);
    machine.save(after);
    expect(after).toEqual(before);
    machine.load(before);
    expect(machine.peek("cpu", 0xc123)).toBe(0x42);
  });

  test("hold bytes of RAM", async () => {
    const machine = createHeadless((await loadBuiltInGame()).image);
    const pixels = new Uint16Array(256 * 240);
    // Games clear their RAM at the start.
    for (let frame = 0; frame < 20; frame++) machine.runFrame(pixels);
    machine.addCheat(0x07f0, 0x99, -1);
    machine.addCheat(0x07f1, 0x11, 0x77);
    machine.runFrame(pixels);
    expect(machine.peek("cpu", 0x07f0)).toBe(0x99);
    expect(machine.peek("cpu", 0x07f1)).not.toBe(0x11);
    machine.poke("cpu", 0x07f1, 0x77);
    machine.runFrame(pixels);
    expect(machine.peek("cpu", 0x07f1)).toBe(0x11);
  });
});
