import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { fileError } from "../files/read-file.ts";
import { printable } from "../files/text.ts";

/** Depth of the search for a ROM below the folder, and folders that are skipped. */
const MAX_DEPTH = 3;
const SKIPPED = /^(\.|node_modules$)/;
const NAMES_SHOWN = 6;

/**
 * Finds the only ROM in a folder and returns its relative path with forward slashes. Throws `InputError`:
 * "missing" if there is none, "usage" if there are several.
 */
export async function findRom(folder: string): Promise<string> {
  const roms = (await listRoms(folder, folder, MAX_DEPTH)).sort();
  if (roms.length === 1) return roms[0]!;
  if (roms.length === 0) {
    const remedy = "build it first, or name it: emu init --rom build/game.nes";
    throw new InputError("missing", "found no .nes file", printable(folder), remedy);
  }
  const names = roms.slice(0, NAMES_SHOWN).map((rom) => printable(rom, 60));
  const more = roms.length > NAMES_SHOWN ? `, and ${roms.length - NAMES_SHOWN} more` : "";
  throw new InputError(
    "usage",
    `found several ROMs: ${names.join(", ")}${more}`,
    printable(folder),
    "choose one with --rom FILE",
  );
}

/** Throws `InputError` if `folder` is not a folder that exists. */
export async function checkFolder(folder: string): Promise<void> {
  const status = await stat(folder).catch(() => undefined);
  if (status?.isDirectory() === true) return;
  const what = status === undefined ? "no such folder" : "is not a folder";
  throw new InputError("missing", what, printable(folder), "name the folder of the game");
}

async function listRoms(top: string, folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw fileError(error, folder);
  });
  const found: string[] = [];
  for (const entry of entries) {
    if (SKIPPED.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 1) found.push(...(await listRoms(top, path, depth - 1)));
    else if (entry.isFile() && /\.nes$/i.test(entry.name)) found.push(slashed(relative(top, path)));
  }
  return found;
}

/** The path of the given ROM relative to the folder. Throws `InputError` ("usage") if it is outside. */
export function romWithin(folder: string, rom: string): string {
  const path = slashed(relative(resolve(folder), resolve(rom)));
  if (!path.startsWith("../") && path !== "") return path;
  throw new InputError(
    "usage",
    "the ROM is outside the folder",
    printable(rom),
    "move it into the folder of the game",
  );
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}
