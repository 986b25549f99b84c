import { rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { makeTemporaryFolder } from "../files/abandoned.ts";
import { sha1Hex } from "../files/hashes.ts";
import { userFolders } from "../files/paths.ts";
import { CONTENT_BYTES, extensionByContent, NES_EXTENSIONS, systemOf } from "../files/roms/core-systems.ts";
import { isRom, readUnpacked } from "../files/roms/rom-file.ts";
import { printable } from "../files/text.ts";
import type { Log } from "../shared/log.ts";
import { CoreClient } from "./core-client.ts";
import { type CoreFile, chooseCore, findCores } from "./core-files.ts";

/** A game that a libretro core plays, and the core. */
export interface CoreGameFile {
  readonly core: CoreFile;
  /** The path as given. */
  readonly path: string;
  /** File name of the game; in an archive, that of the inner file. */
  readonly fileName: string;
  readonly extension: string;
  /** Empty if the core opens the file itself, for example a disc. */
  readonly bytes: Uint8Array;
  /** SHA-1 of the game's file; for a disc, of the file that lists its tracks. */
  readonly sha1: string;
  /** The path that the core sees. */
  readonly corePath: string;
  readonly isPacked: boolean;
}

/** Discs are read by the cores themselves: they are larger than what emu loads. */
const DISC_EXTENSIONS = ["cue", "ccd", "chd", "toc", "m3u", "iso"];
/** Extensions that many kinds of files have. Such a file is a game only if `--core` is given. */
const AMBIGUOUS_EXTENSIONS = [
  "bin",
  "rom",
  "iso",
  "img",
  "zip",
  "7z",
  "gz",
  "rar",
  "txt",
  "json",
  "elf",
  "exe",
];

/**
 * Returns the game and its core if a libretro core is to play this file: because `wanted` names a core, or by
 * the file's contents and extension. Undefined for NES games and for files that no known core plays. Throws
 * `InputError`: "unavailable" if the core is not installed, "missing" or "io" if the file cannot be read.
 */
export async function findCoreGame(path: string, wanted?: string): Promise<CoreGameFile | undefined> {
  const own = extensionOf(path);
  if (NES_EXTENSIONS.includes(own) && wanted === undefined) return undefined;
  const cores = await findCores();
  if (DISC_EXTENSIONS.includes(own)) return discGame(path, own, cores, wanted);
  const isGame = (name: string, start: Uint8Array): boolean =>
    isRom(start) || isCoreExtension(extensionOf(name), cores);
  const { file, unpacked } = await readUnpacked(path, isGame);
  const { bytes, name, container } = unpacked;
  if (wanted === undefined && isRom(bytes)) return undefined;
  const extension = isCoreExtension(extensionOf(name), cores)
    ? extensionOf(name)
    : extensionByContent(bytes.subarray(0, CONTENT_BYTES));
  if (extension === undefined && wanted === undefined) return undefined;
  if (bytes.length === 0) throw new InputError("data", "the file is empty", printable(path));
  const core = chooseCore(cores, extension ?? "", wanted);
  const fileName = basename(name.replaceAll("\\", "/"));
  return {
    core,
    path,
    fileName,
    extension: extension ?? extensionOf(name),
    bytes,
    sha1: sha1Hex([bytes]),
    corePath: join(dirname(resolve(file)), fileName),
    isPacked: container !== "none",
  };
}

async function discGame(
  path: string,
  extension: string,
  cores: readonly CoreFile[],
  wanted: string | undefined,
): Promise<CoreGameFile> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) throw new InputError("missing", "no such file", printable(path));
  const name = basename(path);
  return {
    core: chooseCore(cores, extension, wanted),
    path,
    fileName: name,
    extension,
    bytes: new Uint8Array(0),
    sha1: sha1Hex([new TextEncoder().encode(`${name} ${status.size}`)]),
    corePath: resolve(path),
    isPacked: false,
  };
}

function extensionOf(name: string): string {
  return extname(name).slice(1).toLowerCase();
}

function isCoreExtension(extension: string, cores: readonly CoreFile[]): boolean {
  if (extension === "" || NES_EXTENSIONS.includes(extension)) return false;
  if (systemOf(extension) !== undefined) return true;
  if (AMBIGUOUS_EXTENSIONS.includes(extension)) return false;
  return cores.some(({ extensions }) => extensions.includes(extension));
}

/** How a game is started on its core. */
export interface CoreGameOptions {
  /** Let the core write its own files into emu's data folder, as when the game is played. */
  readonly keepsFiles: boolean;
  readonly options?: Readonly<Record<string, string>>;
  readonly devices?: Readonly<Record<number, string>>;
  readonly keptDevices?: Readonly<Record<number, string>>;
  readonly log?: Log;
}

/** A running core with its game; `close` ends both. */
export interface StartedCore {
  readonly client: CoreClient;
  close(): Promise<void>;
}

/** The folder where cores look for firmware, such as the BIOS of a CD console. */
export function coreSystemFolder(): string {
  return join(userFolders().data, "system");
}

/** Starts the core's process with the game. Throws `InputError` as `CoreClient.start` does. */
export async function startCoreGame(game: CoreGameFile, options: CoreGameOptions): Promise<StartedCore> {
  const { core, bytes, sha1, isPacked, fileName } = game;
  // A core that opens the file itself finds an unpacked copy here.
  const folder = isPacked ? await makeTemporaryFolder("game") : undefined;
  const removeFolder = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const path = folder === undefined ? game.corePath : join(folder, fileName);
    if (folder !== undefined) await writeFile(path, bytes);
    const client = await CoreClient.start({
      corePath: core.path,
      game: { path, bytes },
      systemFolder: coreSystemFolder(),
      ...(options.keepsFiles ? { saveFolder: join(userFolders().data, "core-files", core.id, sha1) } : {}),
      options: options.options ?? {},
      devices: options.devices ?? {},
      keptDevices: options.keptDevices ?? {},
      ...(options.log === undefined ? {} : { log: options.log }),
    });
    return {
      client,
      close: async () => {
        await client.close();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
