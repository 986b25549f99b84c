import { dirname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { arcadeSwitches } from "../../emu/nes/arcade-switches.ts";
import { mapperFacts } from "../../emu/nes/cartridge/boards/index.ts";
import { defaultDevices } from "../../emu/nes/input/default-devices.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { batteryBytes, deviceStorage } from "../../emu/nes/nes-sizes.ts";
import { userFolders } from "../../io/files/paths.ts";
import { BUILT_IN_GAMES, isBuiltIn } from "../../io/files/roms/built-in-game.ts";
import type { LoadedRom } from "../../io/files/roms/rom-file.ts";
import { findSaveFile, type SaveFile } from "../../io/files/save-file.ts";
import { machineOfMovie } from "../../io/movies/movie.ts";
import { playMusic } from "../../io/music/play-music.ts";
import type { ConfigFile } from "../../io/play/config-file.ts";
import { loadDips } from "../../io/play/dip-file.ts";
import type { GameLibrary } from "../../io/play/games/game-library.ts";
import { play } from "../../io/play/play.ts";
import type { GameFiles } from "../../io/play/play-session.ts";
import type { PlayOptions, PlayResult } from "../../io/play/play-types.ts";
import { ResumeFile } from "../../io/play/resume-file.ts";
import type { Settings } from "../../io/play/settings.ts";
import { BatteryKeeper } from "../../io/saves/battery-keeper.ts";
import { RecordingBlock } from "../../io/shared/recording-block.ts";
import { loadSymbolsBeside } from "../../io/symbols/symbol-files.ts";
import { nesSource } from "../../io/thread/nes-source.ts";
import { holdingLog, log, logRoot } from "../log.ts";
import { toLoadOptions, toNesOptions } from "../machine-options.ts";
import { loadInputMovie } from "../movie-options.ts";
import { checkTrack, musicTrackOf } from "../music-options.ts";
import { readStored } from "../warnings.ts";
import { debugPlayed } from "./debug.ts";
import { gameFiles, loadState } from "./files.ts";
import { joinLibrary } from "./library.ts";
import { checkRecordable, framesOfInput, keepRecording, trackOf } from "./movie.ts";
import { checkForMusic, forOtherGames, type RunCommandOptions } from "./options.ts";
import { finish } from "./report.ts";
import { lockToPlay } from "./save-lock.ts";
import { watchGame } from "./watch.ts";

/** Everything besides the ROM that a game on emu's own machine needs. */
export interface NesPlay {
  readonly config: ConfigFile;
  readonly library: GameLibrary;
  readonly failures: InputError[];
  /** The options for this game. */
  readonly given: RunCommandOptions;
  /** True for the game that the command line names. */
  readonly isFirst: boolean;
}

/** A game that has ended. */
export interface PlayedGame {
  readonly result: PlayResult;
  /** Undefined if the player opens another game. */
  readonly code: number | undefined;
}

/**
 * Plays a game on emu's own machine, and debugs it in between. Returns undefined if the game was not played,
 * because of a save lock.
 */
export async function playNesGame(
  rom: LoadedRom,
  path: string,
  beginning: Settings,
  play: NesPlay,
): Promise<PlayedGame | undefined> {
  const { failures, given } = play;
  let result = await playGame(rom, path, beginning, play);
  for (;;) {
    if (result === undefined) return undefined;
    const code = await finish(result, undefined, failures, given, { rom, path });
    if (code !== undefined || result.end.kind !== "debug") return { result, code };
    const state = await debugPlayed(path, rom, result.end.state, result.settings, given);
    if (!(state instanceof Uint8Array)) return { result, code: state };
    result = await playGame(rom, path, result.settings, { ...play, given: forOtherGames(given) }, state);
  }
}

async function playGame(
  rom: LoadedRom,
  path: string,
  settings: Settings,
  { config, library, given: options, isFirst }: NesPlay,
  resumed?: Uint8Array,
): Promise<PlayResult | undefined> {
  const isFile = !isBuiltIn(path) || rom.path === path;
  checkTrack(rom.image, options, [options.record, options.input]);
  const movie = await loadInputMovie(options, rom);
  // A movie starts at power-on with an empty battery, so that it replays for people without this save.
  const isMovie = movie !== undefined || options.record !== undefined;
  // The music player takes no movies and no states, and does not watch its file.
  const isForGames = isMovie || (resumed ?? options.state) !== undefined || options.watch === true;
  const music = isForGames ? undefined : rom.image.nsf;
  if (music !== undefined && isFirst) checkForMusic(options);
  const dips = isMovie ? {} : await storedDips(rom);
  const nesOptions = {
    ...dips.options,
    ...machineOfMovie(movie),
    ...musicTrackOf(options),
    ...toNesOptions(options, rom.image),
    screens: settings.screens,
  };
  if (options.record !== undefined) await checkRecordable(options.record, rom, nesOptions);
  const save = isMovie ? undefined : await saveFileOf(rom, nesOptions);
  const recording = options.record === undefined ? undefined : new RecordingBlock();
  const owner = save === undefined ? undefined : await lockToPlay(save.path, options.saveLock);
  if (owner === "end") return undefined;
  const isKept = save !== undefined && owner !== "no saving";
  const battery = movie?.battery ?? (await save?.load());
  const state = resumed ?? (await loadState(options.state));
  const name = isBuiltIn(path) && !isFile ? BUILT_IN_GAMES[path].title : rom.fileName;
  const { files: usual, notice } = await gameFiles(rom.image.sha1, name, settings, options.cheat);
  const files = { ...usual, ...dips.files };
  // Only a game that starts at power-on and is saved can be continued. Developers who watch a ROM start anew.
  const isGame = !isMovie && rom.image.format !== "nsf" && options.watch !== true;
  const isListed = isGame && options.frames === undefined;
  const isPlainStart = isListed && state === undefined;
  const canResume = isPlainStart && (save === undefined || isKept);
  const side = await joinLibrary(library, isFile ? resolve(path) : path, files.statesFolder, isListed);
  const toPlay: PlayOptions = {
    devices: nesOptions.devices ?? defaultDevices(rom.image),
    hasMicrophone: mapperFacts(rom.image.mapper)?.hasMicrophone === true,
    client: {
      machine: nesSource(rom.image, nesOptions),
      ...(battery === undefined ? {} : { battery }),
      ...(state === undefined ? {} : { state }),
      ...(isMovie ? { track: trackOf(movie, recording) } : {}),
    },
    settings,
    ...(options.watch === true && isFile ? { watch: watchGame(path, rom, toLoadOptions(options)) } : {}),
    ...(movie === undefined ? {} : { movieFrames: framesOfInput(movie.input.entries, movie.frames) }),
    canDebug: isFile && !isMovie,
    isMuted: options.mute === true,
    ...firstOf([...rom.cautions, dips.notice, notice]),
    files,
    ...(canResume ? { resume: new ResumeFile(files.statesFolder) } : {}),
    ...side.options,
    ...(options.resumesAtOnce === true ? { resumesAtOnce: true } : {}),
    ...(isFile ? { loadSymbols: async () => (await loadSymbolsBeside(path, rom.image)).symbols } : {}),
    gamesFolder: isFile ? dirname(resolve(path)) : process.cwd(),
    keepSetting: (name, value) => config.set(name, value),
    keepKeys: (target, keys) => config.setKeys(target, keys),
    ...(options.frames === undefined ? {} : { frames: options.frames }),
    ...(isKept ? { battery: new BatteryKeeper(save, owner, logRoot.child({ scope: "files" })) } : {}),
    log: logRoot,
  };
  const result = await playOrListen(toPlay, music, nesOptions.track);
  await side.ended(result.playedSeconds);
  if (options.record === undefined || recording === undefined) return result;
  const unwritten = await writeMovie(options.record, recording, rom, nesOptions);
  return { ...result, failures: [...result.failures, ...unwritten] };
}

/** Plays a game, or the tracks of a music file, beginning with `track`. */
async function playOrListen(
  options: PlayOptions,
  music: LoadedRom["image"]["nsf"],
  track: number | undefined,
): Promise<PlayResult> {
  const result = await holdingLog(() =>
    music === undefined
      ? play(options)
      : playMusic({ ...options, program: music, track: track ?? music.firstTrack }),
  );
  log.info({ end: result.end.kind, renderer: result.renderer, sink: result.sink }, "the game has ended");
  return result;
}

/** Writes what was recorded. Returns the error if it cannot be written. */
async function writeMovie(
  path: string,
  recording: RecordingBlock,
  rom: LoadedRom,
  options: NesOptions,
): Promise<InputError[]> {
  try {
    await keepRecording(path, recording, rom, options);
    logRoot.child({ scope: "record" }).info({ path }, "movie written");
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [error];
  }
}

/** The DIP switches of an arcade game as the player has left them, and where they are stored. */
async function storedDips({ image }: LoadedRom): Promise<{
  readonly options?: Pick<NesOptions, "dips">;
  readonly files?: Pick<GameFiles, "dipsPath">;
  readonly notice?: string;
}> {
  const arcade = arcadeSwitches(image);
  if (arcade === undefined) return {};
  const dipsPath = join(userFolders().config, "dips", `${image.sha1}.txt`);
  const { stored: dips, notice } = await readStored(
    () => loadDips(dipsPath, arcade.switchCount),
    "the game starts with its usual switches",
  );
  return {
    files: { dipsPath },
    ...(dips === undefined ? {} : { options: { dips } }),
    ...firstOf([notice]),
  };
}

/** The first notice below the picture: what the game may lack. */
function firstOf(notices: readonly (string | undefined)[]): { readonly notice?: string } {
  const notice = notices.find((each) => each !== undefined);
  return notice === undefined ? {} : { notice };
}

/** Returns the battery save file of a game; undefined if neither cartridge nor device has a battery. */
async function saveFileOf(
  { image, fileName }: LoadedRom,
  options: NesOptions,
): Promise<SaveFile | undefined> {
  const storage = deviceStorage(image, options);
  if (!image.battery && storage === undefined) return undefined;
  const bytes = batteryBytes(image, options);
  return bytes === 0 ? undefined : findSaveFile(image.sha1, fileName, bytes, undefined, storage);
}
