import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isatty } from "node:tty";
import { type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { defaultDevices } from "../../emu/nes/input/default-devices.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { CoreGameFile } from "../../io/cores/core-game.ts";
import { findCoreGame } from "../../io/cores/core-game.ts";
import { type BuiltInName, builtInFor, isBuiltIn } from "../../io/files/roms/built-in-game.ts";
import { type LoadedRom, loadBuiltInGame, loadRom } from "../../io/files/roms/rom-file.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { ConfigFile } from "../../io/play/config-file.ts";
import { gamesInArchive } from "../../io/play/games/archive-games.ts";
import { describeKeys } from "../../io/play/pad-picture.ts";
import { type Pick, pickFromArchive } from "../../io/play/pick-game.ts";
import { requireTerminal } from "../../io/play/play.ts";
import type { PlayResult } from "../../io/play/play-types.ts";
import type { Settings } from "../../io/play/settings.ts";
import { readWindow } from "../../io/terminal/window.ts";
import { addCoreOptions, coreGameOf } from "../core-options.ts";
import { EXIT_INTERRUPTED, EXIT_OK } from "../exit-codes.ts";
import { logRoot } from "../log.ts";
import { addHardwareOptions, givenDevices, toLoadOptions } from "../machine-options.ts";
import { addMusicOptions } from "../music-options.ts";
import { addExamples, INPUT_FILES, MAX_FRAMES, wholeNumber } from "../options.ts";
import { playCoreGame } from "../run/core.ts";
import { debugFromStart } from "../run/debug.ts";
import { openGameLibrary, pickFromLibrary } from "../run/library.ts";
import { type NesPlay, type PlayedGame, playNesGame } from "../run/nes.ts";
import {
  checkForBuiltIn,
  checkForChoice,
  checkRunOptions,
  forOtherGames,
  type RunCommandOptions,
} from "../run/options.ts";
import { finish } from "../run/report.ts";
import { SAVE_LOCK_CHOICES } from "../run/save-lock.ts";
import { addSettingOptions, overridden } from "../run/settings.ts";
import { loadRomToRun, logRom, warnOfGame } from "../warnings.ts";

/** The game that is played if none is named. */
const DEFAULT_GAME: BuiltInName = "swingby";

const STDOUT = 1;

/** `emu run`: play in the terminal. */
export function registerRun(program: Command): void {
  const command = program
    .command("run")
    .description(
      "Play a game in this terminal: a file, or swingby or test-card, which come with emu. Without a name, play " +
        "swingby. F1 or Escape opens the menu. " +
        "Settings and keys are stored in emuterm/config.toml in the XDG config folder; options override them.",
    )
    .argument("[rom]", "the ROM: .nes, also in .zip, .gz, .7z or .rar; or a folder to choose from")
    .option("--library", "choose from your games, as emu alone does")
    .option("--frames <n>", "stop after n frames", wholeNumber(1, MAX_FRAMES))
    .option("--stats <file>", "at the end, write frame, byte and lateness statistics as JSON")
    .option(
      "--keys",
      "show the pad with its keys, and what all keys do, also on the game's devices, then exit",
    )
    .option("--config <file>", "the config file (default: in the XDG config folder)")
    .option("--state <file>", "start from a saved state")
    .option("--input <file>", `play ${INPUT_FILES}; keys still work`)
    .option("--any-rom", "play the movie even if it was recorded with another ROM")
    .option("--record <file>", "record the game from power-on as a movie (.json, .fm2, .bk2)")
    .addOption(
      new Option(
        "--save-lock <how>",
        "if another emu is playing this game: ask (default), play without saving, take over its save, or exit",
      ).choices(SAVE_LOCK_CHOICES),
    )
    .option("--debug", "debug the game: code, registers, steps in both directions; F12 does so later")
    .option("--watch", "begin the game again when its ROM is rebuilt")
    .option("--cheat <code...>", "cheats: Game Genie codes, ADDRESS:VALUE in hexadecimal, or .cht files");
  addCoreOptions(addSettingOptions(addMusicOptions(command))).action(run);
  addHardwareOptions(command);
  addExamples(
    command,
    "emu run game.nes",
    "emu run ~/games",
    "emu run test-card",
    "emu run game.gb",
    "emu run tune.nsf",
    "emu run --debug game.nes",
    "emu run --keys",
    "emu run game.nes --cheat SXIOPO --sound none",
    "emu run game.nes --record play.json",
    "emu run game.zip --stats stats.json",
  );
}

async function run(path: string | undefined, options: RunCommandOptions): Promise<void> {
  const config = new ConfigFile(options.config, logRoot.child({ scope: "files" }));
  const settings = overridden(await config.load(), options);
  if (options.keys === true) {
    const rows = isatty(STDOUT) ? readWindow().rows : undefined;
    writeStdout(describeKeys(settings.keys, rows, givenDevices(options) ?? (await devicesOf(path, options))));
    return;
  }
  checkRunOptions(path, options);
  requireTerminal();
  process.exitCode = await (options.debug === true
    ? debugFromStart(await fileToDebug(path, options), settings, options)
    : playUntilEnd(path, settings, config, options));
}

/** The devices of the NES game in a file; none for other paths. */
async function devicesOf(path: string | undefined, options: RunCommandOptions): Promise<DeviceSetup> {
  if (path === undefined || (await builtInFor(path)) !== undefined || (await isFolder(path))) return {};
  if ((await findCoreGame(path, options.core)) !== undefined) return {};
  return defaultDevices((await loadRom(path, toLoadOptions(options))).image);
}

/** Returns the file that --debug opens; undefined for a folder. */
async function fileToDebug(
  path: string | undefined,
  options: RunCommandOptions,
): Promise<string | undefined> {
  if (path !== undefined && (await builtInFor(path)) !== undefined) checkForBuiltIn(options, path);
  return path !== undefined && (await isFolder(path)) ? undefined : path;
}

/** The game to play next. */
interface NextGame {
  /** A file, a folder, or the name of a game that comes with emu; undefined to choose from the library. */
  readonly path: string | undefined;
  /** True for the game of the command line, which has its options. */
  readonly isFirst: boolean;
  /** True to continue where the player has stopped. */
  readonly continues: boolean;
  /** The error of the game that was chosen before. */
  readonly message: string;
  /** The path of that game. */
  readonly failed?: string;
}

/** A game that has been loaded: for a libretro core, or for emu's own machine. */
type GameToPlay = { readonly core: CoreGameFile } | { readonly rom: LoadedRom };

/** Plays a game, then each further game that the player opens. Returns the exit code. */
async function playUntilEnd(
  first: string | undefined,
  beginning: Settings,
  config: ConfigFile,
  options: RunCommandOptions,
): Promise<number> {
  let settings = beginning;
  const { library: showsList } = options;
  const start = first ?? (showsList === true ? undefined : DEFAULT_GAME);
  const folder = start !== undefined && (await isFolder(start)) ? start : undefined;
  const library = await openGameLibrary(folder, settings, config);
  if (folder !== undefined) checkForChoice(options);
  let next: NextGame = {
    path: folder === undefined ? start : undefined,
    isFirst: true,
    continues: false,
    message: "",
  };
  const failures: InputError[] = [];
  for (;;) {
    const { path, isFirst, continues, message, failed } = next;
    if (path === undefined) {
      const pick = await pickFromLibrary(library, settings, message, failed);
      if (pick.kind !== "game") return codeWithoutGame(pick);
      next = { ...pick, isFirst: false, message: "" };
      continue;
    }
    const given = { ...(isFirst ? options : forOtherGames(options)), resumesAtOnce: continues };
    let game: GameToPlay | undefined;
    let played: PlayedGame | undefined;
    try {
      game = await loadToPlay(path, isFirst, given, options);
      played = await playLoaded(game, path, settings, { config, library, failures, given, isFirst }, options);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const inside = game === undefined && isFirst ? await pickInside(path, settings) : undefined;
      if (typeof inside === "number") return inside;
      // After a bad choice in the menu the player can choose again. A bad file on the command line ends emu.
      if (inside === undefined && isFirst) throw error;
      next = inside ?? choiceAfter(error, path);
      continue;
    }
    if (played === undefined) return EXIT_OK;
    if (played.code !== undefined) return played.code;
    next = nextGame(played.result, path);
    ({ settings } = played.result);
  }
}

/** The command line's core and options are for the game that it names. */
async function loadToPlay(
  path: string,
  isFirst: boolean,
  given: RunCommandOptions,
  options: RunCommandOptions,
): Promise<GameToPlay> {
  const core = isBuiltIn(path) ? undefined : await coreGameOf(path, isFirst ? options : {});
  return core === undefined ? { rom: await loadGame(path, isFirst, given) } : { core };
}

/** Plays a game. Returns undefined if the player has decided not to, because another emu uses its save. */
async function playLoaded(
  game: GameToPlay,
  path: string,
  settings: Settings,
  play: NesPlay,
  options: RunCommandOptions,
): Promise<PlayedGame | undefined> {
  if ("rom" in game) return playNesGame(game.rom, path, settings, play);
  const { config, given, library, failures } = play;
  const played = await playCoreGame(game.core, settings, config, given, library);
  if (played === undefined) return undefined;
  const code = await finish(played.result, played.faultCode, failures, options);
  return { result: played.result, code };
}

/**
 * Lets the player choose a game of an archive that has several. Returns the game, or the exit code if the
 * player chooses none; undefined for any other file.
 */
async function pickInside(path: string, settings: Settings): Promise<NextGame | number | undefined> {
  const names = await gamesInArchive(path).catch(() => []);
  if (names.length < 2) return undefined;
  const pick = await pickFromArchive(settings, path, names);
  if (pick.kind !== "game") return codeWithoutGame(pick);
  // The options of the command line are for the game that was chosen.
  return { ...pick, isFirst: true, message: "" };
}

function codeWithoutGame({ kind }: Pick): number {
  return kind === "quit" ? EXIT_OK : EXIT_INTERRUPTED;
}

/** The library, with the error of the game that was chosen in it. */
function choiceAfter(error: InputError, path: string): NextGame {
  const message = `${basename(path)}: ${error.message}${otherFileOf(error, path)}`;
  return { path: undefined, isFirst: false, continues: false, message, failed: path };
}

/** A file of the command line goes before a game of the same name that comes with emu. */
async function loadGame(path: string, isFirst: boolean, options: RunCommandOptions): Promise<LoadedRom> {
  // The library names the games that come with emu, whatever files there are.
  const builtIn = !isFirst && isBuiltIn(path) ? path : await builtInFor(path);
  if (builtIn === undefined) return loadRomToRun(path, options);
  if (isFirst) checkForBuiltIn(options, path);
  const rom = await loadBuiltInGame(builtIn);
  logRom(rom);
  warnOfGame(rom, path, options);
  return rom;
}

/** The game that the player has opened, or the same one if it was rebuilt. */
function nextGame({ end }: PlayResult, path: string): NextGame {
  if (end.kind === "rebuilt") return { path, isFirst: true, continues: false, message: "" };
  if (end.kind !== "open") throw new Error("no game was opened");
  return { path: end.path, isFirst: false, continues: end.continues, message: "" };
}

/** The name of another file than the game that an error is about, such as a patch beside it. */
function otherFileOf({ where }: InputError, path: string): string {
  const name = basename(where);
  return name === "" || name.startsWith(basename(path)) ? "" : ` (${name})`;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
