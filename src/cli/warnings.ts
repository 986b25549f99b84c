import { type LoadedRom, type LoadOptions, loadRom } from "../io/files/rom-file.ts";
import { printable } from "../io/files/text.ts";
import { log } from "./log.ts";

/** `loadRom` for a command that runs the game: what may keep it from running as it should is said first. */
export async function loadRomToRun(path: string, options?: LoadOptions): Promise<LoadedRom> {
  const rom = await loadRom(path, options);
  warn(rom.cautions, path);
  return rom;
}

/** Prints warnings about `about` on standard error, a line each, and logs them. */
export function warn(warnings: readonly string[], about = ""): void {
  const place = about === "" ? "" : `${printable(about)}: `;
  for (const text of new Set(warnings)) {
    process.stderr.write(`emu: warning: ${place}${text}\n`);
    log.warn({ about }, text);
  }
}
