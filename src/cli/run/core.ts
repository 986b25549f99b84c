import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { CoreChoices } from "../../io/cores/core-choices.ts";
import type { CoreGameFile, StartedCore } from "../../io/cores/core-game.ts";
import { CORE_BUTTONS_PER_PORT } from "../../io/cores/core-input.ts";
import { coreSource } from "../../io/cores/core-source.ts";
import type { CoreFacts } from "../../io/cores/libretro-core.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { userFolders } from "../../io/files/paths.ts";
import { findSaveFile } from "../../io/files/save-file.ts";
import { printablePath, shellWord } from "../../io/files/text.ts";
import type { ConfigFile } from "../../io/play/config-file.ts";
import type { GameLibrary } from "../../io/play/games/game-library.ts";
import { play } from "../../io/play/play.ts";
import type { PlayedCore, PlayResult } from "../../io/play/play-types.ts";
import { ResumeFile } from "../../io/play/resume-file.ts";
import type { Settings } from "../../io/play/settings.ts";
import { BatteryKeeper } from "../../io/saves/battery-keeper.ts";
import type { MachineFault } from "../../io/thread/emu-client.ts";
import { errorFromReport } from "../../io/thread/error-report.ts";
import { type CoreChoice, loadCoreInput, startCore } from "../core-options.ts";
import { EXIT_UNAVAILABLE, explain } from "../exit-codes.ts";
import { holdingLog, log, logRoot } from "../log.ts";
import { gameFiles, loadState } from "./files.ts";
import { joinLibrary } from "./library.ts";
import { framesOfInput } from "./movie.ts";
import { lockToPlay, type SaveLockChoice } from "./save-lock.ts";

/** Options of `emu run` that games of other consoles have. */
export interface RunCoreOptions extends CoreChoice {
  readonly frames?: number;
  readonly mute?: true;
  readonly state?: string;
  readonly input?: string;
  readonly record?: string;
  readonly saveLock?: SaveLockChoice;
  /** True to continue where the player has stopped, without a question. */
  readonly resumesAtOnce?: boolean;
}

/** A game on a core, played to its end. */
export interface CorePlay {
  readonly result: PlayResult;
  /** The exit code after a fault, which is then reported; undefined if the game has ended as it should. */
  readonly faultCode: number | undefined;
}

const MAX_STATE_BYTES = 64 * 2 ** 20;
/** The machine thread itself reports a core that hangs, a little earlier. */
const HUNG_AFTER_MS = 8000;

/**
 * Plays a game of another console. Returns undefined if the player does not want to, because of a save lock.
 */
export async function playCoreGame(
  game: CoreGameFile,
  settings: Settings,
  config: ConfigFile,
  options: RunCoreOptions,
  library: GameLibrary,
): Promise<CorePlay | undefined> {
  if (options.record !== undefined)
    throw new InputError("usage", "movies are recorded of NES games on emu's own machine only", "--record");
  const movie = options.input === undefined ? undefined : await loadCoreInput(options.input);
  const state = await loadState(options.state, MAX_STATE_BYTES);
  const core = await startCore(game, options, true);
  try {
    return await playStarted(core, {
      game,
      settings,
      config,
      options,
      library,
      state,
      played: movie?.input.entries,
    });
  } catch (error) {
    throw await core.client.explain(error);
  } finally {
    await core.close();
  }
}

type RunningCore = Awaited<ReturnType<typeof startCore>>;

interface Start {
  readonly game: CoreGameFile;
  readonly settings: Settings;
  readonly config: ConfigFile;
  readonly options: RunCoreOptions;
  readonly library: GameLibrary;
  readonly state: Uint8Array | undefined;
  readonly played: { readonly frames: Float64Array; readonly masks: Uint32Array } | undefined;
}

