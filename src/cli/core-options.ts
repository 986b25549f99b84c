import { type Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../emu/input-error.ts";
import type { InputSource } from "../emu/machine.ts";
import { CoreChoices, devicesOf } from "../io/cores/core-choices.ts";
import { type CoreGameFile, findCoreGame, type StartedCore, startCoreGame } from "../io/cores/core-game.ts";
import type { CoreFacts } from "../io/cores/libretro-core.ts";
import { printable } from "../io/files/text.ts";
import type { Movie } from "../io/movies/movie.ts";
import { loadMovie } from "../io/movies/movie-file.ts";
import { log, logRoot } from "./log.ts";
import { DEVICE_FLAGS } from "./machine-options.ts";
import { collect, rejectFlags } from "./options.ts";
import { readStored } from "./warnings.ts";

/** Options for games that a libretro core plays. */
export interface CoreChoice {
  readonly core?: string;
  readonly coreOption?: readonly string[];
  readonly coreDevice?: readonly string[];
}

export function addCoreOptions(command: Command): Command {
  return command
    .option("--core <name>", "the libretro core to play the game with: a name of emu cores, or a path")
    .addOption(
      new Option("--core-option <key=value>", "an option of the core; repeatable").argParser(coreOption),
    )
    .addOption(
      new Option("--core-device <port=device>", "what is in a port of the console; repeatable").argParser(
        coreDevice,
      ),
    );
}

function coreOption(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[^=]+=/.test(text)) throw new InvalidArgumentError("It must be KEY=VALUE.");
  return collect(text, before);
}

function coreDevice(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[1-8]=./.test(text))
    throw new InvalidArgumentError("It must be PORT=DEVICE, with a port from 1 to 8.");
  return collect(text, before);
}

/** Options that only emu's own machine has. */
const NES_FLAGS = [
  "--mmc3-revision",
  "--fds-bios",
  "--control-roms",
  "--disk-side",
  "--region",
  "--console",
  "--cpu-revision",
  "--ppu-revision",
  "--alignment",
  ...DEVICE_FLAGS,
  "--ram",
  "--exact",
  "--dip",
  "--patch",
  "--cheat",
  "--track",
  "--palette",
  "--watch",
  "--debug",
  "--any-rom",
] as const;

/**
 * Returns the game if a libretro core plays it: see `findCoreGame`. Throws `InputError` ("usage") if options
 * of the other kind of machine are given.
 */
export async function coreGameOf(
  path: string,
  options: CoreChoice & object,
): Promise<CoreGameFile | undefined> {
  const game = await findCoreGame(path, options.core);
  if (game === undefined) {
    const { coreOption, coreDevice } = options;
    if (coreOption === undefined && coreDevice === undefined) return undefined;
    const name = coreOption === undefined ? "--core-device" : "--core-option";
    throw new InputError("usage", "emu plays NES games itself", name, "choose a core with --core");
  }
  rejectFlags(options, NES_FLAGS, "is for NES games on emu's own machine");
  log.info({ path, core: game.core.id, corePath: game.core.path, sha1: game.sha1 }, "a core plays the game");
  return game;
}

/**
 * Starts the core's process. With `keepsFiles`, the core may write files of its own, and the player's choices
 * in the menu apply. Throws `InputError` as `startCoreGame` does, and "usage" for options and devices that
 * the core does not have.
 */
export async function startCore(
  game: CoreGameFile,
  options: CoreChoice,
  keepsFiles: boolean,
): Promise<StartedCore & { readonly choices: CoreChoices | undefined }> {
  const { coreOption: optionTexts = [], coreDevice: deviceTexts = [] } = options;
  const given = tableOf(optionTexts);
  const devices = tableOf(deviceTexts.map((text) => `port${text}`));
  const choices = keepsFiles ? await storedChoices(game, { ...given, ...devices }) : undefined;
  const started = await startCoreGame(game, {
    keepsFiles,
    options: choices?.options ?? given,
    devices: devicesOf(devices),
    keptDevices: choices?.devices ?? {},
    log: logRoot.child({ scope: "core" }),
  });
  try {
    checkCoreOptions(given, started.client.facts);
    return { ...started, choices };
  } catch (error) {
    await started.close();
    throw error;
  }
}

/** The player's choices. Those that cannot be read give a warning. */
async function storedChoices(
  { core, sha1 }: CoreGameFile,
  given: Record<string, string>,
): Promise<CoreChoices> {
  const choices = new CoreChoices(core.id, sha1, given);
  for (const scope of ["core", "game"] as const)
    await readStored(() => choices.load(scope), "the core starts with its usual options and devices");
  return choices;
}

function tableOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}

function checkCoreOptions(given: Readonly<Record<string, string>>, { name, options }: CoreFacts): void {
  for (const [key, value] of Object.entries(given)) {
    const option = options.find((each) => each.key === key);
    const where = `--core-option ${printable(key)}`;
    if (option === undefined) {
      const known = options.map((each) => each.key).join(", ");
      const remedy = known === "" ? "it has no options" : `it has: ${known}`;
      throw new InputError("usage", `${name} has no such option`, where, remedy);
    }
    if (!option.values.includes(value))
      throw new InputError(
        "usage",
        `cannot be ${printable(value)}`,
        where,
        `one of: ${option.values.join(", ")}`,
      );
  }
}

/**
 * Reads an input script for a core. Its masks have 16 bits per port: see docs/cores.md. Throws `InputError`
 * ("data") for movies of NES games, which contain more than buttons.
 */
export async function loadCoreInput(path: string): Promise<Movie> {
  const movie = await loadMovie(path);
  const isScript = movie.format === "json" && movie.frames === Number.POSITIVE_INFINITY;
  if (isScript) return movie;
  throw new InputError(
    "data",
    "a movie of an NES game",
    printable(path),
    "cores play [[frame, mask], …] as JSON",
  );
}

/** Plays an input script from power-on on the machine whose frames `frameOf` counts. */
export function scriptSource({ input }: Movie, frameOf: () => number): InputSource {
  return { latchButtons: () => input.maskAt(frameOf()) };
}
