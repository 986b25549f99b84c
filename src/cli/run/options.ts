import type { CoreChoice } from "../core-options.ts";
import { DEVICE_FLAGS, type HardwareOptions } from "../machine-options.ts";
import { checkMovieOptions } from "../movie-options.ts";
import type { MusicOptions } from "../music-options.ts";
import { optionOf, rejectFlags } from "../options.ts";
import { checkRecording } from "./movie.ts";
import type { SaveLockChoice } from "./save-lock.ts";
import type { SettingOptions } from "./settings.ts";

/** The options of `emu run`. */
export interface RunCommandOptions extends HardwareOptions, SettingOptions, CoreChoice, MusicOptions {
  readonly debug?: true;
  readonly watch?: true;
  readonly frames?: number;
  readonly stats?: string;
  readonly keys?: boolean;
  readonly library?: true;
  /** True to continue where the player has stopped, without a question. Not an option of the command line. */
  readonly resumesAtOnce?: boolean;
  readonly config?: string;
  readonly cheat?: readonly string[];
  readonly state?: string;
  readonly input?: string;
  readonly anyRom?: true;
  readonly record?: string;
  readonly saveLock?: SaveLockChoice;
}

/** Options for the game that the command line names. Games that the player opens later do not have them. */
const ONE_GAME_FLAGS = [
  "--cheat",
  "--state",
  "--input",
  "--any-rom",
  "--record",
  "--patch",
  "--disk-side",
  "--mmc3-revision",
  "--dip",
  "--track",
  "--core",
  "--core-option",
  "--core-device",
] as const;

/** Options that built-in games do not take: they are not files, and emu's own machine plays them. */
const FILE_FLAGS = ["--patch", "--watch", "--debug", "--core", "--core-option", "--core-device"] as const;

/**
 * Options that --debug does not take. The debugger makes no sound, so --mute and --sound none are allowed.
 */
const NOT_DEBUGGED_FLAGS = [
  "--frames",
  "--record",
  "--stats",
  "--cheat",
  "--core",
  "--core-option",
  "--core-device",
  "--track",
  "--library",
  "--save-lock",
  "--volume",
  "--run-ahead",
  "--no-status-line",
  "--stats-line",
] as const;

/** Options without effect on music: no game is shown, no buttons are pressed, nothing is saved. */
const NOT_FOR_MUSIC_FLAGS = [
  "--cheat",
  "--run-ahead",
  "--save-lock",
  "--palette",
  "--scale",
  "--no-status-line",
  "--stats-line",
  "--console",
  "--ppu-revision",
  "--alignment",
  ...DEVICE_FLAGS,
] as const;

/** Throws `InputError` ("usage") for options that exclude each other, whatever the game is. */
export function checkRunOptions(path: string | undefined, options: RunCommandOptions): void {
  const { debug, input, record, library } = options;
  if (debug === true) rejectFlags(options, NOT_DEBUGGED_FLAGS, "cannot be used with --debug");
  checkMovieOptions(options);
  checkRecording(options);
  if (input !== undefined || record !== undefined)
    rejectFlags(options, ["--save-lock"], "has no effect on movies: they use no save");
  if (path !== undefined)
    rejectFlags(options, ["--library"], "chooses a game, but the command line names one");
  else if (library === true) checkForChoice(options);
}

/** Throws `InputError` ("usage") for options of a single game if the player is to choose one. */
export function checkForChoice(options: RunCommandOptions): void {
  rejectFlags(options, ONE_GAME_FLAGS, "is for one game: name its file");
}

/** Throws `InputError` ("usage") for options that have no effect on a game that comes with emu. */
export function checkForBuiltIn(options: RunCommandOptions, name: string): void {
  rejectFlags(options, FILE_FLAGS, `is for files: ${name} comes with emu`);
}

/** Throws `InputError` ("usage") for options that have no effect on music. */
export function checkForMusic(options: RunCommandOptions): void {
  rejectFlags(options, NOT_FOR_MUSIC_FLAGS, "has no effect on music");
}

/** The options for games that the player opens later. */
export function forOtherGames(options: RunCommandOptions): RunCommandOptions {
  const own: readonly string[] = ONE_GAME_FLAGS.map(optionOf);
  // --no-patch applies to every game.
  const isKept = (name: string) => !own.includes(name) || (name === "patch" && options.patch === false);
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => isKept(name)),
  ) as unknown as RunCommandOptions;
}
