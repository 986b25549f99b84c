/**
 * When the frame counter starts. On consoles the effect is that of a write to $4017 9 to 12 CPU cycles before
 * the first instruction (blargg's apu_2005.07.30, 09.reset_timing, whose three reads of $4015 are used here).
 */
import { describe, expect, test } from "bun:test";
import type { Nes, NesOptions } from "../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { FRAME_PIXELS } from "../../../support/machines.ts";
import { TestProgram } from "../../../support/test-program.ts";

const NOP = 0xea;
const RESULTS = 0x10;
/** Cycles from the first opcode to the reads: the IRQ flag is set in between and is read once. */
const READ_CYCLES = [29_818, 29_824, 29_828];
const FRAMES = 3;

/** Reads $4015 in READ_CYCLES, counted from the first cycle of the first instruction, then loops. */
function readsOfStatus(): Uint8Array {
  const program = new TestProgram();
  program.bytes(0xa5, 0x00); // LDA zero page takes 3 cycles, each NOP 2
  const delay = (READ_CYCLES[0] - 3 - 3) / 2;
  program.bytes(...new Array<number>(delay).fill(NOP));
  program.bytes(0xad, 0x15, 0x40); // LDA $4015
  program.bytes(NOP, 0xae, 0x15, 0x40); // LDX
  program.bytes(0xac, 0x15, 0x40); // LDY
  program.bytes(0x85, RESULTS, 0x86, RESULTS + 1, 0x84, RESULTS + 2);
  return program.forever().toRom();
}

const ROM = readRom(readsOfStatus(), "reset-timing.nes").image;

function powerOn(options: NesOptions = {}): Nes {
  return createHeadless(ROM, options);
}

/** The flags in the three reads, starting from the machine's current position. */
function flagsSeen(nes: Nes): number[] {
  const pixels = new Uint16Array(FRAME_PIXELS);
  for (let frame = 0; frame < FRAMES; frame++) nes.runFrame(pixels);
  return READ_CYCLES.map((_, i) => nes.peek("cpu", RESULTS + i) & 0x40);
}

describe("the frame counter's first IRQ flag", () => {
  test("comes on time at power-on", () => {
    expect(flagsSeen(powerOn())).toEqual([0, 0x40, 0]);
    expect(flagsSeen(powerOn({ console: "famicom" }))).toEqual([0, 0x40, 0]);
  });

  test("comes on time after the reset button, whichever cycle it falls into", () => {
    const parities = new Set<number>();
    for (let instructions = 1; instructions <= 6; instructions++) {
      const nes = powerOn();
      // LDA and the final JMP take three cycles each, so both parities occur.
      for (let frame = 0; frame < FRAMES; frame++) nes.runFrame(new Uint16Array(FRAME_PIXELS));
      for (let i = 0; i < instructions; i++) nes.stepInstruction();
      parities.add(nes.registers().cycle & 1);
      nes.reset("reset");
      expect(flagsSeen(nes)).toEqual([0, 0x40, 0]);
    }
    expect(parities.size).toBe(2);
  });
});
