import { type LoadedRom, loadRom, type RomLoadOptions } from "../io/files/rom-file.ts";
import { printable } from "../io/files/text.ts";
import { log } from "./log.ts";

/** Loads a ROM for a command that runs it. Prints warnings about what may keep it from running correctly. */
export async function loadRomToRun(path: string, options?: RomLoadOptions): Promise<LoadedRom> {
  const rom = await loadRom(path, options);
  warn(rom.cautions, path);
  return rom;
}

/** Prints warnings on standard error, one line each, and logs them. `about` names the file they concern. */
export function warn(warnings: readonly string[], about = ""): void {
  const place = about === "" ? "" : `${printable(about)}: `;
  for (const text of new Set(warnings)) {
    process.stderr.write(`emu: warning: ${place}${text}\n`);
    log.warn({ about }, text);
  }
}
