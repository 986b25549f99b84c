import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Command } from "commander";
import manifest from "../../../package.json" with { type: "json" };
import { InputError } from "../../emu/input-error.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { defaultDevices } from "../../emu/nes/input/default-devices.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { userFolders } from "../../io/files/paths.ts";
import type { LoadedRom } from "../../io/files/roms/rom-file.ts";
import { asInputError } from "../../io/files/write-target.ts";
import type { LiveGame, LiveGameOptions } from "../../io/netplay/live-game.ts";
import { ConfigFile } from "../../io/play/config-file.ts";
import { play } from "../../io/play/play.ts";
import type { PlayResult } from "../../io/play/play-types.ts";
import type { Settings } from "../../io/play/settings.ts";
import { createHeadless } from "../../io/shared/headless.ts";
import { MAX_DELAY_FRAMES } from "../../io/shared/netplay-block.ts";
import { nesSource } from "../../io/thread/nes-source.ts";
import { holdingLog, log, logRoot } from "../log.ts";
import { addHardwareOptions, type HardwareOptions, toNesOptions } from "../machine-options.ts";
import { MAX_FRAMES, wholeNumber } from "../options.ts";
import type { TokenOptions } from "../token-options.ts";
import { warn } from "../warnings.ts";
import { gameFolders } from "./files.ts";
import { conclude, statsDocument, tellFailures } from "./report.ts";
import { addSettingOptions, overridden, type SettingOptions } from "./settings.ts";

/** Options of `emu host` and `emu join`. */
export interface NetplayOptions extends HardwareOptions, SettingOptions, TokenOptions {
  readonly delay?: number;
  readonly frames?: number;
  readonly stats?: string;
  readonly config?: string;
}

export const USUAL_NETPLAY_PORT = 6503;
/** Characters that do not look like each other, 5 bits each. */
const TOKEN_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const TOKEN_CHARACTERS = 16;

/** Adds the options of `NetplayOptions`. */
export function addNetplayOptions(command: Command): Command {
  command
    .option(
      "--delay <frames>",
      `delay of your buttons, 0 to ${MAX_DELAY_FRAMES} frames (default: chosen by the latency)`,
      wholeNumber(0, MAX_DELAY_FRAMES),
    )
    .option("--frames <n>", "stop after n frames", wholeNumber(1, MAX_FRAMES))
    .option("--stats <file>", "at the end, write statistics of frames and rollbacks as JSON")
    .option("--config <file>", "the config file (default: in the XDG config folder)");
  return addHardwareOptions(addSettingOptions(command));
}

/** Makes a token of 80 random bits, which cannot be guessed. */
export function newToken(): string {
  return Array.from(randomBytes(TOKEN_CHARACTERS), (byte) => TOKEN_LETTERS[byte % TOKEN_LETTERS.length]).join(
    "",
  );
}

/** What `LiveGame` needs besides addresses. Warns of devices that the game has without the network. */
export function liveGameOptions(rom: LoadedRom, options: NetplayOptions, token: string): LiveGameOptions {
  const nes = controllersOnly(toNesOptions(options, rom.image));
  warn(missingDevices(rom.image), rom.path);
  return {
    rom,
    token,
    nes,
    delayFrames: options.delay,
    version: manifest.version,
    periodMs: 1000 / createHeadless(rom.image, nes).geometry.frameRateHz,
    evidenceFolder: join(userFolders().state, "netplay"),
    log: logRoot,
  };
}

/** A text about the devices that the game has without the network; none if it has only controllers. */
function missingDevices(image: CartridgeImage): string[] {
  const { port1, port2, expansion } = defaultDevices(image);
  const isOther = (device: string | undefined) => !["standard", "none", "pads"].includes(device ?? "none");
  const names = [...new Set([port1, port2, expansion].filter(isOther))].join(", ");
  return names === "" ? [] : [`no ${names}: games over the network have controllers only`];
}

/** Removes the devices: the number of players decides. Throws `InputError` ("usage") if some are chosen. */
function controllersOnly({ devices, ...nes }: NesOptions): NesOptions {
  const isChosen = Object.values(devices ?? {}).some((device) => device !== "standard");
  if (isChosen)
    throw new InputError(
      "usage",
      "games over the network support only standard controllers",
      "",
      "remove --port1, --port2, --expansion and --four-score",
    );
  return nes;
}

/** Plays a game with others in this terminal, and returns the exit code. `notice` is shown at the start. */
export async function playTogether(
  game: LiveGame,
  rom: LoadedRom,
  options: NetplayOptions,
  notice: string,
): Promise<number> {
  const config = new ConfigFile(options.config, logRoot.child({ scope: "files" }));
  // Rewinding and run-ahead are for one player.
  const settings: Settings = { ...overridden(await config.load(), options), runAheadFrames: 0 };
  const { image, fileName } = rom;
  const { frames } = options;
  const notices = [notice, ...missingDevices(image)].filter((text) => text !== "").join(", ");
  const result = await holdingLog(() =>
    play({
      client: {
        machine: nesSource(image, game.nes),
        netplay: game.netplay,
        hasSpectators: game.spectatorAddress !== undefined,
        rewindBytes: 0,
        ...(game.state === undefined ? {} : { state: game.state }),
      },
      link: game,
      settings,
      isMuted: options.mute === true,
      ...(notices === "" ? {} : { notice: notices }),
      // The cheats are not loaded: none can be used.
      files: gameFolders(image.sha1, fileName, settings),
      gamesFolder: process.cwd(),
      keepSetting: (name, value) => config.set(name, value),
      keepKeys: (target, keys) => config.setKeys(target, keys),
      ...(frames === undefined ? {} : { frames }),
      log: logRoot,
    }),
  );
  log.info({ end: result.end.kind, ...game.rollbackStats }, "the game has ended");
  return finish(game, rom, result, options);
}

async function finish(
  game: LiveGame,
  rom: LoadedRom,
  result: PlayResult,
  options: NetplayOptions,
): Promise<number> {
  const failures = [...result.failures];
  if (options.stats !== undefined) {
    await writeFileWhole(options.stats, netplayStats(game, result)).catch((error) =>
      failures.push(asInputError(error)),
    );
  }
  const { end } = result;
  if (end.kind === "open" || end.kind === "debug" || end.kind === "rebuilt")
    throw new Error(`${end.kind} in a game with others`);
  return tellFailures(failures, await conclude(end, rom, undefined));
}

/** The document of `emu run --stats`, and what rollbacks have cost. */
function netplayStats(game: LiveGame, result: PlayResult): string {
  const { p50, p99, max } = result.stats.workMicroseconds;
  const { roundTripMs, jitterMs, delayFrames, player } = game.sessionStatus;
  const document = {
    ...JSON.parse(statsDocument(result)),
    workMicroseconds: { p50, p99, max },
    netplay: { player, roundTripMs, jitterMs, delayFrames, ...game.rollbackStats, ...game.agreement },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
