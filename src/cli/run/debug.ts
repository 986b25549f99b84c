import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import type { DebuggerEnd } from "../../io/debug/terminal/terminal-debugger.ts";
import type { LoadedRom, RomLoadOptions } from "../../io/files/roms/rom-file.ts";
import type { Settings } from "../../io/play/settings.ts";
import { EXIT_INTERRUPTED, EXIT_OK } from "../exit-codes.ts";
import { holdingLog, logRoot } from "../log.ts";
import { toLoadOptions, toNesOptions } from "../machine-options.ts";
import { loadState } from "./files.ts";
import type { RunCommandOptions } from "./options.ts";

/** A game to debug. */
interface GameToDebug {
  readonly path: string;
  readonly load: RomLoadOptions;
  readonly machine: NesOptions;
  /** A state to start from instead of power-on. */
  readonly state: Uint8Array | undefined;
}

/**
 * Debugs a game in this terminal until the user leaves. It is loaded again when it is rebuilt. `leaveTo` is
 * what the caller does when the user leaves.
 */
async function debugGame(
  { path, load, machine, state }: GameToDebug,
  settings: Settings,
  leaveTo: "play" | "quit",
  { input, anyRom }: Pick<RunCommandOptions, "input" | "anyRom"> = {},
): Promise<DebuggerEnd> {
  // Loaded only here, so that games without a debugger do not wait for it.
  const { loadTarget } = await import("../../io/debug/target-loader.ts");
  const { debugInTerminal } = await import("../../io/debug/terminal/terminal-debugger.ts");
  const files = { path, load, machine, state, movie: input, anyRom: anyRom === true };
  const options = { load: () => loadTarget(files), settings, leaveTo, watch: true, log: logRoot };
  return await holdingLog(() => debugInTerminal(options));
}

/** Debugs the running game. Returns the state from which the game continues, or the exit code. */
export async function debugPlayed(
  path: string,
  rom: LoadedRom,
  state: Uint8Array,
  settings: Settings,
  options: RunCommandOptions,
): Promise<Uint8Array | number> {
  const machine = toNesOptions(options, rom.image);
  const end = await debugGame({ path, load: toLoadOptions(options), machine, state }, settings, "play");
  if (end.kind === "left") return end.state;
  return end.kind === "quit" ? EXIT_OK : EXIT_INTERRUPTED;
}

/**
 * Debugs a game from power-on, a state or a movie. Returns the exit code. Throws `InputError` ("usage") if no
 * file is named.
 */
export async function debugFromStart(
  path: string | undefined,
  settings: Settings,
  options: RunCommandOptions,
): Promise<number> {
  if (path === undefined) throw new InputError("usage", "name the ROM to debug", "--debug");
  const state = await loadState(options.state);
  const game = { path, load: toLoadOptions(options), machine: toNesOptions(options), state };
  const end = await debugGame(game, settings, "quit", options);
  return end.kind === "left" || end.kind === "quit" ? EXIT_OK : EXIT_INTERRUPTED;
}
