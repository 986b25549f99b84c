/**
 * The same ROM and input give the same bits: in a second run, after saving and loading, and in another
 * process.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hashOfRun } from "./support/run-hash.ts";
import { SHARED, SOAK, sharedFile } from "./support/shared.ts";
import { soakSize } from "./support/soak.ts";

const FRAMES = soakSize(300, 10_000);
const STATE_EVERY = soakSize(97, 997);
const RUNS = SOAK ? 3 : 1;

const ORACLES = [
  "roms/games/BladeBuster.nes",
  "roms/games/croom.nes",
  "roms/games/lj65.nes",
  "roms/accuracycoin/AccuracyCoin.nes",
];

function identical(path: string): void {
  const hash = hashOfRun(path, FRAMES);
  for (let run = 1; run < RUNS; run++) expect(hashOfRun(path, FRAMES)).toBe(hash);
  expect(hashOfRun(path, FRAMES, STATE_EVERY)).toBe(hash);
  const program = join(import.meta.dir, "support/run-hash.ts");
  const { stdout } = Bun.spawnSync([process.execPath, program, path, String(FRAMES)], { stderr: "inherit" });
  expect(stdout.toString().trim()).toBe(hash);
}

describe(`${FRAMES} frames have one hash: again, with a load every ${STATE_EVERY} frames, elsewhere`, () => {
  const timeout = { timeout: 3_600_000 };
  test("swingby", () => identical(join(import.meta.dir, "../roms/swingby.nes")), timeout);
  for (const rom of ORACLES) {
    test.skipIf(!SHARED)(rom, () => identical(sharedFile(rom)), timeout);
  }
});
