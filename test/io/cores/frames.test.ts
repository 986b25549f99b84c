/** Frames of `emu dump` equal those of a direct loop over the core, and depend on the pad. */
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { corePath, TEST_CONSOLES } from "../../support/console-roms.ts";
import { soakSize } from "../../support/soak.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** These two cores take a minute for 600 frames on a busy computer. */
const SLOW_CORES = ["bsnes_mercury_balanced", "mednafen_vb"];
const framesOf = (core: string): number => (SLOW_CORES.includes(core) ? soakSize(120, 600) : 600);
/** B, then Start with Right, then all buttons in the second byte of a port. */
const INPUT: readonly [number, number][] = [
  [30, 0x02],
  [60, 0x88],
  [90, 0],
  [100, 0xff00],
  [110, 0],
];
const folder = temporaryFolder("cores");
const inputFile = join(folder, "input.json");
writeFileSync(inputFile, JSON.stringify(INPUT));

/** The game's file; undefined if the file or its core is missing. */
function gameOf({ core, fileName, rom }: (typeof TEST_CONSOLES)[number]): string | undefined {
  if (corePath(core) === undefined) return undefined;
  const game = rom();
  if (game === undefined || typeof game === "string") return game;
  const path = join(folder, fileName);
  writeFileSync(path, game);
  return path;
}

function directHashes(core: string, game: string, frames: number): string[] {
  const script = join(import.meta.dir, "../../support/direct-core.ts");
  const argv = [process.execPath, script, corePath(core)!, game, String(frames), JSON.stringify(INPUT)];
  const { stdout, stderr, exitCode } = Bun.spawnSync(argv, { cwd: folder });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return stdout.toString().split("--- frames\n")[1]!.trim().split("\n");
}

function dumpHashes(core: string, game: string, frames: number, ...more: string[]): string[] {
  const argv = ["dump", game, "--core", core, "--frames", String(frames), "--format", "hash", ...more];
  const { stdout, stderr, exitCode } = emu(argv);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return stdout.toString().trim().split("\n");
}

for (const console of TEST_CONSOLES) {
  const game = gameOf(console);
  const isHere = game !== undefined;
  describe.skipIf(!isHere)(`${console.core} (Debian's libretro package and the shared ROMs)`, () => {
    const frames = framesOf(console.core);
    test(`${frames} frames equal those of a direct loop`, () => {
      const direct = directHashes(console.core, game!, frames);
      expect(direct).toHaveLength(frames);
      expect(dumpHashes(console.core, game!, frames, "--input", inputFile)).toEqual(direct);
      expect(new Set(direct.map((line) => line.split("\t")[1])).size).toBeGreaterThan(1);
    });
  });
}

/** For each core, the frame at which its test ROM shows the pad, and a button that it shows. */
const SHOWN_BUTTONS: readonly [core: string, mask: number][] = [
  ["bsnes_mercury_balanced", 0x04],
  ["bsnes_mercury_balanced", 0x80],
  ["mednafen_pce_fast", 0x08],
];

for (const [core, mask] of SHOWN_BUTTONS) {
  const console = TEST_CONSOLES.find((each) => each.core === core)!;
  const game = gameOf(console);
  test.skipIf(game === undefined)(`${core}: button mask ${mask} is latched in its own frame`, () => {
    const file = join(folder, `${core}-${mask}.json`);
    writeFileSync(
      file,
      JSON.stringify([
        [40, mask],
        [41, 0],
      ]),
    );
    const idle = dumpHashes(core, game!, 60);
    const pressed = dumpHashes(core, game!, 60, "--input", file);
    const different = idle
      .map((line, frame) => (line === pressed[frame] ? -1 : frame))
      .filter((at) => at >= 0);
    // The consoles show the buttons read in vertical blank at most one frame later.
    expect(different.length).toBeGreaterThan(0);
    expect(different[0]).toBeGreaterThanOrEqual(40);
    expect(different.at(-1)).toBeLessThanOrEqual(42);
  });
}
