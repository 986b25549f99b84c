import { describe, expect, test } from "bun:test";
import type { MemorySpace } from "../../../src/emu/machine.ts";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { TestProgram } from "../../support/test-program.ts";

const BACKDROP = 0x3f00;
const BACKGROUND_COLOUR = 0x3f03;
const SPRITE_COLOUR = 0x3f13;

/** A machine that batches, and one that runs every dot. */
function pair(program: TestProgram): [batched: Nes, exact: Nes] {
  const { image } = readRom(program.toRom(), "program.nes");
  return [createHeadless(image), createHeadless(image, { exact: true })];
}

function step(nes: Nes, instructions: number): void {
  for (let done = 0; done < instructions; done++) nes.stepInstruction();
}

function pictureOf(nes: Nes): string {
  const picture = new Uint16Array(FRAME_PIXELS);
  nes.runFrame(picture);
  return Bun.SHA1.hash(picture, "hex");
}

describe("peeks and pokes within a frame happen at the CPU's time", () => {
  test("a write of $2007 is seen when it has ended", () => {
    const program = new TestProgram().waitFrames(2).store(0x2006, 0x20).store(0x2006, 0x40);
    program.store(0x2007, 0x77).bytes(0xea, 0xea, 0xea).forever();
    const [batched, exact] = pair(program);
    for (const nes of [batched, exact]) while (nes.cpu.pc !== program.here - 3) nes.stepInstruction();
    expect(exact.peek("ppu", 0x2040)).toBe(0x77);
    expect(batched.peek("ppu", 0x2040)).toBe(0x77);
  });

  test.each<[string, MemorySpace, number]>([
    ["of a colour", "ppu", BACKGROUND_COLOUR],
    ["of the Y of sprite 0", "oam", 0],
  ])("a poke %s changes only what comes after it", (_name, space, address) => {
    const machines = pair(new TestProgram().waitFrames(2).store(0x2001, 0x1e).forever());
    const pictures = machines.map((nes) => {
      for (const [at, value] of [0x40, 0, 0, 0x40].entries()) nes.poke("oam", at, value);
      for (let at = 0; at < 16; at++) nes.poke("ppu", at, 0xff);
      nes.poke("ppu", BACKGROUND_COLOUR, 0x16);
      nes.poke("ppu", SPRITE_COLOUR, 0x2a);
      for (let frame = 0; frame < 4; frame++) nes.runFrame();
      step(nes, 5000);
      nes.poke(space, address, 0x21);
      return pictureOf(nes);
    });
    expect(pictures[0]).toBe(pictures[1]);
  });

  test("a poke at power-on comes after the dots that have passed", () => {
    const pictures = pair(new TestProgram().forever()).map((nes) => {
      nes.poke("ppu", BACKDROP, 0x21);
      return pictureOf(nes);
    });
    expect(pictures[0]).toBe(pictures[1]);
  });

  test("a program that waits for sprite 0 sees a sprite that is moved", () => {
    const program = new TestProgram().waitFrames(2).store(0x2001, 0x1e);
    program.bytes(0x2c, 0x02, 0x20, 0x50, 0xfb, 0xe6, 0x40).forever(); // BIT $2002, BVC to it, INC $40
    const counts = pair(program).map((nes) => {
      for (let at = 0; at < 16; at++) nes.poke("ppu", at, 0xff);
      for (let at = 0; at < 4; at++) nes.poke("oam", at, 0xf8);
      for (let frame = 0; frame < 4; frame++) nes.runFrame();
      step(nes, 1400);
      for (const [at, value] of [0xc0, 0, 0, 0x40].entries()) nes.poke("oam", at, value);
      nes.runFrame();
      return nes.peek("cpu", 0x40);
    });
    expect(counts).toEqual([1, 1]);
  });
});
