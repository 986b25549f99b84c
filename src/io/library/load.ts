import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { type LoadedRom, loadRom, type RomLoadOptions, readRomWith } from "../files/roms/rom-file.ts";
import type { Palette } from "../render/colors/palette.ts";
import { loadPalette } from "../render/colors/palette-file.ts";
import { createHeadless } from "../shared/headless.ts";
import { loadSymbols, loadSymbolsBeside } from "../symbols/symbol-files.ts";
import type { Symbols } from "../symbols/symbols.ts";
import type { Coverage } from "./coverage/coverage.ts";
import { Game } from "./game.ts";
import type { TileMap } from "./screen.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";
import { recordTrace } from "./traced.ts";

export interface GameOptions extends NesOptions, Omit<RomLoadOptions, "expansion"> {
  /**
   * Symbol files (.dbg, .mlb, .nl, .lbl, .fns, .map, .lst); by default the ones beside the ROM, which are
   * ignored with a warning if they cannot be read. `false` loads none.
   */
  readonly symbols?: string | readonly string[] | false;
  /** The characters of the game's tiles, for `screen.text()`; ASCII by default. */
  readonly tiles?: TileMap;
  /** A .pal file for the colours of `screen`; by default those of a television. */
  readonly palette?: string;
  /** Counts the instructions that the game executes. */
  readonly coverage?: Coverage;
  /** What a JAM opcode does: fail (the default), or stop the CPU as on the console. */
  readonly onJam?: "throw" | "ignore";
}

/** All options by name, so that a misspelled one is an error instead of a test of something else. */
const OPTION_NAMES: Readonly<Record<keyof GameOptions, true>> = {
  symbols: true,
  tiles: true,
  palette: true,
  coverage: true,
  onJam: true,
  fdsBios: true,
  controlRoms: true,
  patches: true,
  describeOnly: true,
  region: true,
  ramFill: true,
  alignment: true,
  mmc3Revision: true,
  cpuRevision: true,
  ppuRevision: true,
  console: true,
  dips: true,
  screens: true,
  diskSide: true,
  track: true,
  devices: true,
  exact: true,
};

/** A ROM with its symbols and colours, which can be used for any number of machines. */
export interface Cartridge {
  readonly rom: LoadedRom;
  readonly symbols: Symbols;
  /** Colours instead of the console's. */
  readonly palette?: Palette;
}

/**
 * Loads a game and powers it on, on a machine of its own. By default RAM is zero and everything else is as in
 * `emu dump`. `rom` is a file (.nes, .unf, .fds, .qd, also in .zip, .gz, .7z or .rar), its bytes, or the
 * result of `loadCartridge`, for which nothing is read.
 *
 * Throws `InputError` if the ROM or a named symbol file cannot be read or used, or an option is unknown.
 */
export const load = throwsAtCaller(async function load(
  rom: string | Uint8Array | Cartridge,
  options: GameOptions = {},
): Promise<Game> {
  checkNames(options);
  const cartridge =
    typeof rom === "string" || rom instanceof Uint8Array ? await loadCartridge(rom, options) : rom;
  return powerOn(cartridge, options);
});

/** Reads a ROM and its symbols. `powerOn` makes any number of machines from it. */
export const loadCartridge = throwsAtCaller(async function loadCartridge(
  rom: string | Uint8Array,
  options: Pick<GameOptions, "symbols" | "fdsBios" | "controlRoms" | "patches" | "palette" | "devices"> = {},
): Promise<Cartridge> {
  const loaded =
    typeof rom === "string"
      ? await loadRom(rom, { ...options, expansion: options.devices?.expansion })
      : await readRomWith(rom, "memory", options);
  const { symbols: named } = options;
  const symbols =
    named === undefined && typeof rom === "string"
      ? (await loadSymbolsBeside(rom, loaded.image)).symbols
      : await loadSymbols(named === undefined || named === false ? [] : [named].flat(), loaded.image);
  const palette = options.palette === undefined ? {} : { palette: await loadPalette(options.palette) };
  const cartridge = { rom: loaded, symbols, ...palette };
  for (const caution of loaded.cautions) warnOnce(`${loaded.fileName}: ${caution}`);
  for (const warning of cartridge.symbols.warnings) warnOnce(warning);
  return cartridge;
});

/** Throws `InputError` ("usage") if an option is unknown. */
function checkNames(options: GameOptions): void {
  const wrong = Object.keys(options).find((name) => !Object.hasOwn(OPTION_NAMES, name));
  if (wrong === undefined) return;
  const remedy = `one of ${Object.keys(OPTION_NAMES).join(", ")}`;
  throw new InputError("usage", `unknown option ${wrong.slice(0, 40)}`, "", remedy);
}

const warned = new Set<string>();

/**
 * Prints a warning once per process, since tests load one game many times. `Game.warnings` has all of them.
 */
function warnOnce(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(`emu: ${text}`);
}

/** Powers on a machine with this cartridge. */
export const powerOn = throwsAtCaller(function powerOn(
  { rom, symbols, palette }: Cartridge,
  options: GameOptions = {},
): Game {
  checkNames(options);
  const machine = createHeadless(rom.image, options);
  const game = new Game(machine, rom, symbols, options.tiles, options.onJam !== "ignore", palette);
  const { coverage } = options;
  if (coverage !== undefined) game.spy(coverage.observe(machine, rom, game.places));
  recordTrace(game, options);
  return game;
});
