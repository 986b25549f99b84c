import { resolve } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import type { NesOptions } from "../../../emu/nes/nes.ts";
import { loadRom, type RomLoadOptions } from "../../files/rom-file.ts";
import { loadSymbols, loadSymbolsBeside } from "../../symbols/symbol-files.ts";
import type { DebugTarget } from "../target.ts";
import type { RequestArguments } from "./request-arguments.ts";

/** Loads the game given by the arguments of `launch`. Throws `InputError`. */
export type GameSource = (args: RequestArguments) => Promise<DebugTarget>;

/** Settings of the command line for the games that clients launch. */
export interface GameDefaults {
  /** The game if the client names none. */
  readonly program?: string | undefined;
  readonly load: RomLoadOptions;
  readonly machine: NesOptions;
}

/**
 * Returns a function that loads the game of `launch` or `attach`: `program`, with the symbols in `symbols` or
 * those beside it, and sources in `sourceFolders` and `cwd`.
 */
export function gameSource({ program, load, machine }: GameDefaults): GameSource {
  return async (args: RequestArguments): Promise<DebugTarget> => {
    const cwd = args.optionalText("cwd");
    const named = args.optionalText("program");
    const path = named === undefined ? program : resolve(cwd ?? "", named);
    if (path === undefined) {
      throw new InputError("usage", "the configuration names no game", "program", '"program": "game.nes"');
    }
    const rom = await loadRom(path, load);
    const files: readonly string[] = args.texts("symbols").map((file) => resolve(cwd ?? "", file));
    const { files: symbolFiles, symbols } =
      files.length > 0
        ? { files, symbols: await loadSymbols(files, rom.image) }
        : await loadSymbolsBeside(path, rom.image);
    const folders = args.texts("sourceFolders").map((folder) => resolve(cwd ?? "", folder));
    const sourceFolders = cwd === undefined ? folders : [...folders, cwd];
    return { rom, symbols, symbolFiles, machine, sourceFolders };
  };
}
