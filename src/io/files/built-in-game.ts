import { stat } from "node:fs/promises";
import swingby from "../../../roms/swingby.nes" with { type: "file" };
import testCard from "../../../roms/test-card.nes" with { type: "file" };
import { undecodedPath } from "./undecoded-path.ts";

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

/** The path of the ROM that `path` means: the package's own file for a game that comes with emu. */
export async function fileOfBuiltIn(path: string): Promise<string> {
  const name = await builtInFor(path);
  return name === undefined ? path : BUILT_IN_GAMES[name].file;
}

/** The ROM file of a game that comes with emu. */
export function builtInBytes(name: BuiltInName): Promise<Uint8Array> {
  // Only Bun's own reader reaches into an executable.
  return Bun.file(BUILT_IN_GAMES[name].file).bytes();
}
