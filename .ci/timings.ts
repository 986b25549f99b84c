/**
 * Writes the list of test files with the time of each for `bun test --timings`, which starts the slowest
 * files first. Otherwise one process may begin a long file when the other has none left.
 *
 *   bun .ci/timings.ts <timings>
 */
import { join } from "node:path";

/** Test files that take long, below `test/`, with rough seconds. The order is what counts. */
export const SLOW_FILES: readonly (readonly [file: string, seconds: number])[] = [
  ["emu/nes/differential", 95],
  ["cli/install", 90],
  ["io/export/page", 65],
  ["io/conform/farm/farm", 62],
  ["io/play/comforts", 56],
  ["python/python", 47],
  ["io/core/core", 45],
  ["emu/nes/checked-states", 45],
  ["cli/main", 43],
  ["io/conform/farm/damage", 39],
  ["emu/nes/cartridge/board-fuzz", 39],
  ["cli/patch-option", 35],
  ["emu/nes/ppu/batches", 31],
  ["io/play/restore", 31],
  ["io/serve/hostile", 26],
  ["cli/commands/export", 26],
  ["examples", 25],
  ["emu/nes/catch-up", 24],
  ["io/play/sound", 23],
  ["io/saves/full-disk", 23],
  ["cli/commands/netplay", 23],
  ["cli/commands/init", 23],
  ["cli/commands/fuzz", 22],
  ["io/thread/clock-steps", 22],
  ["cli/commands/run", 22],
  ["emu/nes/cartridge/boards/boards", 20],
  ["cli/commands/serve", 19],
  ["io/conform/farm/partition", 18],
  ["io/conform/exec/exec", 18],
  ["io/cores/frames", 18],
  ["cli/commands/run-core-options", 17],
  ["emu/nes/ppu/every-pixel", 17],
  ["io/input/device-words", 15],
  ["cli/warnings", 15],
  ["io/thread/allocation", 15],
  ["io/serve/fuzz", 15],
  ["io/fuzz/frozen", 15],
  ["cli/commands/dump", 15],
  ["emu/nes/ppu/kept-lines", 15],
  ["io/env/vector-env", 15],
  ["emu/nes/input/devices", 13],
  ["io/serve/machine/machines", 13],
  ["io/render/allocation", 13],
  ["io/cores/faults", 12],
  ["io/play/slow-terminal", 12],
  ["cli/commands/run-core", 12],
  ["io/runtime/idle", 11],
  ["io/conform/run-tests", 11],
  ["io/mcp/start", 10],
  ["io/serve/kill", 10],
  ["io/serve/core-games", 10],
  ["io/runtime/contract", 10],
  ["io/mcp/mcp", 10],
  ["emu/nes/board-time", 10],
  ["cli/commands/run-comforts", 10],
  ["io/play/menu/nothing-cut", 10],
  ["cli/commands/run-resume", 10],
  ["emu/nes/ppu/late-rises", 9],
  ["cli/commands/debug", 9],
];
const OTHERS_MS = 1000;

if (import.meta.main) {
  const slow = new Map(SLOW_FILES.map(([file, seconds]) => [`test/${file}.test.ts`, 1000 * seconds]));
  const files: Record<string, number> = {};
  for (const path of new Bun.Glob("test/**/*.test.ts").scanSync({ cwd: join(import.meta.dir, "..") }))
    files[path] = slow.get(path) ?? OTHERS_MS;
  await Bun.write(process.argv[2]!, JSON.stringify({ version: 1, files }));
}
