import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import type { ControlRoms } from "../../../emu/nes/playchoice/control-roms.ts";
import { archiveKind } from "../archives/archive-kind.ts";
import { listZip, readZipEntry } from "../archives/zip.ts";
import { MAX_ARCHIVE_ENTRIES, MAX_UNPACKED_BYTES } from "../limits.ts";
import { userFolders } from "../paths.ts";
import { fileError, readFileCapped } from "../read-file.ts";
import { printable } from "../text.ts";
import { inFile } from "../text-place.ts";
import { undecodedPath } from "../undecoded-path.ts";
import { builtInControlRoms } from "./playchoice/built-in-control.ts";
import {
  canBeControlRom,
  isNamedAsControlRom,
  MAX_CONTROL_ROM_BYTES,
  type RomCandidate,
  readControlRoms,
} from "./playchoice-roms.ts";

/** The archive with the ROMs of the PlayChoice-10, as MAME calls it. */
export const CONTROL_ROMS_FILE = "playch10.zip";
/** MAME's folder with the same files. */
const CONTROL_ROMS_FOLDER = "playch10";
/** Choices of --control-roms that are not files. */
const NO_ROMS = "none";
const BUILT_IN_ROMS = "built-in";

/** Limit on the archive: merged sets of MAME have the ROMs of all games for the machine in it. */
const MAX_ARCHIVE_BYTES = MAX_UNPACKED_BYTES;

/** ROMs of the control side, and what is to be said about them. */
interface FoundControlRoms {
  /** Undefined if there are none: the game runs alone. */
  readonly roms?: ControlRoms;
  /** The files that were read. */
  readonly files: readonly string[];
  readonly cautions: readonly string[];
}

/**
 * Finds the ROMs of the PlayChoice-10's control side for the game in the file `image`. `choice` is an archive
 * or a folder with them, "built-in" for emu's own program or "none"; by default playch10.zip, or a folder
 * playch10, beside the game or in the user's data folder. Throws `InputError` if named files cannot be used;
 * of files that were found it is a caution.
 */
export async function findControlRoms(image: string, choice?: string): Promise<FoundControlRoms> {
  if (choice === NO_ROMS) return { files: [], cautions: [] };
  if (choice === BUILT_IN_ROMS) return { roms: builtInControlRoms(), files: [], cautions: [] };
  if (choice !== undefined) return await readRoms(choice);
  for (const folder of [dirname(image), userFolders().data]) {
    for (const name of [CONTROL_ROMS_FILE, CONTROL_ROMS_FOLDER]) {
      const path = join(folder, name);
      if (!(await exists(path))) continue;
      try {
        return await readRoms(path);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const { message, remedy, where } = error;
        const text = `${where}: ${message}: the game runs without the PlayChoice-10's menu`;
        return { files: [], cautions: [remedy === "" ? text : `${text} (${remedy})`] };
      }
    }
  }
  const places = `beside the game or in ${userFolders().data}`;
  const text = `the PlayChoice-10's menu needs ${CONTROL_ROMS_FILE}, MAME's file of its ROMs, ${places}`;
  return { files: [], cautions: [`${text}, or --control-roms built-in: the game runs alone`] };
}

async function exists(path: string): Promise<boolean> {
  return await stat(undecodedPath(path)).then(
    () => true,
    () => false,
  );
}

async function readRoms(path: string): Promise<FoundControlRoms> {
  const isFolder = await stat(undecodedPath(path)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const files = isFolder
    ? await filesOfFolder(path)
    : filesOfZip(await readFileCapped(path, MAX_ARCHIVE_BYTES), path);
  const { roms, warnings } = readControlRoms(files, path);
  return { roms, files: [path], cautions: warnings.map((warning) => `${printable(path)}: ${warning}`) };
}

async function filesOfFolder(folder: string): Promise<RomCandidate[]> {
  const names = await readdir(undecodedPath(folder), { encoding: "utf8" }).catch((error) => {
    throw fileError(error, folder);
  });
  // A named folder can hold any number of files. Those that are named as the ROMs come first.
  const isNamed = (name: string): number => Number(isNamedAsControlRom(name));
  const files: RomCandidate[] = [];
  for (const name of names.sort().sort((a, b) => isNamed(b) - isNamed(a))) {
    if (files.length === MAX_ARCHIVE_ENTRIES) break;
    const path = join(folder, name);
    const status = await stat(undecodedPath(path)).catch(() => undefined);
    if (status?.isFile() !== true || !canBeControlRom(name, status.size)) continue;
    files.push({ name, bytes: await readFileCapped(path, MAX_CONTROL_ROM_BYTES) });
  }
  return files;
}

function filesOfZip(bytes: Uint8Array, path: string): RomCandidate[] {
  if (archiveKind(bytes) !== "zip") {
    const what = "is no zip: the ROMs of the PlayChoice-10 are read from a zip or a folder";
    throw new InputError("data", what, printable(path), `name MAME's ${CONTROL_ROMS_FILE}`);
  }
  return inFile(path, () =>
    listZip(bytes)
      .filter(({ name, claimedBytes }) => canBeControlRom(name, claimedBytes))
      .map((entry) => ({ name: entry.name, bytes: readZipEntry(bytes, entry, MAX_CONTROL_ROM_BYTES) })),
  );
}