async function playStarted(core: RunningCore, start: Start): Promise<CorePlay | undefined> {
  const { game, settings, config, options, library, state, played } = start;
  const { facts } = core.client;
  const { choices } = core;
  // States and saves belong to the core as well: another one has other sizes.
  const key = `${game.sha1}-${game.core.id}`;
  const hasSave = facts.batteryBytes > 0 && played === undefined;
  const save = hasSave ? await findSaveFile(key, game.fileName, facts.batteryBytes) : undefined;
  const owner = save === undefined ? undefined : await lockToPlay(save.path, options.saveLock);
  if (owner === "end") return undefined;
  const isKept = save !== undefined && owner !== "no saving";
  const battery = await save?.load();
  const { files, notice: trouble } = await gameFiles(key, game.fileName, settings);
  const notice = facts.stateBytes > 0 ? trouble : `${facts.name} has no states: no slots, no rewind`;
  const isPlainStart = played === undefined && state === undefined && options.frames === undefined;
  const canResume = isPlainStart && facts.stateBytes > 0 && (save === undefined || isKept);
  const side = await joinLibrary(library, resolve(game.path), files.statesFolder, isPlainStart);
  const result = await holdingLog(() =>
    play({
      client: {
        machine: coreSource(core.client),
        warmUpFrames: 0,
        hungAfterMs: HUNG_AFTER_MS,
        ...(battery === undefined ? {} : { battery }),
        ...(state === undefined ? {} : { state }),
        ...(played === undefined ? {} : { track: { played } }),
      },
      ...(played === undefined ? {} : { movieFrames: framesOfInput(played) }),
      portBits: CORE_BUTTONS_PER_PORT,
      ...(choices === undefined ? {} : { core: playedCore(facts, choices) }),
      settings,
      isMuted: options.mute === true,
      ...(notice === undefined ? {} : { notice }),
      files,
      ...(canResume ? { resume: new ResumeFile(files.statesFolder) } : {}),
      ...side.options,
      ...(options.resumesAtOnce === true ? { resumesAtOnce: true } : {}),
      gamesFolder: dirname(resolve(game.path)),
      keepSetting: (name, value) => config.set(name, value),
      keepKeys: (target, keys) => config.setKeys(target, keys),
      ...(options.frames === undefined ? {} : { frames: options.frames }),
      ...(isKept ? { battery: new BatteryKeeper(save, owner, logRoot.child({ scope: "files" })) } : {}),
      log: logRoot,
    }),
  );
  await side.ended(result.playedSeconds);
  log.info({ end: result.end.kind, renderer: result.renderer, sink: result.sink }, "the game has ended");
  const { end } = result;
  if (end.kind !== "machine-fault" || !isCoreFault(end.fault)) return { result, faultCode: undefined };
  process.stderr.write(await describeCoreFault(core, end.fault, game));
  return { result, faultCode: EXIT_UNAVAILABLE };
}

function playedCore(facts: CoreFacts, choices: CoreChoices): PlayedCore {
  const values = new Map(facts.options.map(({ key, value }) => [key, value]));
  return { facts, choices, values, plugged: [...facts.plugged] };
}

/** True if the core is at fault and not emu. */
function isCoreFault({ input, kind }: MachineFault): boolean {
  return input !== undefined || kind === "hung";
}

/** Says what the core did, saves the last good state, and says how to continue from it. */
async function describeCoreFault(
  core: StartedCore,
  fault: MachineFault,
  game: CoreGameFile,
): Promise<string> {
  const { message, stack, input, lastGood } = fault;
  const error = errorFromReport({ message, stack, input: input ?? UNAVAILABLE });
  const { message: line } = explain(await core.client.explain(error));
  if (lastGood === undefined) return `${line}\n`;
  const folder = userFolders().state;
  const file = join(folder, `${game.sha1.slice(0, 12)}-${game.core.id}-frame-${lastGood.tag}.state`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFileWhole(file, lastGood.bytes);
  } catch {
    return `${line}\nThe last good state was not saved: ${printablePath(file)} cannot be written.\n`;
  }
  const again = `emu run ${shellWord(game.path)} --state ${shellWord(file)}`;
  return `${line}\nThe state at frame ${lastGood.tag} was saved. To continue: ${again}\n`;
}

const UNAVAILABLE = { kind: "unavailable", where: "", remedy: "" } as const;
