import { expect, test } from "bun:test";
import { KIB } from "../../../../../src/emu/units.ts";
import { readRom } from "../../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { TestProgram } from "../../../../support/test-program.ts";

/** A cartridge of 128 KiB with this program in its last bank, which mapper 188 shows at $C000. */
function cartridge(program: TestProgram): Uint8Array {
  const code = program.toRom().subarray(16);
  const rom = new Uint8Array(16 + 128 * KIB);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 8, 0, 0xc0, 0xb0]);
  rom.set(code, rom.length - code.length);
  return rom;
}

test("the program reads the microphone's buttons and its sound", () => {
  const program = new TestProgram();
  const loop = program.here;
  program.bytes(0xad, 0x00, 0x60, 0x85, 0x10, 0x4c, loop & 0xff, loop >> 8); // LDA $6000, STA $10, JMP
  const nes = createHeadless(readRom(cartridge(program), "karaoke.nes").image);
  let buttons = 0;
  nes.setInput({ latchButtons: () => buttons });
  const reads = [0, 0x01_0000, 0x02_0000, 0x08_0000, 0x0b_0000, 0xff].map((held) => {
    buttons = held;
    nes.runFrame();
    nes.runFrame();
    return nes.peek("cpu", 0x10) & 7;
  });
  expect(reads).toEqual([3, 2, 1, 7, 4, 3]);
});

test.each([
  [515, [0x8d, 0x02, 0xc0], [0xad, 0x03, 0x60, 0xad, 0x03, 0x60], 0x80],
  [517, [0x8d, 0x00, 0x80], [0xad, 0x01, 0x60], 1],
])("the program hears sound on mapper %d", (mapper, convert, read, mask) => {
  const program = new TestProgram();
  const loop = program.here;
  program.bytes(...convert, ...read, 0x85, 0x10, 0x4c, loop & 0xff, loop >> 8); // convert, read, STA $10
  const rom = cartridge(program);
  rom.set([(mapper << 4) & 0xf0, (mapper & 0xf0) | 8, mapper >> 8, 0, 0, 7], 6);
  const nes = createHeadless(readRom(rom, "karaoke.nes").image);
  let buttons = 0;
  nes.setInput({ latchButtons: () => buttons });
  const heard = [0, 0x08_0000, 0].map((held) => {
    buttons = held;
    nes.runFrame();
    nes.runFrame();
    return nes.peek("cpu", 0x10) & mask;
  });
  const silence = mapper === 515 ? 0 : 1;
  expect(heard).toEqual([silence, mask - silence, silence]);
});
