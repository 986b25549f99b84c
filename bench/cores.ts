/**
 * Measures what emu adds to a libretro core: the time of a frame in the core alone, and through the
 * process, the shared memory and the conversion of pixels and sound. Each is the fastest tenth of all frames,
 * which other work on the computer disturbs least.
 *
 *   bun bench/cores.ts [--frames N]
 *
 * Plays the small test ROMs of each console whose core is installed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CoreClient } from "../src/io/cores/core-client.ts";
import { CoreMachine } from "../src/io/cores/core-machine.ts";
import { corePath, TEST_CONSOLES } from "../test/support/console-roms.ts";
import { markdownTable } from "./markdown.ts";

const { values } = parseArgs({ options: { frames: { type: "string", default: "600" } } });
const frames = Number(values.frames);
const folder = mkdtempSync(join(tmpdir(), "emu-bench-cores-"));

function typicalMs(runFrame: () => void): number {
  const times = Array.from({ length: frames }, () => {
    const start = performance.now();
    runFrame();
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(frames / 10)]!;
}

/** The core alone, in a separate process, because cores cannot be unloaded safely. */
function alone(core: string, path: string): number {
  const source = join(import.meta.dir, "../src/io/cores/libretro-core.ts");
  const code = `import { LibretroCore } from ${JSON.stringify(source)};
    import { readFileSync } from "node:fs";
    const folders = { systemFolder: ${JSON.stringify(folder)}, saveFolder: ${JSON.stringify(folder)} };
    const core = new LibretroCore({ corePath: ${JSON.stringify(core)}, ...folders, options: {}, devices: {}, keptDevices: {}, log: () => {} });
    core.load({ path: ${JSON.stringify(path)}, bytes: readFileSync(${JSON.stringify(path)}) });
    const frames = ${frames};
    console.log("\\n" + (${typicalMs})(() => core.runFrame()));
    process.exit(0);`;
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, "-e", code]);
  if (exitCode !== 0) throw new Error(stderr.toString());
  return Number(stdout.toString().trim().split("\n").at(-1));
}

async function throughEmu(core: string, path: string): Promise<number> {
  const game = { path, bytes: readFileSync(path) };
  const client = await CoreClient.start({ corePath: core, game, systemFolder: folder });
  try {
    const machine = new CoreMachine(client.connection);
    const pixels = new Uint32Array(1024 * 1024);
    return typicalMs(() => machine.runFrame(pixels));
  } finally {
    await client.close();
  }
}

try {
  const rows: string[][] = [];
  for (const { core, fileName, rom } of TEST_CONSOLES) {
    const library = corePath(core);
    const game = library === undefined ? undefined : rom();
    if (library === undefined || game === undefined) continue;
    const path = typeof game === "string" ? game : join(folder, fileName);
    if (typeof game !== "string") writeFileSync(path, game);
    const own = alone(library, path);
    const all = await throughEmu(library, path);
    rows.push([core, own.toFixed(2), all.toFixed(2), (all - own).toFixed(2)]);
  }
  console.log(markdownTable(["core", "alone, ms", "through emu, ms", "difference, ms"], rows));
} finally {
  rmSync(folder, { recursive: true });
}
