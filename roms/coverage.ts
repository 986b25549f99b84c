#!/usr/bin/env bun
/**
 * Measures how much of the built-in game's source a recorded game executes. Builds the game with debug info,
 * plays it, and writes lcov and a page. Needs ca65 and ld65.
 *
 *   bun roms/coverage.ts [--frames N] [folder]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Coverage, load, loadMovie } from "../src/io/library/index.ts";
import { buildRom, ROMS } from "./build.ts";

const HERE = import.meta.dir;
/** The length of the recorded game. */
const DEFAULT_FRAMES = 2700;

/** Plays `frames` of the recorded game of Swingby on a build with symbols. */
export async function coverSwingby(frames: number): Promise<Coverage> {
  const folder = mkdtempSync(join(tmpdir(), "emu-coverage-"));
  try {
    const rom = ROMS.find(({ name }) => name === "swingby");
    if (rom === undefined) throw new Error("there is no swingby to build");
    const coverage = new Coverage();
    const bytes = buildRom(rom, folder);
    const nes = await load(bytes, { symbols: join(folder, "swingby.dbg"), coverage });
    nes.play(await loadMovie(join(HERE, "../docs/swingby-input.json")));
    nes.frames(frames);
    return coverage;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const argv = process.argv.slice(2);
  const at = argv.indexOf("--frames");
  const frames = at < 0 ? DEFAULT_FRAMES : Number(argv[at + 1]);
  const folder = argv.filter((_, i) => at < 0 || (i !== at && i !== at + 1))[0] ?? "coverage";
  const coverage = await coverSwingby(frames);
  const files = { lcov: join(folder, "lcov.info"), html: join(folder, "index.html") };
  const report = await coverage.write(files, HERE);
  for (const name of ["lines", "branches", "routines"] as const) {
    const { hit, found } = report[name];
    console.log(`${name.padEnd(8)} ${hit} of ${found} (${((100 * hit) / found).toFixed(1)} %)`);
  }
}
