import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const REPOSITORY = resolve(import.meta.dir, "../..");

/**
 * Folder of the oracles (ROMs, vectors, golden hashes): `EMU_SHARED`, or `../shared` beside the repository.
 */
function findShared(): string | undefined {
  const folder = process.env.EMU_SHARED ?? join(REPOSITORY, "../shared");
  return existsSync(folder) ? resolve(folder) : undefined;
}

/**
 * The oracles' folder, or undefined: tests that need them are then skipped visibly (`test.skipIf(!SHARED)`).
 */
export const SHARED: string | undefined = findShared();

/** Absolute path of a file among the oracles. Call it only inside tests that `SHARED` guards. */
export function sharedFile(relative: string): string {
  if (SHARED === undefined) throw new Error(`no oracles: set EMU_SHARED to find ${relative}`);
  return join(SHARED, relative);
}

/** True if tests run at full size (`EMU_SOAK=1`) instead of the size for every commit. */
export const SOAK: boolean = process.env.EMU_SOAK === "1";
