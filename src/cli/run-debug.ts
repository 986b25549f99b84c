import { InputError } from "../emu/input-error.ts";
import type { NesOptions } from "../emu/nes/nes.ts";
import type { DebuggerEnd } from "../io/debug/terminal/terminal-debugger.ts";
import type { RomLoadOptions } from "../io/files/rom-file.ts";
import type { Settings } from "../io/play/settings.ts";
import { holdingLog, logRoot } from "./log.ts";

/** Options of `emu run` that concern the debugger, or that it cannot have. */
export interface RunDebugOptions {
  readonly debug?: true;
  readonly frames?: number;
  readonly record?: string;
  readonly stats?: string;
  readonly cheat?: readonly string[];
  readonly core?: string;
  readonly input?: string;
  readonly state?: string;
  readonly anyRom?: true;
}

/** Throws `InputError` ("usage") for options that `--debug` excludes. */
export function checkDebugOptions(options: RunDebugOptions): void {
  if (options.debug !== true) return;
  const excluded = ["frames", "record", "stats", "cheat", "core"] as const;
  const other = excluded.find((name) => options[name] !== undefined);
  if (other === undefined) return;
  throw new InputError("usage", `--debug cannot be used with --${other}`, "--debug");
}

/** A game to debug. */
export interface GameToDebug {
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
export async function debugGame(
  { path, load, machine, state }: GameToDebug,
  settings: Settings,
  leaveTo: "play" | "quit",
  { input, anyRom }: RunDebugOptions = {},
): Promise<DebuggerEnd> {
  // Loaded only here, so that games that nobody debugs do not wait for it.
  const { loadTarget } = await import("../io/debug/target-loader.ts");
  const { debugInTerminal } = await import("../io/debug/terminal/terminal-debugger.ts");
  const files = { path, load, machine, state, movie: input, anyRom: anyRom === true };
  const options = { load: () => loadTarget(files), settings, leaveTo, watch: true, log: logRoot };
  return await holdingLog(() => debugInTerminal(options));
}
