/**
 * Compares V8 with JavaScriptCore: `emuterm/core`, compiled as for web pages, runs the built-in game in Node
 * and in Bun, in new processes, interleaved.
 *
 *   bun bench/engines.ts [--rounds N] [--frames N] [--rom FILE --input FILE]
 *
 * Rates are frames per second of the process's CPU time, with picture and sound, when the session is played
 * for the fifth time.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const ROOT = join(import.meta.dir, "..");
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    frames: { type: "string", default: "1500" },
    rom: { type: "string", default: join(ROOT, "roms/swingby.nes") },
    input: { type: "string", default: join(ROOT, "docs/swingby-input.json") },
  },
});

/** Frames per second of one process. */
function run(engine: string, core: string): number {
  const program = join(import.meta.dir, "engines/round.mjs");
  const input = readFileSync(values.input, "utf8");
  const { exitCode, stdout, stderr } = Bun.spawnSync([
    engine,
    program,
    core,
    values.rom,
    values.frames,
    input,
  ]);
  if (exitCode !== 0) throw new Error(`${engine}: ${stderr}`);
  return Number(stdout);
}

function median(rates: readonly number[]): number {
  return rates.toSorted((a, b) => a - b)[rates.length >> 1]!;
}

const folder = mkdtempSync(join(tmpdir(), "emu-engines-"));
try {
  const built = Bun.spawnSync([process.execPath, join(ROOT, ".ci/core.ts"), folder]);
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
  const core = join(folder, "index.js");
  const rates = { bun: [] as number[], node: [] as number[] };
  for (let round = 0; round < Number(values.rounds); round++) {
    rates.bun.push(run(process.execPath, core));
    rates.node.push(run("node", core));
  }
  const [bun, node] = [median(rates.bun), median(rates.node)];
  console.log(`Bun ${bun.toFixed(0)}, Node ${node.toFixed(0)} frames a second: ${(node / bun).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}
