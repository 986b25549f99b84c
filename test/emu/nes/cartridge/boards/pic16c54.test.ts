import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  PIC_ROM_BYTES,
  PIC_STATE_BYTES,
  Pic16c54,
} from "../../../../../src/emu/nes/cartridge/boards/parts/pic16c54.ts";
import type { NesOptions } from "../../../../../src/emu/nes/nes.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { testImage } from "../../../../support/board-harness.ts";

/** Program memory with words from address 0 on. The reset vector, the last word, goes there. */
function romOf(words: readonly number[]): Uint8Array {
  const rom = new Uint8Array(PIC_ROM_BYTES);
  for (const [at, word] of words.entries()) rom.set([word & 0xff, word >> 8], at * 2);
  rom.set([0x00, 0x0a], PIC_ROM_BYTES - 2);
  return rom;
}

/** Runs a program for some cycles after its start. `state[f]` is register f, `state[32]` W. */
function run(words: readonly number[], cycles: number, pinsB = 0): Uint8Array {
  const state = new Uint8Array(PIC_STATE_BYTES);
  const pic = new Pic16c54(state, romOf(words));
  pic.reset();
  for (let cycle = 0; cycle < 2 + cycles; cycle++) pic.runCycle(0, pinsB);
  return state;
}

const W = 32;
const FLAGS = 7; // Z DC C
const lit = (value: number) => 0xc00 | value; // MOVLW
const put = (register: number) => 0x020 | register; // MOVWF

/** Register 8 is `a`, W is `b`, and the carry is `c`; then the operation on register 8. */
function operate(operation: number, a: number, b: number, c: number): Uint8Array {
  return run([lit(a), put(8), c === 1 ? 0x503 : 0x403, lit(b), operation], 5);
}

describe("PIC16C54", () => {
  test.each<[string, number, number, number, number, number, number]>([
    ["ADDWF f", 0x1e8, 0x98, 0x79, 0, 0x11, 3],
    ["ADDWF to 0", 0x1e8, 0x80, 0x80, 0, 0x00, 5],
    ["SUBWF without a borrow", 0x0a8, 0x51, 0x21, 0, 0x30, 3],
    ["SUBWF with a borrow", 0x0a8, 0x10, 0x21, 1, 0xef, 0],
    ["SUBWF to 0", 0x0a8, 0x10, 0x10, 0, 0, 7],
    ["ANDWF", 0x168, 0x3c, 0x0f, 1, 0x0c, 1],
    ["IORWF", 0x128, 0x30, 0x0f, 0, 0x3f, 0],
    ["XORWF", 0x1a8, 0x55, 0x55, 0, 0x00, 4],
    ["COMF", 0x268, 0xff, 0, 0, 0x00, 4],
    ["DECF", 0x0e8, 0, 0, 0, 0xff, 0],
    ["INCF", 0x2a8, 0xff, 0, 0, 0x00, 4],
    ["RLF", 0x368, 0x81, 0, 0, 0x02, 1],
    ["RRF", 0x328, 0x02, 0, 1, 0x81, 0],
    ["SWAPF", 0x3a8, 0x1e, 0, 0, 0xe1, 0],
    ["MOVF", 0x228, 0, 1, 0, 0x00, 4],
    ["CLRF", 0x068, 0x12, 0, 0, 0x00, 4],
    ["BSF", 0x568, 0x01, 0, 0, 0x09, 0],
    ["BCF", 0x468, 0xff, 0, 0, 0xf7, 0],
  ])("%s", (_name, operation, a, b, c, result, flags) => {
    const state = operate(operation, a, b, c);
    expect([state[8], state[3]! & FLAGS]).toEqual([result, flags]);
  });

  test("with bit 5 clear, the result goes to W", () => {
    const state = operate(0x1c8, 2, 3, 0);
    expect([state[8], state[W]]).toEqual([2, 5]);
  });

  test.each<[string, readonly number[], number, number]>([
    ["GOTO takes two cycles", [0xa02, lit(1), lit(2)], 3, 2],
    ["CALL and RETLW", [0x903, put(8), 0xa02, 0x842], 5, 0x42],
    ["DECFSZ skips at 0", [lit(1), put(8), 0x2e8, lit(9), lit(7)], 5, 7],
    ["DECFSZ does not skip before", [lit(2), put(8), 0x2e8, lit(9), 0xa04], 4, 9],
    ["BTFSS skips", [lit(8), put(8), 0x768, lit(9), lit(7)], 5, 7],
    ["BTFSC does not", [lit(8), put(8), 0x668, lit(9), 0xa04], 4, 9],
    ["a write to PCL jumps", [lit(4), put(2), lit(9), lit(9), lit(7)], 4, 7],
    ["INDF is the register that FSR names", [lit(9), put(4), lit(5), put(0), lit(0), 0x209], 6, 5],
    ["unused bits of FSR are 1", [lit(3), put(4), 0x204], 3, 0xe3],
    ["the second CALL returns first", [0x902, 0xa01, 0x904, lit(6), 0x805], 7, 6],
    ["the timer counts instructions", [lit(0xdf), 0x002, 0, 0, 0x201], 5, 3],
    ["SLEEP stops", [lit(1), 0x003, lit(2)], 9, 1],
    ["inputs are pins, outputs the latch", [lit(0xf0), 0x006, lit(0x05), put(6), 0x206], 5, 0xa5],
  ])("%s", (_name, words, cycles, w) => {
    expect(run(words, cycles, 0xaa)[W]).toBe(w);
  });

  test("TO and PD cannot be written", () => {
    expect(run([0x063], 1)[3]).toBe(0x18 | 4);
  });

  test("any program runs in any state", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(PIC_STATE_BYTES), bytes(PIC_ROM_BYTES), (state, rom) => {
        const pic = new Pic16c54(state, rom);
        for (let cycle = 0; cycle < 500; cycle++) pic.runCycle(cycle, cycle >> 3);
      }),
      { numRuns: 50 },
    );
  });
});

