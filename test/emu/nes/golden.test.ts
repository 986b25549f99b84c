import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { consoleWith, FRAME_PIXELS, frameHash, ScriptedInput } from "../../support/machines.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

interface Golden {
  rom: string;
  input: Record<"idle" | "play", [number, number][]>;
  frames: Record<"idle" | "play", string[]>;
}

/** Frames that are known to differ; test/known-failures.json says why. A frame that agrees must leave the list. */
const KNOWN: Readonly<Record<string, readonly number[]>> = { "bladebuster play": [263] };
const FIRST = 20;
const LAST = 879;

describe.skipIf(!SHARED)("frames of another emulator, at offset 0", () => {
  for (const game of ["bladebuster", "croom", "lj65"]) {
    for (const mode of ["idle", "play"] as const) {
      test(`${game}, ${mode}`, () => {
        const golden = JSON.parse(readFileSync(sharedFile(`golden/${game}.json`), "utf8")) as Golden;
        const nes = consoleWith(golden.rom);
        const input = new ScriptedInput(golden.input[mode]);
        nes.setInput(input);
        const pixels = new Uint16Array(FRAME_PIXELS);
        const different: number[] = [];
        for (let frame = 0; frame <= LAST; frame++) {
          input.beginFrame(frame);
          nes.runFrame(pixels);
          if (frame >= FIRST && frameHash(pixels) !== golden.frames[mode][frame]) different.push(frame);
        }
        expect(different).toEqual([...(KNOWN[`${game} ${mode}`] ?? [])]);
      });
    }
  }
});
