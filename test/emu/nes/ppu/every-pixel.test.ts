/** Whatever a picture's buffer held before, a frame leaves the same pixels in it: every one is written. */
import { describe, expect, test } from "bun:test";
import { boardNumbers } from "../../../../src/emu/nes/cartridge/boards/index.ts";
import type { CartridgeImage } from "../../../../src/emu/nes/cartridge/image.ts";
import type { Nes, NesOptions } from "../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { FRAME_PIXELS, frameHash } from "../../../support/machines.ts";
import { randomProgram } from "../../../support/random-program.ts";
import { SOAK } from "../../../support/shared.ts";
import { soakSize } from "../../../support/soak.ts";

const FRAMES = soakSize(2, 60);
/** No colour of a picture: those have nine bits. */
const POISON = 0xffff;
const FDS = 20;

/** Programs by chance turn rendering on and off at any dot. */
function imageOf(mapper: number, seed: number): CartridgeImage {
  return { ...readRom(randomProgram(seed, 0), "program.nes").image, mapper };
}

function poisoned(): Uint16Array {
  return new Uint16Array(FRAME_PIXELS).fill(POISON);
}

function countPoison(pixels: Uint16Array): number {
  let count = 0;
  for (let at = pixels.indexOf(POISON); at >= 0; at = pixels.indexOf(POISON, at + 1)) count++;
  return count;
}

/** How many pixels each of the first frames leaves as they were; `runFrame` runs one into a buffer. */
function unwrittenPixels(nes: Nes, runFrame = (pixels: Uint16Array) => nes.runFrame(pixels)): number[] {
  return Array.from({ length: FRAMES }, () => {
    const pixels = poisoned();
    runFrame(pixels);
    return countPoison(pixels);
  });
}

const NONE = new Array<number>(FRAMES).fill(0);

/** Boards by what they watch: nothing, A12, every fetch; and one with several games. */
const SOME_MAPPERS = [0, 4, 5, 234];

describe("all pixels of all frames from power-on", () => {
  for (const mapper of boardNumbers().filter((number) => number !== FDS)) {
    // By dots a picture is written in the same way whatever the board is.
    const modes = SOAK || SOME_MAPPERS.includes(mapper) ? [false, true] : [false];
    test(`mapper ${mapper}, by batches${modes.length > 1 ? " and by dots" : ""}`, () => {
      for (const exact of modes) {
        const nes = createHeadless(imageOf(mapper, mapper + 1), { exact });
        expect(unwrittenPixels(nes)).toEqual(NONE);
        nes.reset("reset");
        expect(unwrittenPixels(nes)).toEqual(NONE);
        nes.reset("power");
        expect(unwrittenPixels(nes)).toEqual(NONE);
      }
    });
  }

  const elsewhere: NesOptions[] = [
    { region: "pal" },
    { region: "dendy" },
    { console: "famicom" },
    { alignment: -25 },
    { alignment: -4 * 341 * 100 },
    { alignment: -4 * 341 * 240 - 12 },
    { alignment: -4 * 341 * 250 },
    { alignment: -357_368 },
  ];
  test.each(elsewhere)("with %j", (options) => {
    for (const mapper of SOME_MAPPERS) {
      for (const exact of [false, true]) {
        expect(unwrittenPixels(createHeadless(imageOf(mapper, 7), { ...options, exact }))).toEqual(NONE);
      }
    }
  });
});

describe("a frame whose picture changes hands", () => {
  const INSTRUCTIONS = 3000;
  const begin = (nes: Nes, pixels?: Uint16Array) => {
    for (let i = 0; i < INSTRUCTIONS; i++) nes.stepInstruction(pixels);
  };

  test("is whole in the last array, and the same as in one", () => {
    const image = imageOf(0, 3);
    const whole = createHeadless(image);
    const handed = createHeadless(image);
    for (let frame = 0; frame < FRAMES; frame++) {
      const [one, first, last] = [poisoned(), poisoned(), poisoned()];
      whole.runFrame(one);
      begin(handed, frame % 2 === 0 ? first : undefined);
      handed.runFrame(last);
      expect(frameHash(last)).toBe(frameHash(one));
    }
  });

  test("is the same in every machine that loads a state of its midst", () => {
    const image = imageOf(0, 5);
    const source = createHeadless(image);
    source.runFrame(poisoned());
    begin(source);
    const state = new Uint8Array(source.stateBytes);
    source.save(state);
    const pictures = [1, 2].map((frames) => {
      const nes = createHeadless(image);
      for (let frame = 0; frame < frames; frame++) nes.runFrame(poisoned());
      nes.load(state);
      const pixels = poisoned();
      nes.runFrame(pixels);
      expect(countPoison(pixels)).toBe(0);
      return pixels;
    });
    expect(frameHash(pictures[0]!)).toBe(frameHash(pictures[1]!));
  });
});
