import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { type LoadedRom, loadRom, type RomLoadOptions } from "../files/roms/rom-file.ts";
import { printable } from "../files/text.ts";
import { type Movie, machineOfMovie } from "../movies/movie.ts";
import { loadMovie, romMismatch } from "../movies/movie-file.ts";
import { movieCautions } from "../movies/movie-start.ts";
import { loadSymbols, loadSymbolsBeside } from "../symbols/symbol-files.ts";
import type { DebugTarget } from "./target.ts";

/** What to debug, and how its machine is configured. */
export interface TargetFiles {
  readonly path: string;
  readonly load: RomLoadOptions;
  readonly machine: NesOptions;
  /** Symbol files instead of those beside the ROM; empty for those. */
  readonly symbols?: readonly string[];
  readonly sourceFolders?: readonly string[];
  /** A movie or an input script to play from power-on. */
  readonly movie?: string | undefined;
  /** Play the movie even if it was recorded with another ROM. */
  readonly anyRom?: boolean;
  readonly state?: Uint8Array | undefined;
}

/** Loads a game with its symbols and its movie. Throws `InputError`. */
export async function loadTarget(files: TargetFiles): Promise<DebugTarget> {
  const { path, load, machine, symbols: symbolPaths = [], sourceFolders = [], state } = files;
  const rom = await loadRom(path, load);
  const { files: symbolFiles, symbols } =
    symbolPaths.length > 0
      ? { files: symbolPaths, symbols: await loadSymbols(symbolPaths, rom.image) }
      : await loadSymbolsBeside(path, rom.image);
  const movie =
    files.movie === undefined ? undefined : await movieFor(rom, files.movie, files.anyRom === true);
  return {
    rom:
      movie === undefined ? rom : { ...rom, cautions: [...rom.cautions, ...movieCautions(movie, rom.image)] },
    symbols,
    symbolFiles: files.movie === undefined ? symbolFiles : [...symbolFiles, files.movie],
    machine: { ...machineOfMovie(movie), ...machine },
    sourceFolders,
    state,
    movie,
  };
}

async function movieFor(rom: LoadedRom, path: string, anyRom: boolean): Promise<Movie> {
  const movie = await loadMovie(path);
  const mismatch = anyRom ? undefined : romMismatch(movie, rom);
  if (mismatch === undefined) return movie;
  throw new InputError("data", mismatch, printable(path), "allow any ROM to play it anyway");
}
