import type { InputError } from "../../emu/input-error.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { RendererName } from "../render/encoders.ts";
import type { BatteryKeeper } from "../saves/battery-keeper.ts";
import type { Log } from "../shared/log.ts";
import type { StatsSummary } from "../shared/stats.ts";
import type { EmuClientOptions, MachineFault } from "../thread/emu-client.ts";
import type { GameFiles } from "./play-session.ts";
import type { SettingName, Settings } from "./settings.ts";

/** What a game is played with. */
export interface PlayOptions {
  readonly client: EmuClientOptions;
  readonly settings: Settings;
  /** What is plugged in: the mouse and the keyboard work what is no controller. */
  readonly devices?: DeviceSetup;
  /** Begin without sound, until the player turns it on. */
  readonly isMuted?: boolean;
  /** A line that is shown when the game begins, such as a warning. */
  readonly notice?: string;
  readonly files: GameFiles;
  /** Where the menu looks for other games. */
  readonly gamesFolder: string;
  /** Ends after so many frames; without it, when the player quits. */
  readonly frames?: number;
  /** Gets the time from a picture's publication to the terminal's report that it is there, microseconds. */
  readonly onLatency?: (microseconds: number) => void;
  /** Keeps the battery-backed memory; by default it is forgotten. */
  readonly battery?: BatteryKeeper;
  /** Hears what fails in the background. */
  readonly log?: Log;
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
  /** What could not be written at the end: a save, a recording. */
  readonly failures: readonly InputError[];
}
