import { join } from "node:path";
import type { InputError } from "../../emu/input-error.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { userFolders } from "../../io/files/paths.ts";
import type { LoadedRom } from "../../io/files/roms/rom-file.ts";
import { printablePath, shellWord } from "../../io/files/text.ts";
import { asInputError } from "../../io/files/write-target.ts";
import type { PlayEnd, PlayResult } from "../../io/play/play-types.ts";
import type { MachineFault } from "../../io/thread/emu-client.ts";
import { EXIT_BUG, EXIT_INTERRUPTED, EXIT_IO, EXIT_OK, explain } from "../exit-codes.ts";

/** The JSON document that `--stats` writes. */
export function statsDocument({ stats, renderer }: PlayResult): string {
  const { frames, presented, bytes, latenessMicroseconds, missed } = stats;
  const { p50, p99, max } = latenessMicroseconds;
  const document = {
    frames,
    presented,
    // Frames that the presenter skipped, or that the machine did not publish because it was late.
    dropped: Math.max(0, frames - presented),
    bytes,
    latenessMicroseconds: { p50, p99, max },
    missed,
    renderer,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Reports files that could not be written. Returns the exit code: 74 then, unless a bug ended the game. */
export function tellFailures(failures: readonly InputError[], exitCode: number): number {
  for (const failure of failures) process.stderr.write(`${explain(failure).message}\n`);
  return failures.length === 0 || exitCode === EXIT_BUG ? exitCode : EXIT_IO;
}

/** Returns the exit code of a game that has ended. If a fault ended it, reports that on standard error. */
export async function conclude(
  end: Exclude<PlayEnd, { kind: "open" | "rebuilt" | "debug" }>,
  rom: LoadedRom | undefined,
  path: string | undefined,
): Promise<number> {
  switch (end.kind) {
    case "quit":
    case "frames":
      return EXIT_OK;
    case "interrupted":
    case "terminal-gone":
      return EXIT_INTERRUPTED;
    case "link-ended": {
      const { exitCode, message } = explain(end.error);
      process.stderr.write(`${message}\n`);
      return exitCode;
    }
    case "machine-fault":
      process.stderr.write(await describeFault(end.fault, rom, path));
      return EXIT_BUG;
    case "bug": {
      const { exitCode, message } = explain(end.error);
      process.stderr.write(`${message}\n`);
      return exitCode;
    }
  }
}

/**
 * Writes the statistics of a game that has ended. Returns the exit code; undefined if the player opens
 * another game. A fault that was reported already comes as `faultCode`.
 */
export async function finish(
  result: PlayResult,
  faultCode: number | undefined,
  failures: InputError[],
  { stats }: { readonly stats?: string },
  game?: { readonly rom: LoadedRom; readonly path: string | undefined },
): Promise<number | undefined> {
  failures.push(...result.failures);
  if (stats !== undefined) {
    // Report this together with the other files that could not be written.
    await writeFileWhole(stats, statsDocument(result)).catch((error) => failures.push(asInputError(error)));
  }
  const { end } = result;
  if (end.kind === "open" || end.kind === "rebuilt" || end.kind === "debug") return undefined;
  return tellFailures(failures, faultCode ?? (await conclude(end, game?.rom, game?.path)));
}

/** Saves the last good state of a failed machine thread. Describes the fault and where the state is. */
async function describeFault(
  fault: MachineFault,
  rom: LoadedRom | undefined,
  path: string | undefined,
): Promise<string> {
  const game = path === undefined ? "" : `${shellWord(path)} `;
  const error = new Error(fault.message);
  error.stack = fault.stack === "" ? `Error: ${fault.message}` : fault.stack;
  const { message } = explain(error);
  const { lastGood } = fault;
  if (lastGood === undefined || rom === undefined) return `${message}\n`;
  const file = join(userFolders().state, `${rom.image.sha1.slice(0, 12)}-frame-${lastGood.tag}.state`);
  try {
    await writeFileWhole(file, lastGood.bytes);
  } catch {
    return `${message}\nThe last good state was not saved: ${printablePath(file)} cannot be written.\n`;
  }
  return `${message}\nThe state at frame ${lastGood.tag} was saved. To continue: emu run ${game}--state ${shellWord(file)}\n`;
}
