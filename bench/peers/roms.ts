import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const SHARED = process.env.EMU_SHARED ?? join(ROOT, "../shared");

/** A ROM that benchmarks play. */
export interface BenchRom {
  readonly path: string;
  /** Input as JSON. */
  readonly input: string;
}

/** The ROMs of the benchmarks, whether they are on this machine or not. */
export function benchRoms(): BenchRom[] {
  const golden = (name: string): string => {
    const path = join(SHARED, "golden", `${name.toLowerCase()}.json`);
    return existsSync(path) ? JSON.stringify(JSON.parse(readFileSync(path, "utf8")).input.play) : "[]";
  };
  const game = (name: string): BenchRom => ({
    path: join(SHARED, "roms/games", `${name}.nes`),
    input: golden(name),
  });
  return [
    game("lj65"),
    game("croom"),
    game("BladeBuster"),
    { path: join(SHARED, "roms/accuracycoin/AccuracyCoin.nes"), input: "[[100, 8], [104, 0]]" },
    { path: join(SHARED, "roms/nes-test-roms/other/nestest.nes"), input: "[[60, 8], [64, 0]]" },
    {
      path: join(ROOT, "roms/swingby.nes"),
      input: readFileSync(join(ROOT, "docs/swingby-input.json"), "utf8"),
    },
  ];
}
