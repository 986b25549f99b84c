import { resolve } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import type { NesOptions } from "../../../emu/nes/nes.ts";
import type { RomLoadOptions } from "../../files/roms/rom-file.ts";
import type { DebugTarget } from "../target.ts";
import { loadTarget } from "../target-loader.ts";
import type { RequestArguments } from "./request-arguments.ts";

/** Loads the game given by the arguments of `launch`. Throws `InputError`. */
export type GameSource = (args: RequestArguments) => Promise<DebugTarget>;

/** Settings of the command line for the games that clients launch. */
export interface GameDefaults {
  /** The game and the movie if the client names none. */
  readonly program?: string | undefined;
  readonly movie?: string | undefined;
  readonly anyRom?: boolean;
  readonly load: RomLoadOptions;
  readonly machine: NesOptions;
}

/**
 * Returns a function that loads the game of `launch` or `attach`: `program`, with the symbols in `symbols` or
 * those beside it, sources in `sourceFolders` and `cwd`, and the input of `movie`.
 */
export function gameSource({ program, movie, anyRom = false, load, machine }: GameDefaults): GameSource {
  return async (args: RequestArguments): Promise<DebugTarget> => {
    const cwd = args.optionalText("cwd");
    const inFolder = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : resolve(cwd ?? "", path);
    const path = inFolder(args.optionalText("program")) ?? program;
    if (path === undefined) {
      throw new InputError("usage", "the configuration names no game", "program", '"program": "game.nes"');
    }
    const folders = args.texts("sourceFolders").map((folder) => resolve(cwd ?? "", folder));
    return loadTarget({
      path,
      load,
      machine,
      symbols: args.texts("symbols").map((file) => resolve(cwd ?? "", file)),
      sourceFolders: cwd === undefined ? folders : [...folders, cwd],
      movie: inFolder(args.optionalText("movie")) ?? movie,
      anyRom: anyRom || args.flag("anyRom"),
    });
  };
}
