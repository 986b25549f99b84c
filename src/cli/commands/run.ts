import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { devicesFromHeader } from "../../emu/nes/input/devices.ts";
import { Nes, type NesOptions } from "../../emu/nes/nes.ts";
import { deviceStorage } from "../../emu/nes/nes-sizes.ts";
import { MIB } from "../../emu/units.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { type BuiltInName, isBuiltIn, loadBuiltInGame } from "../../io/files/built-in-game.ts";
import { userFolders } from "../../io/files/paths.ts";
import { readFileCapped } from "../../io/files/read-file.ts";
import type { LoadedRom } from "../../io/files/rom-file.ts";
import { findSaveFile, type SaveFile } from "../../io/files/save-file.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { asInputError } from "../../io/files/write-target.ts";
import { machineOfMovie } from "../../io/movies/movie.ts";
import { playMusic } from "../../io/music/play-music.ts";
import { loadCheatFile } from "../../io/play/cheat-file.ts";
import { CheatList } from "../../io/play/cheat-list.ts";
import { ConfigFile } from "../../io/play/config-file.ts";
import type { GameLibrary } from "../../io/play/games/game-library.ts";
import { describeKeys } from "../../io/play/pad-picture.ts";
import { play, requireTerminal } from "../../io/play/play.ts";
import type { GameFiles } from "../../io/play/play-session.ts";
import type { PlayOptions, PlayResult } from "../../io/play/play-types.ts";
import { ResumeFile } from "../../io/play/resume-file.ts";
import type { Settings } from "../../io/play/settings.ts";
import { BatteryKeeper } from "../../io/saves/battery-keeper.ts";
import { RecordingBlock } from "../../io/shared/recording-block.ts";
import { nesSource } from "../../io/thread/nes-source.ts";
import { addCoreOptions, type CoreChoice, coreGameOf } from "../core-options.ts";
import { EXIT_INTERRUPTED, EXIT_OK } from "../exit-codes.ts";
import { holdingLog, log, logRoot } from "../log.ts";
import { addHardwareOptions, type HardwareOptions, toLoadOptions, toNesOptions } from "../machine-options.ts";
import { loadInputMovie } from "../movie-options.ts";
import { addMusicOptions, checkTrack, type MusicOptions, musicTrackOf } from "../music-options.ts";
import { addExamples, MAX_FRAMES, wholeNumber } from "../options.ts";
import { playCoreGame } from "../run-core.ts";
import { checkDebugOptions, debugGame } from "../run-debug.ts";
import { joinLibrary, openGameLibrary, pickFromLibrary } from "../run-library.ts";
import { checkRecording, keepRecording, trackOf } from "../run-movie.ts";
import { conclude, statsDocument, tellFailures } from "../run-report.ts";
import { lockToPlay, SAVE_LOCK_CHOICES, type SaveLockChoice } from "../run-save-lock.ts";
import { addSettingOptions, overridden, type SettingOptions } from "../run-settings.ts";
import { watchGame } from "../run-watch.ts";
import { loadRomToRun, logRom, warn } from "../warnings.ts";

interface RunOptions extends HardwareOptions, SettingOptions, CoreChoice, MusicOptions {
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
  readonly saveLock: SaveLockChoice;
}

/** The game that is played if none is named. */
const DEFAULT_GAME: BuiltInName = "swingby";
const MAX_STATE_BYTES = 16 * MIB;

