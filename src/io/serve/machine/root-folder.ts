import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { findCoreGame } from "../../cores/core-game.ts";
import { type LoadedRom, loadRom, type RomLoadOptions } from "../../files/roms/rom-file.ts";
import { isCoreGame, type ServedGame } from "./hosted-machine.ts";

/** Where peers may load games from. */
export interface RootOptions {
  readonly root: string;
  readonly load: RomLoadOptions;
  /** The largest game; undefined for any. */
  readonly mostRomBytes: number | undefined;
}

/** Throws `InputError` ("missing") if the root is not a folder. */
export async function checkRoot(root: string): Promise<void> {
  const status = await stat(root).catch(() => undefined);
  if (status?.isDirectory() !== true) throw new InputError("missing", "no such folder", root);
}

/**
 * Loads a peer's path only if it is below the root after following links. Otherwise reports it as missing.
 */
export async function loadBelowRoot(path: string, options: RootOptions): Promise<ServedGame> {
  const missing = new InputError("missing", "no such file below the root", path.slice(0, 200));
  const root = await realpath(options.root);
  const [, file = "", inner = ""] = /^([^#]*)(#.*)?$/s.exec(path) ?? [];
  const real = await realpath(resolve(root, file)).catch(() => undefined);
  if (path.includes("\0") || real === undefined || !isBelow(root, real)) throw missing;
  try {
    // Patches of the command line are for its own game.
    const game =
      (await findCoreGame(real + inner)) ??
      (await loadRom(real + inner, { ...options.load, patches: undefined }));
    checkRomBytes(game, options.mostRomBytes);
    return game;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Do not reveal the path of the root.
    throw new InputError(
      error.kind,
      error.message,
      error.where.replaceAll(`${root}${sep}`, ""),
      error.remedy,
    );
  }
}

/**
 * Throws `InputError` ("unavailable") if ROM and RAM of the cartridge, or the game that a core plays, have
 * more than `most` bytes.
 */
export function checkRomBytes(game: ServedGame, most = Number.POSITIVE_INFINITY): void {
  const { fileName } = game;
  const bytes = isCoreGame(game) ? game.bytes.length : cartridgeBytes(game);
  if (bytes <= most) return;
  throw new InputError(
    "unavailable",
    `this game has ${bytes} bytes; a created machine takes ${most} at most`,
    fileName,
    "load it into machine 0",
  );
}

function cartridgeBytes({ image }: LoadedRom): number {
  const { prgRom, chrRom, miscRom, prgRamBytes, prgNvramBytes, chrRamBytes, chrNvramBytes } = image;
  const romBytes = prgRom.length + chrRom.length + (miscRom?.length ?? 0);
  return romBytes + prgRamBytes + prgNvramBytes + chrRamBytes + chrNvramBytes;
}

function isBelow(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
