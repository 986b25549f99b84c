import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { TripleBufferReader } from "../../../src/io/shared/triple-buffer.ts";
import { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { FRAME_PIXELS, frameHash } from "../../support/machines.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

const FRAMES = 120;

/** The JIT is slow on a busy machine. */
const TIMEOUT_MS = 60_000;

async function compareWithHeadless(path: string): Promise<void> {
  const { image } = readRom(readFileSync(path), path);
  const machine = createHeadless(image);
  const pixels = new Uint16Array(FRAME_PIXELS);
  const client = await EmuClient.start({ machine: nesSource(image), startPaused: true, warmUpFrames: 30 });
  try {
    const reader = new TripleBufferReader(client.blocks.frames);
    for (let frame = 1; frame <= FRAMES; frame += 17) {
      while (machine.frame < frame) machine.runFrame(pixels);
      await client.step(frame - (await client.saveState()).tag);
      reader.acquire();
      expect(reader.frame).toBe(frame);
      expect(frameHash(reader.pixels as Uint16Array)).toBe(frameHash(pixels));
    }
    const state = new Uint8Array(machine.stateBytes);
    machine.save(state);
    expect((await client.saveState()).bytes).toEqual(state);
  } finally {
    await client.stop();
  }
}

describe("the NES gives the same frames on its thread", () => {
  test(
    "the built-in game",
    () => compareWithHeadless(join(import.meta.dir, "../../../roms/swingby.nes")),
    TIMEOUT_MS,
  );

  test.skipIf(SHARED === undefined).each(["lj65", "croom", "BladeBuster"])(
    "%s",
    (game) => compareWithHeadless(sharedFile(`roms/games/${game}.nes`)),
    TIMEOUT_MS,
  );
});
