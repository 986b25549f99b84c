import { describe, expect, test } from "bun:test";
import { LazyPicture } from "../../../src/io/shared/lazy-picture.ts";
import { BuiltInRom } from "../../roms/built-in.ts";
import { FRAME_PIXELS, frameHash } from "../../support/machines.ts";
import { Prng } from "../../support/prng.ts";

const FRAMES = 400;

/** A source that can be read only once per frame: a second read would return other buttons. */
function changingButtons(seed: number): { latchButtons: () => number } {
  const random = new Prng(seed);
  return { latchButtons: () => random.byte() & 0x8f };
}

describe("a picture drawn on request", () => {
  test("equals that of a machine that draws every frame, and does not change the machine", () => {
    const drawing = new BuiltInRom("swingby").console;
    const lazy = new BuiltInRom("swingby").console;
    const pixels = new Uint16Array(FRAME_PIXELS);
    const picture = new LazyPicture(lazy, new Uint16Array(FRAME_PIXELS), changingButtons(7));
    drawing.setInput(changingButtons(7));
    const states = [new Uint8Array(drawing.stateBytes), new Uint8Array(drawing.stateBytes)];
    const random = new Prng(1);
    for (let frame = 0; frame < FRAMES; frame++) {
      drawing.runFrame(pixels);
      picture.runFrame(random.below(4) === 0);
      const value = random.byte();
      if (random.below(8) === 0) for (const nes of [drawing, lazy]) nes.poke("cpu", 0x7ff, value);
      if (random.below(3) === 0) expect(frameHash(picture.look())).toBe(frameHash(pixels));
      expect(lazy.sampleCount).toBe(drawing.sampleCount);
      for (const [which, nes] of [drawing, lazy].entries()) nes.save(states[which]!);
      if (Buffer.compare(states[0]!, states[1]!) !== 0) throw new Error(`state of frame ${frame} differs`);
    }
  });
});
