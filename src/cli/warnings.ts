import { InputError } from "../emu/input-error.ts";
import { unusedOptions } from "../emu/nes/cartridge/support.ts";
import { withTapeSound } from "../io/capture/tape-sound-file.ts";
import { type LoadedRom, loadRom } from "../io/files/roms/rom-file.ts";
import { printable, printablePath } from "../io/files/text.ts";
import { log, logRoot } from "./log.ts";
import { type HardwareOptions, toLoadOptions } from "./machine-options.ts";

/** Logs which ROM is used and what was decided about it. */
export function logRom({
  path,
  image,
  container,
  fileBytes,
  fileSha1,
  overrides,
  warnings,
}: LoadedRom): void {
  const { mapper, submapper, region, battery } = image;
  const fields = { path, container, fileBytes, fileSha1, mapper, submapper, region, battery };
  logRoot.child({ scope: "files" }).info({ ...fields, overrides, warnings }, "ROM read");
}

/** The options of a command that depend on the game. */
type GameOptions = Pick<
  HardwareOptions,
  "controlRoms" | "fdsBios" | "diskSide" | "mmc3Revision" | "expansion"
>;

/**
 * Loads a ROM for a command that runs it. Prints warnings about what may keep it from running correctly, and
 * about options that have no effect on it.
 */
export async function loadRomToRun(path: string, options: GameOptions): Promise<LoadedRom> {
  const rom = await withTapeSound(await loadRom(path, toLoadOptions(options)));
  logRom(rom);
  warnOfGame(rom, path, options);
  return rom;
}

/** Prints the warnings of `loadRomToRun`. */
export function warnOfGame({ cautions, image }: LoadedRom, path: string, options: GameOptions): void {
  const unused = unusedOptions(image, options);
  if (options.fdsBios !== undefined && !["fds", "studybox"].includes(image.format)) {
    unused.push("the game is on a cartridge: the disk system's BIOS has no effect");
  }
  if (options.controlRoms !== undefined && image.playChoice === undefined) {
    unused.push("the game is not for the PlayChoice-10: its ROMs have no effect");
  }
  warn([...cautions, ...unused], path);
}

/** Prints warnings on standard error, one line each, and logs them. `about` names the file they concern. */
export function warn(warnings: readonly string[], about = ""): void {
  const place = about === "" ? "" : `${printable(about)}: `;
  for (const text of new Set(warnings)) {
    process.stderr.write(`emu: warning: ${place}${text}\n`);
    log.warn({ about }, text);
  }
}

/**
 * Reads what the player has stored for a game, without which the game starts all the same. If it cannot be
 * read, prints a warning that ends with `lost`, and returns it as a notice that begins with `lost`.
 */
export async function readStored<T>(
  read: () => Promise<T>,
  lost: string,
): Promise<{ readonly stored?: T; readonly notice?: string }> {
  try {
    return { stored: await read() };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { message, where } = error;
    warn([`${message}: ${lost}`], where);
    // A narrow row cuts the end: what the player meets comes first.
    return { notice: printablePath(`${lost}: ${where}: ${message}`) };
  }
}
