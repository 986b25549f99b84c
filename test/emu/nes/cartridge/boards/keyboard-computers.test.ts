import { expect, test } from "bun:test";
import { FIRST_UNNUMBERED } from "../../../../../src/emu/nes/cartridge/descriptor.ts";
import type { CartridgeImage } from "../../../../../src/emu/nes/cartridge/image.ts";
import { EXPANSION_DATA } from "../../../../../src/emu/nes/input/devices.ts";
import { SUBOR_KEYS } from "../../../../../src/emu/nes/input/keyboard.ts";
import { IRQ_BOARD } from "../../../../../src/emu/nes/interrupts.ts";
import type { Nes } from "../../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { TestProgram } from "../../../../support/test-program.ts";

const LDA = 0xad;
const STA_ZERO_PAGE = 0x85;
const JMP = 0x4c;

/** A machine whose program stores the bytes at `addresses` at $10, $11 …, over and over. */
function machine(mapper: number, addresses: readonly number[], program = new TestProgram()): Nes {
  const loop = program.here;
  for (const [at, address] of addresses.entries())
    program.bytes(LDA, address & 0xff, address >> 8, STA_ZERO_PAGE, 0x10 + at);
  program.bytes(JMP, loop & 0xff, loop >> 8);
  const { image } = readRom(program.toRom(), "program.nes");
  const facts: Partial<CartridgeImage> = { mapper, chrRamBytes: 8192, expansionDevice: 0 };
  return createHeadless({ ...image, ...facts });
}

/** Holds keys for two frames. */
function hold(nes: Nes, ...keys: string[]): void {
  nes.setInput({
    latchButtons: () => 0,
    latchDevices(data) {
      data.fill(0);
      for (const key of keys) {
        const row = SUBOR_KEYS.findIndex((names) => names.includes(key));
        data[EXPANSION_DATA + row] |= 1 << SUBOR_KEYS[row]!.indexOf(key);
      }
    },
  });
  nes.runFrame();
  nes.runFrame();
}

test.each([365, 531])("mapper %i reads a row of its keyboard", (mapper) => {
  const nes = machine(mapper, [0x4906], new TestProgram().store(0x4904, 5));
  const seen = [[], ["Q"], ["CTRL", "ESC"], ["W"]].map((keys) => {
    hold(nes, ...keys);
    return nes.peek("cpu", 0x10);
  });
  expect(seen).toEqual([0xff, 0xfe, 0x6f, 0xff]);
});

test("a row that the keyboard does not have has no keys", () => {
  const nes = machine(365, [0x4906], new TestProgram().store(0x4904, 200));
  hold(nes, "Q");
  expect(nes.peek("cpu", 0x10)).toBe(0xff);
});

test("the Transformer gets the scan codes of a key and of its release", () => {
  const nes = machine(FIRST_UNNUMBERED + 4, [0x5000, 0x5001, 0x5002]);
  const seen = [["A"], [], ["F12"], ["F12", "SPACE"], ["F12"]].map((keys) => {
    hold(nes, ...keys);
    return (nes.peek("cpu", 0x11) << 4) | nes.peek("cpu", 0x10);
  });
  expect(seen).toEqual([0x1e, 0x9e, 0x58, 0x39, 0xb9]);
});

test("the Transformer asserts IRQ until the code is read", () => {
  const nes = machine(FIRST_UNNUMBERED + 4, [0x5000]);
  hold(nes);
  expect(nes.cpu.lines.irqSources & IRQ_BOARD).toBe(0);
  hold(nes, "A");
  expect(nes.cpu.lines.irqSources & IRQ_BOARD).toBe(IRQ_BOARD);
  hold(nes, "B");
  expect(nes.peek("cpu", 0x10)).toBe(0x0e);
});

test("a coin closes the contact of Super Game Mega for some frames, and switches are read", () => {
  const nes = machine(124, [0x4f0f]);
  nes.coins!.dips = 0x12;
  const seen: number[] = [];
  const runFrames = (): void => {
    for (let frame = 0; frame < 12; frame++) {
      nes.runFrame();
      seen.push(nes.peek("cpu", 0x10));
    }
  };
  runFrames();
  expect(new Set(seen)).toEqual(new Set([0x12]));
  nes.coins!.insertCoin(0);
  nes.coins!.pressService();
  runFrames();
  expect(seen.slice(12).filter((value) => value === 0x92)).toHaveLength(6);
  expect(() => nes.coins!.insertCoin(1)).toThrow("there is no coin slot 1");
});
