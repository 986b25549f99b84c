import { InputError } from "../../../emu/input-error.ts";
import { MAX_ROM_BYTES } from "../limits.ts";
import type { ForeignFile } from "../roms/foreign-files.ts";
import { patchRank } from "../roms/patch.ts";
import { printable, shortList } from "../text.ts";
import { type ArchiveKind, archiveKind } from "./archive-kind.ts";
import { gunzipCapped } from "./gzip.ts";
import { type PackedFile, type PackedKind, readPacked } from "./packed-archive.ts";
import { listZip, peekZipEntry, readZipEntry, type ZipEntry } from "./zip.ts";

/** Longest list of names in an error. */
const MAX_NAMES = 8;
/** Number of bytes that identify a ROM. */
const MAGIC_BYTES = 16;

/** What is taken out of an archive if no name is given. */
export interface WantedFile {
  /** Names it in errors: one, and several. */
  readonly noun: string;
  readonly plural: string;
  /** Returns true for the name of such a file. An encrypted file of that name is reported. */
  isNamed(name: string): boolean;
  /** Returns true if a file in an archive, by its name and first bytes, is wanted. */
  isWanted(name: string, start: Uint8Array): boolean;
  /** Says what another file is, if it is the only one in the archive. */
  explain?(bytes: Uint8Array, name: string): ForeignFile | undefined;
}

/** A file in an archive that is read only when it is needed. */
interface PackedPatch {
  readonly name: string;
  /** True if it has the game's name. A patch with the name of another file is not listed. */
  readonly isForGame: boolean;
  read(): Promise<Uint8Array>;
}

/** A file's contents, unpacked from a compressed file or an archive. */
export interface Unpacked {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly container: "none" | ArchiveKind;
  /** The patches beside it in the archive, in the order of `PATCH_EXTENSIONS`. */
  readonly patches: readonly PackedPatch[];
}

/**
 * Takes a game out of any archive, as `unpackZipOrGzip` does. 7z and RAR are read by a library that loads
 * first.
 */
export async function unpackRom(
  bytes: Uint8Array,
  path: string,
  inner: string | undefined,
  wanted: WantedFile,
): Promise<Unpacked> {
  const kind = archiveKind(bytes);
  return kind === "7z" || kind === "rar"
    ? unpackPacked(bytes, kind, inner, wanted)
    : unpackZipOrGzip(bytes, path, inner, wanted);
}

/**
 * The names of an archive's files; none for a file that is not an archive, or has only one. Throws
 * `InputError` ("data") if the archive is damaged.
 */
export async function listArchive(bytes: Uint8Array): Promise<string[]> {
  const kind = archiveKind(bytes);
  if (kind === "zip") return listZip(bytes).map(({ name }) => name);
  if (kind !== "7z" && kind !== "rar") return [];
  return (await readPacked(bytes, kind, () => false)).map(({ name }) => name);
}

/**
 * Takes a game out of a zip or gzip file; any other file is the game itself. `inner` names the archive's
 * file, otherwise `wanted` finds it. Throws `InputError` ("data") if there is not exactly one.
 */
export function unpackZipOrGzip(
  bytes: Uint8Array,
  path: string,
  inner: string | undefined,
  wanted: WantedFile,
): Unpacked {
  const kind = archiveKind(bytes);
  if (kind === "zip") return unpackZip(bytes, inner, wanted);
  if (inner !== undefined) throw new InputError("data", `not a zip: it has no ${printable(inner)} inside`);
  if (kind === "gzip") {
    const name = path.replace(/\.gz$/i, "");
    return { bytes: gunzipCapped(bytes, MAX_ROM_BYTES), name, container: "gzip", patches: [] };
  }
  return { bytes, name: path, container: "none", patches: [] };
}