/** Asserts IRQ when A14 is 1 in a cycle that it sees. */
const WATCHES_A14 = [0x505, lit(0x0e), 0x005, 0x7e6, 0xa03, 0x405, 0xa06];
/** At $8000: some rounds there, where A14 is 0, then CLI and a loop at $C000. */
const PROGRAM = [0xa2, 0x40, 0xca, 0xd0, 0xfd, 0xa9, 0x11, 0x85, 0x10, 0x58, 0x4c, 0x00, 0xc0];
/** At $8100: the handler notes what the program has noted. */
const HANDLER = [0xa5, 0x10, 0x85, 0x11, 0x4c, 0x04, 0x81];

function machine(words: readonly number[], options: NesOptions = {}) {
  const image = testImage({ mapper: 355, chrRamKib: 8 });
  image.prgRom.set(PROGRAM);
  image.prgRom.set(HANDLER, 0x100);
  image.prgRom.set([0x4c, 0x00, 0xc0], 0x4000);
  image.prgRom.set([0x00, 0x80, 0x00, 0x80, 0x00, 0x81], 0x7ffa);
  return createHeadless({ ...image, miscRom: romOf(words) }, options);
}

describe("3D-BLOCK", () => {
  test("the PIC sees the CPU's addresses and asserts IRQ", () => {
    const nes = machine(WATCHES_A14);
    nes.runFrame();
    expect([nes.peek("cpu", 0x10), nes.peek("cpu", 0x11)]).toEqual([0x11, 0x11]);
    const idle = machine([0xa00]);
    idle.runFrame();
    expect([idle.peek("cpu", 0x10), idle.peek("cpu", 0x11)]).toEqual([0x11, 0]);
  });

  test("it sees those of the DMA unit", () => {
    // A13 is 1 in the addresses of page $60 and $2004, and in none of the program's own.
    const nes = machine(WATCHES_A14.with(3, 0x7c6));
    const program = nes.memory.prgRom.offset + 0x4000;
    nes.memory.bytes.set([0xa9, 0x60, 0x8d, 0x14, 0x40, 0x4c, 0x00, 0xc0], program);
    nes.runFrame();
    expect(nes.peek("cpu", 0x11)).toBe(0x11);
  });

  test("dot by dot, and after loading a state, it is the same machine", () => {
    const [batched, exact, loaded] = [
      machine(WATCHES_A14),
      machine(WATCHES_A14, { exact: true }),
      machine([]),
    ];
    const states = [batched, exact, loaded].map((nes) => new Uint8Array(nes!.stateBytes));
    for (let steps = 0; steps < 100; steps++) batched!.stepInstruction();
    batched!.save(states[0]!);
    expect(() => loaded!.load(states[0]!)).not.toThrow();
    for (let steps = 0; steps < 100; steps++) exact!.stepInstruction();
    exact!.save(states[1]!);
    expect(Buffer.compare(states[0]!, states[1]!)).toBe(0);
  });
});
