import { describe, expect, test } from "bun:test";
import { HOOK_CPU_TIME } from "../../../src/emu/nes/cartridge/board.ts";
import { boardNumbers } from "../../../src/emu/nes/cartridge/boards/index.ts";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import type { RegionName } from "../../../src/emu/nes/region.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { programImage } from "../../support/mutated-states.ts";

const RAMBO_1 = 64;
const STATE_HEADER_BYTES = 32;
/** The program at $E000 writes $08 to PPUCTRL (sprites in table 1) and $18 to PPUMASK, again and again. */
const RENDER = [0xa9, 0x08, 0x8d, 0x00, 0x20, 0xa9, 0x18, 0x8d, 0x01, 0x20, 0x4c, 0x00, 0xe0];
const LAST_BANK_BYTES = 0x2000;
const RESET_VECTOR = 0x1ffc;
const pixels = new Uint16Array(FRAME_PIXELS);

function timeOf(state: Uint8Array, nes: Nes): number {
  return viewOf(state).getInt32(offsetOf(nes, "board.time"), true);
}

function withTime(state: Uint8Array, nes: Nes, time: number): Uint8Array {
  const changed = state.slice();
  viewOf(changed).setInt32(offsetOf(nes, "board.time"), time, true);
  return changed;
}

function viewOf(state: Uint8Array): DataView {
  return new DataView(state.buffer, state.byteOffset + STATE_HEADER_BYTES);
}

function offsetOf(nes: Nes, name: string): number {
  return nes.stateFields.places.find((place) => place.name === name)!.offset;
}

function saved(nes: Nes): Uint8Array {
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return state;
}

/** A RAMBO-1 that counts rises of A12 in rendered lines, one per line. */
function countingRambo1(region: RegionName, alignment: number): Nes {
  const image = programImage(RAMBO_1, 1);
  const lastBank = image.prgRom.length - LAST_BANK_BYTES;
  image.prgRom.set(RENDER, lastBank);
  image.prgRom.set([0x00, 0xe0], lastBank + RESET_VECTOR);
  const nes = createHeadless(image, { region, alignment });
  nes.runFrame(pixels);
  nes.cpu.write(0xc000, 20);
  nes.cpu.write(0xe001, 0);
  return nes;
}

describe("board.time, up to which a board's counters have run", () => {
  test.each([
    ["ntsc", 0],
    ["ntsc", 3],
    ["pal", 0],
    ["dendy", 1],
  ] as const)(
    "RAMBO-1, %s, alignment %i: a rise late in a cycle advances it by one cycle",
    (region, alignment) => {
      const nes = countingRambo1(region, alignment);
      const other = countingRambo1(region, alignment);
      let ahead = 0;
      for (let ended = false; !ended; ) {
        ended = nes.stepInstruction(pixels);
        nes.catchUp();
        const state = saved(nes);
        const cycles = timeOf(state, nes) - nes.cpu.cycle;
        expect(cycles).toBeLessThanOrEqual(1);
        if (cycles !== 1) continue;
        ahead++;
        other.load(state);
        for (const machine of [nes, other]) {
          machine.stepInstruction(pixels);
          machine.catchUp();
        }
        expect(Buffer.compare(saved(other), saved(nes))).toBe(0);
      }
      expect(ahead).toBeGreaterThan(40);
    },
  );

  test("no board accepts a time before the frame or two cycles after the CPU's", () => {
    let boards = 0;
    for (const mapper of boardNumbers()) {
      const nes = createHeadless(programImage(mapper, 1));
      for (let steps = 0; steps < 500; steps++) nes.stepInstruction(pixels);
      const state = saved(nes);
      if ((nes.board.hooks & HOOK_CPU_TIME) === 0) continue;
      if (!nes.stateFields.places.some(({ name }) => name === "board.time")) continue;
      boards++;
      for (const time of [-1, 0, nes.cpu.cycle + 1]) nes.load(withTime(state, nes, time));
      for (const time of [-2, nes.cpu.cycle + 2]) {
        const error = inputErrorOf(() => nes.load(withTime(state, nes, time)));
        expect(error.message).toContain(`board.time is ${time} at CPU cycle`);
      }
    }
    expect(boards).toBeGreaterThan(20);
  });
});
