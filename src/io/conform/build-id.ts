import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { walkFiles } from "../files/walk.ts";

const HASH_DIGITS = 16;
let known: Promise<string> | undefined;

/**
 * Identifies this build of emu: its version and a hash of its code. Two builds with the same id give the same
 * verdicts, so results of different machines can be put together.
 */
export function buildId(): Promise<string> {
  known ??= hashCode().then((hash) => `${manifest.version}-${hash.slice(0, HASH_DIGITS)}`);
  return known;
}

async function hashCode(): Promise<string> {
  const hasher = createHash("sha256").update(Bun.version);
  if (Bun.isStandaloneExecutable) return hasher.update(await readFile(process.execPath)).digest("hex");
  const root = join(import.meta.dir, "../..");
  for (const path of await walkFiles(root, (name) => /\.(ts|js)$/.test(name))) {
    hasher.update(`${relative(root, path).replaceAll("\\", "/")}\0`).update(await readFile(path));
  }
  return hasher.digest("hex");
}