/** `emu run`: play in the terminal. */
export function registerRun(program: Command): void {
  const command = program
    .command("run")
    .summary("play a game in this terminal")
    .description(
      "Play a game in this terminal: a file, or swingby or test-card, which come with emu. Without a name, play " +
        "swingby. F1 or Escape opens the menu. " +
        "Settings and keys are stored in emuterm/config.toml in the XDG config folder; options override them.",
    )
    .argument("[rom]", "the ROM: .nes, also in .zip, .gz, .7z or .rar; or a folder to choose from")
    .option("--library", "choose from your games, as emu alone does")
    .option("--frames <n>", "stop after n frames", wholeNumber(1, MAX_FRAMES))
    .option("--stats <file>", "at the end, write frame, byte and lateness statistics as JSON")
    .option("--keys", "show the pad with its keys, and what all other keys do, then exit")
    .option("--config <file>", "the config file (default: in the XDG config folder)")
    .option("--state <file>", "start from a saved state")
    .option("--input <file>", "play a movie or an input script (.json, .fm2, .bk2); keys still work")
    .option("--any-rom", "play the movie even if it was recorded with another ROM")
    .option("--record <file>", "record the game from power-on as a movie (.json, .fm2, .bk2)")
    .addOption(
      new Option(
        "--save-lock <how>",
        "if another emu is playing this game: ask, play without saving, take over its save, or exit",
      )
        .choices(SAVE_LOCK_CHOICES)
        .default("ask"),
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

async function run(path: string | undefined, options: RunOptions): Promise<void> {
  const config = new ConfigFile(options.config, logRoot.child({ scope: "files" }));
  const settings = overridden(await config.load(), options);
  if (options.keys === true) {
    writeStdout(describeKeys(settings.keys));
    return;
  }
  requireTerminal();
  checkDebugOptions(options);
  process.exitCode = await (options.debug === true
    ? debugFromStart(path, settings, options)
    : playUntilEnd(path, settings, config, options));
}

/** The game to play next. */
interface NextGame {
  /** A file, a folder, or the name of a game that comes with emu; undefined to choose from the library. */
  readonly path: string | undefined;
  /** True for the game of the command line, which has its options. */
  readonly isFirst: boolean;
  /** True to continue where the player has stopped. */
  readonly continues: boolean;
  /** What is wrong with the game that was chosen before. */
  readonly message: string;
}

/** Plays a game, then each further game that the player opens. Returns the exit code. */
async function playUntilEnd(
  first: string | undefined,
  beginning: Settings,
  config: ConfigFile,
  options: RunOptions,
): Promise<number> {
  let settings = beginning;
  const { library: isToChoose } = options;
  const start = first ?? (isToChoose === true ? undefined : DEFAULT_GAME);
  let next: NextGame = { path: start, isFirst: true, continues: false, message: "" };
  const folder = start !== undefined && (await isFolder(start)) ? start : undefined;
  const library = await openGameLibrary(folder, settings, config);
  if (folder !== undefined) next = { ...next, path: undefined };
  const failures: InputError[] = [];
  for (;;) {
    const { path, isFirst, continues, message } = next;
    if (path === undefined) {
      const pick = await pickFromLibrary(library, settings, message);
      if (pick.kind !== "game") return pick.kind === "quit" ? EXIT_OK : EXIT_INTERRUPTED;
      next = { ...pick, isFirst: false, message: "" };
      continue;
    }
    const given = { ...(isFirst ? options : withoutState(options)), resumesAtOnce: continues };
    let played: { readonly result: PlayResult; readonly code: number | undefined } | undefined;
    try {
      const coreGame = isBuiltIn(path) ? undefined : await coreGameOf(path, choiceFor(options, isFirst));
      if (coreGame === undefined) {
        const rom = await loadGame(path, isFirst, options);
        played = await playNesGame(rom, path, settings, { config, library, failures, given });
      } else {
        const core = await playCoreGame(coreGame, settings, config, given, library);
        const code = core && (await finish(core.result, core.faultCode, failures, options));
        played = core && { result: core.result, code };
      }
    } catch (error) {
      // After a bad choice in the menu the player can choose again. A bad file on the command line ends emu.
      if (isFirst || !(error instanceof InputError)) throw error;
      next = {
        path: undefined,
        isFirst: false,
        continues: false,
        message: `${basename(path)}: ${error.message}`,
      };
      continue;
    }
    if (played === undefined) return EXIT_OK;
    if (played.code !== undefined) return played.code;
    next = nextGame(played.result, path);
    ({ settings } = played.result);
  }
}

/** A file of the command line goes before a game of the same name that comes with emu. */
async function loadGame(path: string, isFirst: boolean, options: RunOptions): Promise<LoadedRom> {
  if (!isBuiltIn(path) || (isFirst && existsSync(path))) return loadRomToRun(path, options);
  const rom = await loadBuiltInGame(path);
  logRom(rom);
  return rom;
}

interface NesPlay {
  readonly config: ConfigFile;
  readonly library: GameLibrary;
  readonly failures: InputError[];
  readonly given: RunOptions;
}

/**
 * Plays a game on emu's own machine, and debugs it in between. Returns the result and the exit code, which is
 * undefined if the player opens another game; undefined if the game was not played, because of a save lock.
 */
async function playNesGame(
  rom: LoadedRom,
  path: string,
  beginning: Settings,
  play: NesPlay,
): Promise<{ readonly result: PlayResult; readonly code: number | undefined } | undefined> {
  const { failures, given } = play;
  let result = await playGame(rom, path, beginning, play);
  for (;;) {
    if (result === undefined) return undefined;
    const code = await finish(result, undefined, failures, given, { rom, path });
    if (code !== undefined || result.end.kind !== "debug") return { result, code };
    const state = await debugState(path, rom, result.end.state, result.settings, given);
    if (!(state instanceof Uint8Array)) return { result, code: state };
    result = await playGame(rom, path, result.settings, { ...play, given: withoutState(given) }, state);
  }
}

/** Debugs the game that is played. Returns the state to play on from, or the exit code. */
async function debugState(
  path: string,
  rom: LoadedRom,
  state: Uint8Array,
  settings: Settings,
  options: RunOptions,
): Promise<Uint8Array | number> {
  const machine = toNesOptions(options, rom.image);
  const end = await debugGame({ path, load: toLoadOptions(options), machine, state }, settings, "play");
  if (end.kind === "left") return end.state;
  return end.kind === "quit" ? EXIT_OK : EXIT_INTERRUPTED;
}

/** Debugs a game from power-on, a state or a movie. Returns the exit code. */
async function debugFromStart(
  path: string | undefined,
  settings: Settings,
  options: RunOptions,
): Promise<number> {
  if (path === undefined || (await isFolder(path)))
    throw new InputError("usage", "name the ROM to debug", "--debug");
  const state = await loadState(options.state);
  const game = { path, load: toLoadOptions(options), machine: toNesOptions(options), state };
  const end = await debugGame(game, settings, "quit", options);
  return end.kind === "left" || end.kind === "quit" ? EXIT_OK : EXIT_INTERRUPTED;
}

function loadState(path: string | undefined): Promise<Uint8Array> | undefined {
  return path === undefined ? undefined : readFileCapped(path, MAX_STATE_BYTES);
}

/** The core of the command line is for the game that it names. */
function choiceFor(options: RunOptions, isFirst: boolean): object {
  if (isFirst) return options;
  return {};
}

/** The game that the player has opened, or the same one if it was rebuilt. */
function nextGame({ end }: PlayResult, path: string): NextGame {
  if (end.kind === "rebuilt") return { path, isFirst: true, continues: false, message: "" };
  if (end.kind !== "open") throw new Error("no game was opened");
  return { path: end.path, isFirst: false, continues: end.continues, message: "" };
}

/**
 * Writes the statistics of a game that has ended. Returns the exit code; undefined if the player opens
 * another game. A fault that was reported already comes as `faultCode`.
 */
async function finish(
  result: PlayResult,
  faultCode: number | undefined,
  failures: InputError[],
  options: RunOptions,
  game?: { readonly rom: LoadedRom; readonly path: string | undefined },
): Promise<number | undefined> {
  failures.push(...result.failures);
  if (options.stats !== undefined) {
    // Report this together with the other files that could not be written.
    await writeFileWhole(options.stats, statsDocument(result)).catch((error) =>
      failures.push(asInputError(error)),
    );
  }
  const { end } = result;
  if (end.kind === "open" || end.kind === "rebuilt" || end.kind === "debug") return undefined;
  return tellFailures(failures, faultCode ?? (await conclude(end, game?.rom, game?.path)));
}

/**
 * Removes the state, movie, cheats and disk side of the command line: they are for the game that it names.
 */
function withoutState({
  state,
  cheat,
  input,
  record,
  diskSide,
  mmc3Revision,
  track,
  ...options
}: RunOptions): RunOptions {
  return options;
}

async function playGame(
  rom: LoadedRom,
  path: string,
  settings: Settings,
  { config, library, given: options }: NesPlay,
  resumed?: Uint8Array,
): Promise<PlayResult | undefined> {
  const isFile = !isBuiltIn(path) || rom.path === path;
  checkRecording(options);
  checkTrack(rom.image, options, [options.record, options.input]);
  const movie = await loadInputMovie(options, rom);
  const nesOptions = {
    ...machineOfMovie(movie),
    ...musicTrackOf(options),
    ...toNesOptions(options, rom.image),
  };
  // A movie starts at power-on with an empty battery, so that it replays for people without this save.
  const isMovie = movie !== undefined || options.record !== undefined;
  const save = isMovie ? undefined : await saveFileOf(rom, nesOptions);
  const recording = options.record === undefined ? undefined : new RecordingBlock();
  const owner = save === undefined ? undefined : await lockToPlay(save.path, options.saveLock);
  if (owner === "end") return undefined;
  const isKept = save !== undefined && owner !== "no saving";
  const battery = movie?.battery ?? (await save?.load());
  const state = resumed ?? (await loadState(options.state));
  const files = await gameFiles(rom, settings, options.cheat ?? []);
  // Only a game that starts at power-on and is saved can be continued. Developers who watch a ROM start anew.
  const isGame = !isMovie && rom.image.format !== "nsf" && options.watch !== true;
  const isPlainStart = isGame && state === undefined && options.frames === undefined;
  const canResume = isPlainStart && (save === undefined || isKept);
  const side = await joinLibrary(
    library,
    isFile ? resolve(path) : path,
    files.statesFolder,
    isGame && options.frames === undefined,
  );
  const devices = nesOptions.devices ?? devicesFromHeader(rom.image.expansionDevice);
  const toPlay: PlayOptions = {
    devices,
    client: {
      machine: nesSource(rom.image, nesOptions),
      ...(battery === undefined ? {} : { battery }),
      ...(state === undefined ? {} : { state }),
      ...(isMovie ? { track: trackOf(movie, recording) } : {}),
    },
    settings,
    ...(options.watch === true && isFile ? { watch: watchGame(path, rom, toLoadOptions(options)) } : {}),
    canDebug: isFile && !isMovie,
    isMuted: options.mute === true,
    ...noticeOf(rom),
    files,
    ...(canResume ? { resume: new ResumeFile(files.statesFolder) } : {}),
    ...side.options,
    ...(options.resumesAtOnce === true ? { resumesAtOnce: true } : {}),
    gamesFolder: isFile ? dirname(resolve(path)) : process.cwd(),
    keepSetting: (name, value) => config.set(name, value),
    keepKeys: (target, keys) => config.setKeys(target, keys),
    ...(options.frames === undefined ? {} : { frames: options.frames }),
    ...(isKept ? { battery: new BatteryKeeper(save, owner, logRoot.child({ scope: "files" })) } : {}),
    log: logRoot,
  };
  const { nsf } = rom.image;
  const isListened = nsf !== undefined && !isMovie && state === undefined && options.watch !== true;
  const result = await holdingLog(() =>
    isListened
      ? playMusic({ ...toPlay, program: nsf, track: nesOptions.track ?? nsf.firstTrack })
      : play(toPlay),
  );
  await side.ended(result.playedSeconds);
  log.info({ end: result.end.kind, renderer: result.renderer, sink: result.sink }, "the game has ended");
  if (options.record !== undefined && recording !== undefined) {
    try {
      await keepRecording(options.record, recording, rom, nesOptions);
      logRoot.child({ scope: "record" }).info({ path: options.record }, "movie written");
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { ...result, failures: [...result.failures, error] };
    }
  }
  return result;
}

/** What the screen says first: what the game may lack. */
function noticeOf({ cautions }: LoadedRom): { readonly notice?: string } {
  const [notice] = cautions;
  return notice === undefined ? {} : { notice };
}

/** Files are named by the hash of the game's ROM, so that renaming a ROM file loses nothing. */
async function gameFiles(
  { image, fileName }: LoadedRom,
  settings: Settings,
  cheatCodes: readonly string[],
): Promise<GameFiles> {
  const { data, config } = userFolders();
  const cheats = new CheatList(join(config, "cheats", `${image.sha1}.txt`));
  await cheats.load();
  for (const code of cheatCodes) {
    if (!/\.cht$/i.test(code)) cheats.add(code);
    else {
      const { cheats: found, warnings } = await loadCheatFile(code);
      cheats.addEach(found);
      warn(warnings, code);
    }
  }
  return {
    name: fileName.replace(/\.[^.]*$/, ""),
    statesFolder: join(data, "states", image.sha1),
    capturesFolder: settings.captureFolder === "" ? join(data, "captures") : settings.captureFolder,
    cheats,
  };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}

/** Returns the battery save file of a game; undefined if neither cartridge nor device has a battery. */
async function saveFileOf(
  { image, fileName }: LoadedRom,
  options: NesOptions,
): Promise<SaveFile | undefined> {
  const storage = deviceStorage(image, options);
  if (!image.battery && storage === undefined) return undefined;
  const bytes = Nes.batteryBytes(image, options);
  return bytes === 0 ? undefined : findSaveFile(image.sha1, fileName, bytes, undefined, storage);
}
