import type { InputError } from "../../emu/input-error.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { CoreChoices } from "../cores/core-choices.ts";
import type { CoreFacts } from "../cores/libretro-core.ts";
import type { RendererName } from "../render/encoders.ts";
import type { BatteryKeeper } from "../saves/battery-keeper.ts";
import type { LogRoot } from "../shared/log.ts";
import type { StatsSummary } from "../shared/stats.ts";
import type { Symbols } from "../symbols/symbols.ts";
import type { EmuClient, EmuClientOptions, MachineFault } from "../thread/emu-client.ts";
import type { GameLibrary } from "./games/game-library.ts";
import type { GameFiles } from "./play-session.ts";
import type { ResumeFile } from "./resume-file.ts";
import type { SettingName, Settings } from "./settings.ts";

/** A libretro core that plays the game, for the menu and the mouse. */
export interface PlayedCore {
  readonly facts: CoreFacts;
  readonly choices: CoreChoices;
  /** Values of its options by key, as they are now. */
  readonly values: Map<string, string>;
  /** Ids of the devices in its ports, as they are now. */
  readonly plugged: number[];
}

/** A game that is played with others, over the network. */
export interface GameLink {
  /** The machine runs. */
  begin(client: EmuClient): void;
  /** A few words for the status line. */
  readonly status: string;
  /** What the game waits for; empty while it runs. */
  readonly notice: string;
  /** Resolves when the game ends by itself, with the reason. */
  readonly ended: Promise<InputError>;
}

/** Options of a game. */
export interface PlayOptions {
  readonly client: EmuClientOptions;
  readonly settings: Settings;
  /** Devices plugged in. The mouse and the keyboard operate those that are not controllers. */
  readonly devices?: DeviceSetup;
  /** True if the cartridge has a microphone. */
  readonly hasMicrophone?: boolean;
  /** Set if a libretro core plays the game. */
  readonly core?: PlayedCore;
  /** Bits per port of the machine's button word. Default: 8, as on the NES. */
  readonly portBits?: number;
  /** Start muted, until the player turns the sound on. */
  readonly isMuted?: boolean;
  /** A line shown when the game starts, such as a warning. */
  readonly notice?: string;
  readonly files: GameFiles;
  /** The player's games, for the menu; undefined if no other game can be opened. */
  readonly library?: GameLibrary;
  /** Reads the symbol files beside the game, for the search of its memory. */
  readonly loadSymbols?: () => Promise<Symbols>;
  /** Where the menu looks for more games. */
  readonly gamesFolder: string;
  /** True if the key for the debugger ends the game with its state, so that the caller can debug it. */
  readonly canDebug?: boolean;
  /**
   * Watches the game's files. It calls `onRebuilt` when the game is to be opened again, and `say` with a text
   * for the player. Returns a function that ends the watch.
   */
  readonly watch?: (onRebuilt: () => void, say: (text: string) => void) => () => void;
  /** Stop after this many frames; undefined plays until the player quits. */
  readonly frames?: number;
  /**
   * Receives the time from a picture's publication to the terminal's report of its arrival, in microseconds.
   */
  readonly onLatency?: (microseconds: number) => void;
  /** Frames of the movie that plays, from power-on, which the status line counts. */
  readonly movieFrames?: number;
  /** The others, if the game is not played alone. */
  readonly link?: GameLink;
  /** Stores the moment at which the player quits, and offers the last one; undefined does neither. */
  readonly resume?: ResumeFile;
  /** Where the last picture of a game that was played is stored, for the library; undefined stores none. */
  readonly cover?: string;
  /** True to continue there without a question. */
  readonly resumesAtOnce?: boolean;
  /** Saves battery-backed memory; undefined discards it. */
  readonly battery?: BatteryKeeper;
  /** Receives what is chosen, what is granted and what fails; undefined logs nothing. */
  readonly log?: LogRoot;
  /** Stores what the player changes in the menu. */
  readonly keepSetting?: <Name extends SettingName>(name: Name, value: Settings[Name]) => Promise<void>;
  readonly keepKeys?: (target: string, keys: readonly string[]) => Promise<void>;
}

/** Why a game ended. */
export type PlayEnd =
  | { readonly kind: "quit" | "frames" | "interrupted" | "terminal-gone" }
  /** The player wants another game. */
  | { readonly kind: "open"; readonly path: string; readonly continues: boolean }
  /** The game was rebuilt. */
  | { readonly kind: "rebuilt" }
  /** The player wants to debug the game, from this state on. */
  | { readonly kind: "debug"; readonly state: Uint8Array }
  /** The connection to the other players is over. */
  | { readonly kind: "link-ended"; readonly error: InputError }
  | { readonly kind: "machine-fault"; readonly fault: MachineFault }
  | { readonly kind: "bug"; readonly error: unknown };

export interface PlayResult {
  readonly end: PlayEnd;
  readonly stats: StatsSummary;
  /** Time for which the game ran; pauses and the menu do not count. */
  readonly playedSeconds: number;
  readonly renderer: RendererName;
  /** The sound system used; empty without sound. */
  readonly sink: string;
  /** The settings at the end, with the player's changes. */
  readonly settings: Settings;
  /** Errors of files that could not be written at the end: a save, a recording. */
  readonly failures: readonly InputError[];
}