async function unpackPacked(
  bytes: Uint8Array,
  container: PackedKind,
  inner: string | undefined,
  wanted: WantedFile,
): Promise<Unpacked> {
  const files = await readPacked(bytes, container, (name, start) =>
    inner === undefined ? wanted.isWanted(name, start) : name === inner,
  );
  const found = files.filter((file) => file.bytes !== undefined);
  const [first] = found;
  if (first?.bytes !== undefined && found.length === 1) {
    const read = async ({ name }: PackedFile) => (await unpackPacked(bytes, container, name, wanted)).bytes;
    return { bytes: first.bytes, name: first.name, container, patches: patchesOf(first.name, files, read) };
  }
  const archive = `the ${container} archive`;
  if (found.length > 1) {
    const what = `${archive} has ${found.length} ${wanted.plural}: ${nameList(found)}`;
    throw new InputError("data", what, "", `choose one: archive.${container}#name`);
  }
  const missing = inner === undefined ? wanted.noun : printable(inner);
  throw noneIn(archive, missing, files);
}

function unpackZip(bytes: Uint8Array, inner: string | undefined, wanted: WantedFile): Unpacked {
  const entries = listZip(bytes);
  const entry = inner === undefined ? onlyWanted(bytes, entries, wanted) : namedEntry(entries, inner);
  const read = async (patch: ZipEntry) => readZipEntry(bytes, patch, MAX_ROM_BYTES);
  return {
    bytes: readZipEntry(bytes, entry, MAX_ROM_BYTES),
    name: entry.name,
    container: "zip",
    patches: patchesOf(entry.name, entries, read),
  };
}

/**
 * The patches among the files of an archive: those with the name of its file `game`, and those with a name
 * that no other file has. Case does not matter.
 */
function patchesOf<F extends { readonly name: string }>(
  game: string,
  files: readonly F[],
  read: (file: F) => Promise<Uint8Array>,
): PackedPatch[] {
  const patches = files.filter(({ name }) => patchRank(name) >= 0 && name !== game);
  const others = files.filter((file) => file.name !== game && !patches.includes(file));
  const otherStems = new Set(others.map(({ name }) => stemOf(name)));
  const gameStem = stemOf(game);
  return patches
    .filter(({ name }) => stemOf(name) === gameStem || !otherStems.has(stemOf(name)))
    .sort((one, other) => patchRank(one.name) - patchRank(other.name))
    .map((file) => ({
      name: file.name,
      isForGame: stemOf(file.name) === gameStem,
      read: () => read(file),
    }));
}

/** A file's path in an archive without its extension, in lower case. */
function stemOf(name: string): string {
  return name.replace(/\.[^./\\]*$/, "").toLowerCase();
}

function namedEntry(entries: readonly ZipEntry[], inner: string): ZipEntry {
  const found = entries.find((entry) => entry.name === inner);
  if (found !== undefined) return found;
  const what = `the zip has no ${printable(inner)}, it has ${nameList(entries)}`;
  throw new InputError("data", what);
}

/** The only entry that is wanted. An encrypted entry with such a name counts, so that it is reported. */
function onlyWanted(bytes: Uint8Array, entries: readonly ZipEntry[], wanted: WantedFile): ZipEntry {
  const found = entries.filter((entry) =>
    wanted.isWanted(entry.name, peekZipEntry(bytes, entry, MAGIC_BYTES)),
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const what = `the zip has ${found.length} ${wanted.plural}: ${nameList(found)}`;
    throw new InputError("data", what, "", "choose one: archive.zip#name");
  }
  const byName = entries.find((entry) => wanted.isNamed(entry.name));
  if (byName !== undefined) return byName;
  const files = entries.filter((entry) => !entry.name.endsWith("/"));
  const [only] = files.length === 1 ? files : [];
  const foreign =
    only === undefined ? undefined : wanted.explain?.(readZipEntry(bytes, only, MAX_ROM_BYTES), only.name);
  if (foreign !== undefined)
    throw new InputError(
      "data",
      `the zip has no ${wanted.noun}: ${nameList(files)} is ${foreign.what}`,
      "",
      foreign.remedy,
    );
  throw noneIn("the zip", wanted.noun, entries);
}

/** The error for an archive without the wanted file. */
function noneIn(archive: string, wanted: string, entries: readonly { readonly name: string }[]): InputError {
  const what =
    entries.length === 0 ? `${archive} is empty` : `${archive} has no ${wanted}: ${nameList(entries)}`;
  return new InputError("data", what);
}

function nameList(entries: readonly { readonly name: string }[]): string {
  const names = entries.map((entry) => printable(entry.name, 60));
  return shortList(names, MAX_NAMES);
}
