import { stat } from "node:fs/promises";
import { InputError } from "../../emu/input-error.ts";
import { openToRead, pathError, readPart } from "../files/read-file.ts";
import { builtInFor } from "../files/roms/built-in-game.ts";
import { ROM_FILE_NAME } from "../files/roms/rom-file-name.ts";
import { printable } from "../files/text.ts";
import { walkFiles } from "../files/walk.ts";
import { loadManifest } from "./manifest.ts";
import { DEFAULT_MAX_FRAMES, type TestSpec } from "./types.ts";

const FIRST_BYTES = 64;

/**
 * Collects the tests for the arguments of a command line: manifests, ROMs, games that come with emu, folders
 * of ROMs, in that order and sorted by name. Throws `InputError` for missing files, unreadable manifests and
 * folders without ROMs.
 */
export async function collectTests(paths: readonly string[]): Promise<TestSpec[]> {
  const tests: TestSpec[] = [];
  for (const path of paths) {
    if ((await builtInFor(path)) !== undefined) {
      tests.push(unknownRom(path));
      continue;
    }
    const status = await stat(path).catch((error) => {
      throw pathError(error, path);
    });
    if (status.isDirectory()) tests.push(...(await findRoms(path)).map(unknownRom));
    // A pipe, such as <(…) of a shell, can only be read once, so it must be a manifest.
    else if (!status.isFile() || (await isManifest(path))) tests.push(...(await loadManifest(path)).tests);
    else tests.push(unknownRom(path));
  }
  return withDistinctNames(tests);
}

/** Adds numbers to equal names, since reports, baselines and shards need distinct ones. */
export function withDistinctNames(tests: readonly TestSpec[]): TestSpec[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const count = (seen.get(test.name) ?? 0) + 1;
    seen.set(test.name, count);
    return count === 1 ? test : { ...test, name: `${test.name} (${count})` };
  });
}

function unknownRom(path: string): TestSpec {
  return { rom: path, name: path, romFile: path, protocol: "detect", maxFrames: DEFAULT_MAX_FRAMES };
}

async function findRoms(folder: string): Promise<string[]> {
  const roms = await walkFiles(folder, (name) => ROM_FILE_NAME.test(name));
  if (roms.length === 0) throw new InputError("data", "the folder holds no ROM", printable(folder));
  return roms;
}

/** Recognizes a manifest by its name or its first character. */
async function isManifest(path: string): Promise<boolean> {
  if (/\.(json|toml)$/i.test(path)) return true;
  if (ROM_FILE_NAME.test(path)) return false;
  const { file } = await openToRead(path);
  try {
    const start = await readPart(file, path, 0, FIRST_BYTES);
    return /^\s*[[{]/.test(Buffer.from(start).toString("latin1"));
  } finally {
    await file.close();
  }
}
