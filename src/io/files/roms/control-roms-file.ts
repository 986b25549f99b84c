import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import type { ControlRoms } from "../../../emu/nes/playchoice/control-roms.ts";
import { KIB, MIB } from "../../../emu/units.ts";
import { archiveKind } from "../archives/archive-kind.ts";
import { listZip, readZipEntry } from "../archives/zip.ts";
import { userFolders } from "../paths.ts";
import { readFileCapped } from "../read-file.ts";
import { printable } from "../text.ts";
import { inFile } from "../text-place.ts";
import { builtInControlRoms } from "./playchoice/built-in-control.ts";
import { type RomCandidate, readControlRoms } from "./playchoice-roms.ts";

/** The archive with the ROMs of the PlayChoice-10, as MAME calls it. */
export const CONTROL_ROMS_FILE = "playch10.zip";
/** MAME's folder with the same files. */
const CONTROL_ROMS_FOLDER = "playch10";
/** Choices of --control-roms that are not files. */
const NO_ROMS = "none";
const BUILT_IN_ROMS = "built-in";

/** The largest ROM has 16 KiB, and MAME's archive two dozen files. */
const MAX_FILE_BYTES = 64 * KIB;
const MAX_FILES = 256;

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
        const text = `${where}: ${message}: the game runs without the PlayChoice-10's menu (${remedy})`;
        return { files: [], cautions: [text] };
      }
    }
  }
  const places = `beside the game or in ${userFolders().data}`;
  const text = `the PlayChoice-10's menu needs ${CONTROL_ROMS_FILE}, MAME's file of its ROMs, ${places}`;
  return { files: [], cautions: [`${text}, or --control-roms built-in: the game runs alone`] };
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function readRoms(path: string): Promise<FoundControlRoms> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const files = isFolder ? await filesOfFolder(path) : filesOfZip(await readFileCapped(path, MIB), path);
  const { roms, warnings } = readControlRoms(files, path);
  return { roms, files: [path], cautions: warnings.map((warning) => `${printable(path)}: ${warning}`) };
}

async function filesOfFolder(folder: string): Promise<RomCandidate[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw new InputError("io", `cannot be read: ${error.code}`, printable(folder));
  });
  const files: RomCandidate[] = [];
  for (const entry of entries.slice(0, MAX_FILES)) {
    const path = join(folder, entry.name);
    const { size } = entry.isFile() ? await stat(path) : { size: 0 };
    if (size === 0 || size > MAX_FILE_BYTES) continue;
    files.push({ name: entry.name, bytes: await readFileCapped(path, MAX_FILE_BYTES) });
  }
  return files;
}

function filesOfZip(bytes: Uint8Array, path: string): RomCandidate[] {
  if (archiveKind(bytes) !== "zip") {
    const what = "is no zip: the ROMs of the PlayChoice-10 are read from a zip or a folder";
    throw new InputError("data", what, printable(path), `name MAME's ${CONTROL_ROMS_FILE}`);
  }
  return inFile(path, () =>
    listZip(bytes, MAX_FILES)
      .filter(({ claimedBytes }) => claimedBytes <= MAX_FILE_BYTES)
      .map((entry) => ({ name: entry.name, bytes: readZipEntry(bytes, entry, MAX_FILE_BYTES) })),
  );
}
