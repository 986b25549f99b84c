import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import swingby from "../../../../roms/swingby.nes" with { type: "file" };
import testCard from "../../../../roms/test-card.nes" with { type: "file" };
import { writeFileWhole } from "../atomic-write.ts";
import { userFolders } from "../paths.ts";
import { undecodedPath } from "../undecoded-path.ts";

interface BuiltInGame {
  /** The name for players. */
  readonly title: string;
  readonly about: string;
  /** A file of the package, or one inside the compiled executable. */
  readonly file: string;
}

/** What comes with emu, by the name that takes the place of a path. */
export const BUILT_IN_GAMES = {
  swingby: { title: "Swingby", about: "a comet swings from planet to planet", file: swingby },
  "test-card": {
    title: "Test card",
    about: "shapes, colours, sound and buttons, to check the screen",
    file: testCard,
  },
} as const satisfies Record<string, BuiltInGame>;

export type BuiltInName = keyof typeof BUILT_IN_GAMES;

export const BUILT_IN_NAMES = Object.keys(BUILT_IN_GAMES) as readonly BuiltInName[];

/** Returns true for the name of a game that comes with emu. */
export function isBuiltIn(name: string): name is BuiltInName {
  return Object.hasOwn(BUILT_IN_GAMES, name);
}

/**
 * The game that comes with emu, if `path` is its name and no file or folder has this name; otherwise
 * undefined.
 */
export async function builtInFor(path: string): Promise<BuiltInName | undefined> {
  if (!isBuiltIn(path)) return undefined;
  const status = await stat(undecodedPath(path)).catch(() => undefined);
  return status === undefined ? path : undefined;
}

/**
 * The path of the ROM that `path` means, which every program can read. For a game that comes with emu it is
 * the package's own file; a compiled executable writes its game to the cache folder. Throws `InputError`
 * ("io") if that fails.
 */
export async function fileOfBuiltIn(path: string): Promise<string> {
  const name = await builtInFor(path);
  if (name === undefined) return path;
  if (!Bun.isStandaloneExecutable) return BUILT_IN_GAMES[name].file;
  const file = join(userFolders().cache, "games", `${name}.nes`);
  const bytes = await builtInBytes(name);
  const old = await readFile(file).catch(() => undefined);
  if (old?.equals(bytes) !== true) await writeFileWhole(file, bytes);
  return file;
}

/** The ROM file of a game that comes with emu. */
export function builtInBytes(name: BuiltInName): Promise<Uint8Array> {
  // Only Bun's own reader reaches into an executable.
  return Bun.file(BUILT_IN_GAMES[name].file).bytes();
}
