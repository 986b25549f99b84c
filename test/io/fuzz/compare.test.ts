import { expect, test } from "bun:test";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { MachinePair } from "../../../src/io/fuzz/compare.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { TestProgram } from "../../support/test-program.ts";

const FRAMES = [{ mask: 0, frames: 6 }];

/** After three frames: LDA $2004, STA $10. Early revisions of the PPU return the bus latch, here $55. */
const READS_OAM = readRom(
  new TestProgram().waitFrames(3).store(0x2003, 0x55).bytes(0xad, 0x04, 0x20, 0x85, 0x10).forever().toRom(),
  "reads-oam.nes",
);

function start(rom: typeof READS_OAM): { machine: Uint8Array; rules: undefined } {
  const nes = createHeadless(rom.image);
  const machine = new Uint8Array(nes.stateBytes);
  nes.save(machine);
  return { machine, rules: undefined };
}

test.each(["exact", "state", "repeat"] as const)("%s finds the frame in which machines differ", (mode) => {
  let frames = 0;
  const count = (): void => {
    frames++;
  };
  const pair = new MachinePair(READS_OAM, {}, mode, count, { ppuRevision: "letterless" });
  const difference = pair.run(start(READS_OAM), FRAMES);
  expect(difference).toMatchObject({ aspect: "CPU", frames });
  expect(frames).toBeGreaterThan(2);
  expect(frames).toBeLessThan(6);
});

test.each(["exact", "state", "repeat"] as const)("%s finds nothing in equal machines", (mode) => {
  const pair = new MachinePair(READS_OAM, {}, mode, () => {});
  expect(pair.run(start(READS_OAM), FRAMES)).toBeUndefined();
});
