import type { NesOptions } from "../../emu/nes/nes.ts";
import { type LoadedRom, loadRom, type RomLoadOptions, readRom } from "../files/rom-file.ts";
import { createHeadless } from "../shared/headless.ts";
import { findSymbolFiles, loadSymbols } from "../symbols/symbol-files.ts";
import type { Symbols } from "../symbols/symbols.ts";
import type { Coverage } from "./coverage.ts";
import { Game } from "./game.ts";
import type { TileMap } from "./screen.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";

export interface GameOptions extends NesOptions, RomLoadOptions {
  /**
   * Symbol files (.dbg, .mlb, .nl, .lbl, .fns, .map, .lst); by default those that lie beside the ROM. `false` looks for none.
   */
  readonly symbols?: string | readonly string[] | false;
  /** What the tiles of the game's font are, for `screen.text()`; ASCII by default. */
  readonly tiles?: TileMap;
  /** Counts what the game executes. */
  readonly coverage?: Coverage;
  /** What a JAM opcode does: fail (by default), or stay as it does on the console. */
  readonly onJam?: "throw" | "ignore";
}

/** A ROM and its symbols, read once for any number of machines. */
export interface Cartridge {
  readonly rom: LoadedRom;
  readonly symbols: Symbols;
}

/**
 * Loads a game and powers it on, on a machine of its own. RAM is zero, and everything else as `emu dump` has
 * it, unless the options say otherwise. `rom` is a file (.nes, .unf, .fds, .qd, also in .zip, .gz, .7z or .rar), its bytes, or
 * what `loadCartridge` gave: then nothing is read, and the game is there at once.
 *
 * Throws `InputError` when the ROM or a symbol file cannot be read or used.
 */
export const load = throwsAtCaller(async function load(
  rom: string | Uint8Array | Cartridge,
  options: GameOptions = {},
): Promise<Game> {
  const cartridge =
    typeof rom === "string" || rom instanceof Uint8Array ? await loadCartridge(rom, options) : rom;
  return powerOn(cartridge, options);
});

/** Reads a ROM and its symbols; `powerOn` makes machines of it, as many as are wanted. */
export const loadCartridge = throwsAtCaller(async function loadCartridge(
  rom: string | Uint8Array,
  options: Pick<GameOptions, "symbols" | "fdsBios"> = {},
): Promise<Cartridge> {
  const loaded = typeof rom === "string" ? await loadRom(rom, options) : readRom(rom, "memory");
  const { symbols } = options;
  const beside = symbols === undefined && typeof rom === "string" ? await findSymbolFiles(rom) : [];
  const paths = symbols === undefined ? beside : symbols === false ? [] : [symbols].flat();
  const cartridge = { rom: loaded, symbols: await loadSymbols(paths, loaded.image) };
  for (const caution of loaded.cautions) warnOnce(`${loaded.fileName}: ${caution}`);
  for (const warning of cartridge.symbols.warnings) warnOnce(warning);
  return cartridge;
});

const warned = new Set<string>();

/** Tests load one game many times: each warning is printed once a process. `Game.warnings` has them all. */
function warnOnce(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(`emu: ${text}`);
}

/** A machine with this cartridge, powered on. */
export const powerOn = throwsAtCaller(function powerOn(
  { rom, symbols }: Cartridge,
  options: GameOptions = {},
): Game {
  const machine = createHeadless(rom.image, options);
  const game = new Game(machine, rom, symbols, options.tiles, options.onJam !== "ignore");
  const { coverage } = options;
  if (coverage !== undefined) game.spy(coverage.observe(machine, rom, game.places));
  return game;
});
