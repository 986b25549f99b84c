/**
 * Hash of everything that a ROM shows and sounds like. As a program, for runs in another process:
 *   bun test/support/run-hash.ts <rom> <frames>
 */
import { readFileSync } from "node:fs";
import type { Machine } from "../../src/emu/machine.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";

/** Buttons that change often, the same in every run. */
function buttonsAt(frame: number): number {
  if (frame % 60 < 5) return 8;
  return frame % 37 < 9 ? 1 << ((frame >> 5) & 7) : 0;
}

/**
 * SHA-1 of the pictures and samples of `frames` frames. If `stateEvery` is given, every `stateEvery` frames
 * the machine is replaced by a new one that loads its state.
 */
export function hashOfRun(path: string, frames: number, stateEvery = Number.POSITIVE_INFINITY): string {
  const { image } = readRom(readFileSync(path), path);
  const hasher = new Bun.CryptoHasher("sha1");
  const pixels = new Uint16Array(256 * 240);
  let machine = powerOn();
  for (let frame = 0; frame < frames; frame++) {
    if (frame > 0 && frame % stateEvery === 0) {
      const state = new Uint8Array(machine.stateBytes);
      machine.save(state);
      machine = powerOn();
      machine.load(state);
    }
    machine.runFrame(pixels);
    hasher.update(pixels);
    hasher.update(machine.samples.subarray(0, machine.sampleCount));
  }
  return hasher.digest("hex");

  function powerOn(): Machine {
    const nes = createHeadless(image);
    nes.setInput({ latchButtons: () => buttonsAt(nes.frame) });
    return nes;
  }
}

if (import.meta.main) {
  const [path = "", frames = "0"] = process.argv.slice(2);
  console.log(hashOfRun(path, Number(frames)));
}
