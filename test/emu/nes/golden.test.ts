import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { FRAME_PIXELS, frameHash, ScriptedInput } from "../../support/machines.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

interface Golden {
  input: Record<"idle" | "play", [number, number][]>;
  /** A hash for each frame; null if emulators disagree. */
  frames: Record<"idle" | "play", (string | null)[]>;
}

/** ROM, golden file, and the first frame to compare. */
const GAMES = [
  { rom: "roms/games/BladeBuster.nes", golden: "golden/bladebuster.json", first: 20 },
  { rom: "roms/games/croom.nes", golden: "golden/croom.json", first: 0 },
  { rom: "roms/games/lj65.nes", golden: "golden/lj65.json", first: 0 },
  // This game waits for only one vertical blank before it draws its title.
  { rom: "cases/power-on/mad_wizard.nes", golden: "cases/power-on/mad_wizard.json", first: 0 },
] as const;

describe.skipIf(!SHARED)("frames of another emulator, at offset 0", () => {
  for (const { rom, golden: file, first } of GAMES) {
    for (const mode of ["idle", "play"] as const) {
      test(`${rom}, ${mode}`, () => {
        const golden = JSON.parse(readFileSync(sharedFile(file), "utf8")) as Golden;
        const path = sharedFile(rom);
        const nes = createHeadless(readRom(readFileSync(path), path).image);
        const input = new ScriptedInput(golden.input[mode]);
        nes.setInput(input);
        const pixels = new Uint16Array(FRAME_PIXELS);
        const different: number[] = [];
        expect(golden.frames[mode].length).toBeGreaterThanOrEqual(880);
        for (const [frame, hash] of golden.frames[mode].entries()) {
          input.beginFrame(frame);
          nes.runFrame(pixels);
          if (frame >= first && hash !== null && frameHash(pixels) !== hash) different.push(frame);
        }
        expect(different).toEqual([]);
      });
    }
  }
});
