import { InputError } from "../../emu/input-error.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { RendererName } from "../render/encoders.ts";
import type { StatsSummary } from "../shared/stats.ts";
import { StderrShelter } from "../terminal/stderr-shelter.ts";
import { hasTerminal } from "../terminal/tty.ts";
import type { EmuClientOptions, MachineFault } from "../thread/emu-client.ts";
import { Game } from "./game.ts";
import type { GameFiles } from "./session.ts";
import type { SettingName, Settings } from "./settings.ts";

export interface PlayOptions {
  readonly client: EmuClientOptions;
  readonly settings: Settings;
  /** What is plugged in: the mouse and the keyboard work what is no controller. */
  readonly devices?: DeviceSetup;
  /** Begin without sound, until the player turns it on. */
  readonly isMuted?: boolean;
  readonly files: GameFiles;
  /** Where the menu looks for other games. */
  readonly gamesFolder: string;
  /** Ends after so many frames; without it, when the player quits. */
  readonly frames?: number;
  /** Gets the time from a picture's publication to the terminal's report that it is there, microseconds. */
  readonly onLatency?: (microseconds: number) => void;
  /** Gets the battery-backed memory now and then, and at the end; not called without a battery. */
  readonly keepBattery?: (memory: Uint8Array) => Promise<void>;
  /** Keep what the player changes in the menu. */
  readonly keepSetting?: <Name extends SettingName>(name: Name, value: Settings[Name]) => Promise<void>;
  readonly keepKeys?: (target: string, keys: readonly string[]) => Promise<void>;
  readonly recentGames?: () => Promise<readonly string[]>;
}

/** Why a game ended. */
export type PlayEnd =
  | { readonly kind: "quit" | "frames" | "interrupted" | "terminal-gone" }
  /** The player wants to play another game. */
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "machine-fault"; readonly fault: MachineFault }
  | { readonly kind: "bug"; readonly error: unknown };

export interface PlayResult {
  readonly end: PlayEnd;
  readonly stats: StatsSummary;
  readonly renderer: RendererName;
  /** What the sound was played on; empty without sound. */
  readonly sink: string;
  /** As the player has left them. */
  readonly settings: Settings;
}

/** Throws `InputError` ("unavailable") where there is no terminal to play in. */
export function requireTerminal(): void {
  if (hasTerminal()) return;
  const which = process.stdout.isTTY === true ? "input" : "output";
  throw new InputError(
    "unavailable",
    `standard ${which} is not a terminal`,
    "",
    "emu dump ROM --frames N --out FILE works without one",
  );
}

/**
 * Plays a machine in this terminal until the player, a signal or a fault ends it. The terminal is given
 * back as it was before this returns or throws.
 */
export async function play(options: PlayOptions): Promise<PlayResult> {
  requireTerminal();
  const shelter = new StderrShelter();
  shelter.begin();
  let wasFine = false;
  try {
    const game = await Game.create(options, shelter);
    try {
      const result = await game.run();
      wasFine = result.end.kind !== "machine-fault" && result.end.kind !== "bug";
      return result;
    } finally {
      await game.close();
    }
  } finally {
    // Only libraries write there during a game; what they said may matter when something went wrong.
    if (wasFine) shelter.end();
    else shelter.endAndShow();
  }
}
