import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, normalize } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { archiveKind } from "../../files/archives/archive-kind.ts";
import { listZip, readZipEntry } from "../../files/archives/zip.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { printable } from "../../files/text.ts";

const MAX_ARCHIVE_BYTES = 1024 * MIB;
const MAX_UNPACKED_BYTES = 2048 * MIB;
const MAX_FILES = 100_000;
/** Offset of the magic in a tar. */
const TAR_MAGIC_OFFSET = 257;

/**
 * Unpacks a file from `url` into `folder`. Zip, tar and tar.gz are detected from the contents; any other file
 * is copied. Nothing is written outside `folder`. Throws `InputError` ("data") for archives that are damaged
 * or too large, or have names outside the folder.
 */
export async function unpackSuite(path: string, url: string, folder: string): Promise<void> {
  const bytes = await readFileCapped(path, MAX_ARCHIVE_BYTES);
  await mkdir(folder, { recursive: true });
  const kind = archiveKind(bytes);
  if (kind === "zip") return writeAll(unzip(bytes, url), folder, url);
  if (kind === "gzip" || isTar(bytes)) {
    const files = await untar(bytes, url);
    if (files !== undefined) return writeAll(files, folder, url);
  }
  const name = nameOf(url);
  await writeAll(new Map([[name, bytes]]), folder, url);
}

/** The last part of an address's path, as a valid file name. */
function nameOf(url: string): string {
  const { pathname } = new URL(url);
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // A % that is not an escape does not change.
  }
  const name = basename(path).replaceAll("\0", "");
  return name === "" || name === "." || name === ".." ? "file" : name;
}

type Files = ReadonlyMap<string, Uint8Array>;

function isTar(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(TAR_MAGIC_OFFSET, TAR_MAGIC_OFFSET + 5)) === "ustar";
}

function unzip(bytes: Uint8Array, url: string): Files {
  const entries = ofArchive(url, () => listZip(bytes, MAX_FILES));
  const total = entries.reduce((sum, { claimedBytes }) => sum + claimedBytes, 0);
  if (total > MAX_UNPACKED_BYTES) throw tooLarge(url);
  return ofArchive(
    url,
    () => new Map(entries.map((entry) => [entry.name, readZipEntry(bytes, entry, MAX_UNPACKED_BYTES)])),
  );
}

/** Puts the archive's address before the place that an `InputError` names. */
function ofArchive<T>(url: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { kind, message, where, remedy } = error;
    throw new InputError(kind, message, `${printable(url)}, ${where}`, remedy);
  }
}

/** Unpacks a tar; undefined for a gzip file without a tar in it. */
async function untar(bytes: Uint8Array, url: string): Promise<Files | undefined> {
  try {
    const files = new Map<string, Uint8Array>();
    let total = 0;
    for (const [name, file] of await new Bun.Archive(bytes).files()) {
      total += file.size;
      if (total > MAX_UNPACKED_BYTES || files.size >= MAX_FILES) throw tooLarge(url);
      files.set(name, await file.bytes());
    }
    if (files.size > 0) return files;
    if (archiveKind(bytes) === "gzip") return undefined;
    throw new Error("it has no files");
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (archiveKind(bytes) === "gzip" && !/\.(tar\.gz|tgz)$/i.test(new URL(url).pathname)) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError("data", `the tar is damaged: ${why}`, printable(url));
  }
}

async function writeAll(files: Files, folder: string, url: string): Promise<void> {
  const taken = new Set<string>();
  for (const [name, bytes] of files) {
    const path = normalize(name.replaceAll("\\", "/")).replaceAll("\\", "/");
    const isOutside =
      path === ".." || path.startsWith("../") || path.startsWith("/") || /^[a-z]:/i.test(path);
    if (isOutside || path.includes("\0")) {
      throw new InputError(
        "data",
        `the archive has a file outside of it: ${printable(name)}`,
        printable(url),
      );
    }
    if (taken.has(path)) continue;
    taken.add(path);
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

function tooLarge(url: string): InputError {
  const gib = MAX_UNPACKED_BYTES / 1024 / 1024 / 1024;
  return new InputError("data", `unpacks to more than ${gib} GiB or ${MAX_FILES} files`, printable(url));
}
