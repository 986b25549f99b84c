import swingby from "../../../roms/swingby.nes" with { type: "file" };
import testCard from "../../../roms/test-card.nes" with { type: "file" };
import { type LoadedRom, readRom } from "./rom-file.ts";

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

/** Returns true for the name of a game that comes with emu. */
export function isBuiltIn(name: string): name is BuiltInName {
  return Object.hasOwn(BUILT_IN_GAMES, name);
}

export async function loadBuiltInGame(name: BuiltInName = "swingby"): Promise<LoadedRom> {
  // Only Bun's own reader reaches into an executable.
  return readRom(await Bun.file(BUILT_IN_GAMES[name].file).bytes(), `${name}.nes`);
}
