import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { consoleWith, FRAME_PIXELS } from "../../support/machines.ts";
import { SHARED, SOAK } from "../../support/shared.ts";

const FRAMES = SOAK ? 1200 : 90;

function roms(): string[] {
  if (SHARED === undefined) return [];
  const root = join(SHARED, "roms");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".nes"))
    .sort();
}

/** Buttons that change often, the same for both runs. */
function buttonsAt(frame: number): number {
  if (frame % 60 < 5) return 8;
  return frame % 37 < 9 ? 1 << ((frame >> 5) & 7) : 0;
}

describe.skipIf(!SHARED)("batches and dots leave the same bits", () => {
  for (const rom of roms()) {
    test(`${rom}: pictures, samples and states of ${FRAMES} frames`, () => {
      const batched = consoleWith(rom);
      const exact = consoleWith(rom, { exact: true });
      let buttons = 0;
      for (const nes of [batched, exact]) nes.setInput({ latchButtons: () => buttons });
      const pictures = [new Uint16Array(FRAME_PIXELS), new Uint16Array(FRAME_PIXELS)];
      const states = [new Uint8Array(batched.stateBytes), new Uint8Array(exact.stateBytes)];
      for (let frame = 0; frame < FRAMES; frame++) {
        buttons = buttonsAt(frame);
        for (const [which, nes] of [batched, exact].entries()) {
          nes.runFrame(pictures[which]);
          nes.save(states[which]);
        }
        if (!sameBytes(pictures[0], pictures[1])) throw new Error(`picture of frame ${frame} differs`);
        if (!sameBytes(states[0], states[1])) throw new Error(`state after frame ${frame} differs`);
        expect(batched.sampleCount).toBe(exact.sampleCount);
      }
    });
  }
});

function sameBytes(a: Uint8Array | Uint16Array, b: Uint8Array | Uint16Array): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf(array: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
