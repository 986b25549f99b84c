import { expect, test } from "bun:test";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { registerGroups } from "../../../src/io/debug/registers.ts";
import { builtInBytes } from "../../../src/io/files/roms/built-in-game.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { FRAME_PIXELS, frameHash } from "../../support/machines.ts";

const GAME = readRom(await builtInBytes("swingby"), "swingby").image;
const WARM_UP_FRAMES = 40;
const INSTRUCTIONS = 4000;

/** Sets a register in the middle of a picture; returns hashes of the picture and of the state after it. */
function setMidPicture(name: string, value: number, prepare: (nes: Nes) => void): [string, number] {
  const nes = createHeadless(GAME);
  for (let frame = 0; frame < WARM_UP_FRAMES; frame++) nes.runFrame();
  const pixels = new Uint16Array(FRAME_PIXELS);
  for (let count = 0; count < INSTRUCTIONS; count++) nes.stepInstruction(pixels);
  prepare(nes);
  const registers = registerGroups(nes).flatMap((group) => group.registers);
  registers.find((register) => register.name === name)!.place.set!(value);
  while (nes.midFrame) nes.stepInstruction(pixels);
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return [frameHash(pixels), Bun.hash.crc32(state)];
}

test.each([
  ["ppu.v", 0x1234],
  ["ppu.t", 0x0c63],
  ["ppu.x", 5],
  ["ppu.w", 1],
])("%s changes from this moment on, not from where the PPU was last needed", (name, value) => {
  const late = setMidPicture(name, value, () => {});
  expect(late).toEqual(setMidPicture(name, value, (nes) => nes.catchUp()));
});
