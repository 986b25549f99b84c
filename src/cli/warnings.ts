import { type LoadedRom, loadRom, type RomLoadOptions } from "../io/files/rom-file.ts";
import { printable } from "../io/files/text.ts";
import { log, logRoot } from "./log.ts";

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

/** Loads a ROM for a command that runs it. Prints warnings about what may keep it from running correctly. */
export async function loadRomToRun(path: string, options?: RomLoadOptions): Promise<LoadedRom> {
  const rom = await loadRom(path, options);
  logRom(rom);
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
