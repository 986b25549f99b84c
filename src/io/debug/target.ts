import type { Nes, NesOptions } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { PlaceMap } from "../library/place-map.ts";
import type { Movie } from "../movies/movie.ts";
import { startMovie } from "../movies/movie-start.ts";
import { createHeadless } from "../shared/headless.ts";
import type { CType } from "../symbols/c-type.ts";
import { NO_PRG_OFFSET, type SourceRoutine, type Symbols } from "../symbols/symbols.ts";
import { CDeclarations, findCType } from "./c-types.ts";
import type { CProgram } from "./probe.ts";
import { SourceFiles } from "./source-files.ts";
import { SourceMap } from "./source-map.ts";

/** The debugged program: a ROM, its symbols and a machine. */
export interface DebugTarget {
  readonly rom: LoadedRom;
  readonly symbols: Symbols;
  readonly machine?: NesOptions;
  /** The files that the symbols come from. */
  readonly symbolFiles?: readonly string[];
  /** Folders in which sources are searched first. */
  readonly sourceFolders?: readonly string[];
  /** A state to start from instead of power-on. */
  readonly state?: Uint8Array | undefined;
  /** Input from power-on. */
  readonly movie?: Movie | undefined;
}

/** A target on a machine that is powered on, with everything that is known about its source. */
export class LoadedTarget {
  readonly rom: LoadedRom;
  readonly symbols: Symbols;
  readonly nes: Nes;
  readonly places: PlaceMap;
  readonly lines: SourceMap;
  readonly files: SourceFiles;
  readonly program: CProgram;
  /** Address of cc65's register bank; −1 if there is none. */
  readonly registerBank: number;
  /** The files that the session reads, which no command may replace. */
  readonly readFiles: readonly string[];
  readonly #types = new Map<string, CType | undefined>();
  #declarations: CDeclarations | undefined;
  readonly #hasSources: boolean;

  constructor({ rom, symbols, machine, symbolFiles = [], sourceFolders, state, movie }: DebugTarget) {
    this.rom = rom;
    this.symbols = symbols;
    this.nes = createHeadless(rom.image, machine);
    if (movie !== undefined) startMovie(this.nes, movie);
    if (state !== undefined) this.nes.load(state);
    this.places = new PlaceMap(this.nes, symbols);
    this.lines = new SourceMap(symbols, rom.image.prgRom.length);
    this.files = new SourceFiles(symbols.files, rom.path, sourceFolders);
    const sources = [...symbols.files.keys()].map((file) => this.files.path(file));
    this.readFiles = [...rom.files, ...symbolFiles, ...sources.filter((path) => path !== undefined)];
    this.program = this.#cProgram();
    this.registerBank = this.#zeroPage("regbank");
    this.#hasSources = symbols.files.some((_, file) => this.files.path(file) !== undefined);
  }

  /** True if the line of a PRG ROM offset can be shown. If no source is found at all, every line counts. */
  hasLine(prgOffset: number): boolean {
    const place = this.lines.placeOf(prgOffset);
    if (place === undefined) return false;
    return !this.#hasSources || this.files.path(place.file) !== undefined;
  }

  /** The routine that contains an address, innermost first. */
  routineAt(prgOffset: number): SourceRoutine | undefined {
    if (prgOffset === NO_PRG_OFFSET) return undefined;
    let found: SourceRoutine | undefined;
    for (const routine of this.symbols.routines) {
      const isIn = prgOffset >= routine.prgOffset && prgOffset < routine.prgOffset + routine.bytes;
      if (isIn && (found === undefined || routine.bytes < found.bytes)) found = routine;
    }
    return found;
  }

  /** The type of a C variable, from its declaration: in a part of a file, else anywhere in the C sources. */
  cType(name: string, within?: { file: number; from: number; to: number }): CType | undefined {
    const text = within === undefined ? undefined : this.files.text(within.file);
    if (within !== undefined && text !== undefined) {
      const part = text
        .split("\n")
        .slice(Math.max(0, within.from - 1), within.to)
        .join("\n");
      return findCType(part, name, this.#cDeclarations());
    }
    if (this.#types.has(name)) return this.#types.get(name);
    let type: CType | undefined;
    for (const source of this.#cSources()) type ??= findCType(source, name, this.#cDeclarations());
    this.#types.set(name, type);
    return type;
  }

  #cSources(): readonly string[] {
    return this.symbols.files.flatMap((path, file) =>
      /\.[ch]$/i.test(path) ? [this.files.text(file) ?? ""] : [],
    );
  }

  #cDeclarations(): CDeclarations {
    this.#declarations ??= new CDeclarations(this.#cSources());
    return this.#declarations;
  }

  #cProgram(): CProgram {
    const cStackAddress = this.#zeroPage("c_sp", "sp");
    const entries = new Uint8Array(0x10000);
    if (cStackAddress < 0) return { cStackAddress, entries };
    const withVariables = new Set(this.symbols.variables.map(({ routine }) => routine));
    for (const { name } of this.symbols.routines) {
      if (!withVariables.has(name)) continue;
      for (const { address } of this.symbols.find(name)) if (address >= 0) entries[address & 0xffff] = 1;
    }
    return { cStackAddress, entries };
  }

  #zeroPage(...names: readonly string[]): number {
    for (const name of names) {
      const [symbol, more] = this.symbols.find(name);
      if (symbol !== undefined && more === undefined && symbol.address >= 0 && symbol.address < 0x100) {
        return symbol.address;
      }
    }
    return -1;
  }
}
