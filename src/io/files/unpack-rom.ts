import { InputError } from "../../emu/input-error.ts";
import { type ArchiveKind, archiveKind } from "./archive-kind.ts";
import { identifyForeign } from "./foreign-files.ts";
import { gunzipCapped } from "./gzip.ts";
import { MAX_ROM_BYTES } from "./limits.ts";
import { type PackedKind, readPacked } from "./packed-archive.ts";
import { printable } from "./text.ts";
import { listZip, peekZipEntry, readZipEntry, type ZipEntry } from "./zip.ts";

/** Longest list of names in an error. */
const MAX_NAMES = 8;
/** Number of bytes that identify a ROM. */
const MAGIC_BYTES = 16;

/** Returns true if a file in an archive, by its name and first bytes, is the wanted game. */
export type IsGame = (name: string, start: Uint8Array) => boolean;

/** A file's contents, unpacked from a compressed file or an archive. */
export interface Unpacked {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly container: "none" | ArchiveKind;
}

/**
 * Takes a game out of any archive, as `unpackZipOrGzip` does. 7z and RAR are read by a library that loads
 * first.
 */
export async function unpackRom(
  bytes: Uint8Array,
  path: string,
  inner: string | undefined,
  isGame: IsGame,
): Promise<Unpacked> {
  const kind = archiveKind(bytes);
  return kind === "7z" || kind === "rar"
    ? unpackPacked(bytes, kind, inner, isGame)
    : unpackZipOrGzip(bytes, path, inner, isGame);
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
 * file, otherwise `isGame` finds it. Throws `InputError` ("data") if there is not exactly one.
 */
export function unpackZipOrGzip(
  bytes: Uint8Array,
  path: string,
  inner: string | undefined,
  isGame: IsGame,
): Unpacked {
  const kind = archiveKind(bytes);
  if (kind === "zip") return unpackZip(bytes, inner, isGame);
  if (inner !== undefined) throw new InputError("data", `not a zip: it has no ${printable(inner)} inside`);
  if (kind === "gzip") {
    const name = path.replace(/\.gz$/i, "");
    return { bytes: gunzipCapped(bytes, MAX_ROM_BYTES), name, container: "gzip" };
  }
  return { bytes, name: path, container: "none" };
}

async function unpackPacked(
  bytes: Uint8Array,
  container: PackedKind,
  inner: string | undefined,
  isGame: IsGame,
): Promise<Unpacked> {
  const files = await readPacked(bytes, container, (name, start) =>
    inner === undefined ? isGame(name, start) : name === inner,
  );
  const wanted = files.filter((file) => file.bytes !== undefined);
  const [first] = wanted;
  if (first?.bytes !== undefined && wanted.length === 1)
    return { bytes: first.bytes, name: first.name, container };
  const archive = `the ${container} archive`;
  if (wanted.length > 1) {
    const what = `${archive} has ${wanted.length} ROMs: ${nameList(wanted)}`;
    throw new InputError("data", what, "", `choose one: archive.${container}#name`);
  }
  const missing = inner === undefined ? "ROM" : printable(inner);
  throw new InputError("data", `${archive} has no ${missing}: ${nameList(files)}`);
}

function unpackZip(bytes: Uint8Array, inner: string | undefined, isGame: IsGame): Unpacked {
  const entries = listZip(bytes);
  const entry = inner === undefined ? onlyRom(bytes, entries, isGame) : namedEntry(entries, inner);
  return { bytes: readZipEntry(bytes, entry, MAX_ROM_BYTES), name: entry.name, container: "zip" };
}

function namedEntry(entries: readonly ZipEntry[], inner: string): ZipEntry {
  const found = entries.find((entry) => entry.name === inner);
  if (found !== undefined) return found;
  const what = `the zip has no ${printable(inner)}, it has ${nameList(entries)}`;
  throw new InputError("data", what);
}

/** The only entry that is a ROM. An encrypted entry named like a ROM counts, so that it is reported. */
function onlyRom(bytes: Uint8Array, entries: readonly ZipEntry[], isGame: IsGame): ZipEntry {
  const roms = entries.filter((entry) => isGame(entry.name, peekZipEntry(bytes, entry, MAGIC_BYTES)));
  if (roms.length === 1) return roms[0]!;
  if (roms.length > 1) {
    const what = `the zip has ${roms.length} ROMs: ${nameList(roms)}`;
    throw new InputError("data", what, "", "choose one: archive.zip#name");
  }
  const byName = entries.find((entry) => /\.(nes|unf|unif|fds|qd|nsfe?)$/i.test(entry.name));
  if (byName !== undefined) return byName;
  const files = entries.filter((entry) => !entry.name.endsWith("/"));
  const [only] = files.length === 1 ? files : [];
  const foreign =
    only === undefined ? undefined : identifyForeign(readZipEntry(bytes, only, MAX_ROM_BYTES), only.name);
  if (foreign !== undefined)
    throw new InputError(
      "data",
      `the zip has no ROM: ${nameList(files)} is ${foreign.what}`,
      "",
      foreign.remedy,
    );
  throw new InputError("data", `the zip has no ROM: ${nameList(entries)}`);
}

function nameList(entries: readonly { readonly name: string }[]): string {
  if (entries.length === 0) return "nothing";
  const names = entries.slice(0, MAX_NAMES).map((entry) => printable(entry.name, 60));
  const more = entries.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
