import { stat } from "node:fs/promises";
import { basename, join, parse } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { regionFromName } from "../../emu/nes/cartridge/database.ts";
import { isFds, readFds } from "../../emu/nes/cartridge/fds-image.ts";
import { isInes } from "../../emu/nes/cartridge/header.ts";
import type { CartridgeImage, ParsedImage } from "../../emu/nes/cartridge/image.ts";
import { readInes } from "../../emu/nes/cartridge/ines.ts";
import { supportGaps } from "../../emu/nes/cartridge/support.ts";
import { isUnif, readUnif } from "../../emu/nes/cartridge/unif.ts";
import { findFdsBios, missingBios } from "./fds-bios.ts";
import { identifyForeign } from "./foreign-files.ts";
import { gunzipCapped, isGzip } from "./gzip.ts";
import { crc32Hex, sha1Hex } from "./hashes.ts";
import { MAX_ROM_BYTES } from "./limits.ts";
import { type PackedKind, packedKind, readPacked } from "./packed-archive.ts";
import { applyPatch, PATCH_EXTENSIONS } from "./patch.ts";
import { readFileCapped } from "./read-file.ts";
import { printable } from "./text.ts";
import { locatedIn } from "./text-place.ts";
import { isZip, listZip, peekZipEntry, readZipEntry, type ZipEntry } from "./zip.ts";

/** A ROM and facts about its file. */
export interface LoadedRom {
  readonly image: CartridgeImage;
  /** File name of the ROM, without folders; in an archive, that of the inner file. */
  readonly fileName: string;
  /** The whole path as given. */
  readonly path: string;
  readonly container: "none" | "gzip" | "zip" | PackedKind;
  /** Size, SHA-1 and CRC-32 (hex) of the ROM file, unpacked and with its header. */
  readonly fileBytes: number;
  readonly fileSha1: string;
  readonly fileCrc32: string;
  /** Number of ignored bytes after the last ROM. */
  readonly trailingBytes: number;
  /** What the database or the file's name overrode in the header, and why. */
  readonly overrides: readonly string[];
  /** What the machine lacks for this game; empty if it is supported. Sentences without a full stop. */
  readonly gaps: readonly string[];
  /** Reasons why the game may not run correctly, the gaps included. */
  readonly cautions: readonly string[];
  /** What else was odd, guessed or ignored, as sentences without a full stop. */
  readonly warnings: readonly string[];
}

/** Longest list of names in an error. */
const MAX_NAMES = 8;
/** Number of bytes that identify a ROM. */
const MAGIC_BYTES = 16;

export interface RomLoadOptions {
  /** File with the disk system's BIOS, for .fds files; by default `findFdsBios` looks for one. */
  readonly fdsBios?: string;
  /** Patches to apply, in this order; by default the one beside the ROM with the same name. */
  readonly patches?: readonly string[] | undefined;
  /** Describe a disk image even if no BIOS is found; it cannot run then. */
  readonly describeOnly?: boolean;
}

/**
 * Loads a ROM: .nes, .unf, .fds or .qd, also in .gz, .zip, .7z or .rar. The format is detected from the
 * contents, not the name. `archive.zip#inner.nes` and `archive.zip/inner.nes` choose one of several. Reading
 * is asynchronous and never uses more than 64 MiB in all, whatever an archive claims. Throws `InputError`:
 * "missing", "io" or "data", with the file and the byte in `where`.
 */
export async function loadRom(path: string, options: RomLoadOptions = {}): Promise<LoadedRom> {
  return (await loadRomFile(path, options)).rom;
}

/** A ROM with the bytes of its file, unpacked, and the BIOS that a disk needs. */
export interface RomFile {
  readonly rom: LoadedRom;
  readonly bytes: Uint8Array;
  readonly fdsBios: Uint8Array | undefined;
}

/** `loadRom`, with the file's bytes. */
export async function loadRomFile(path: string, options: RomLoadOptions = {}): Promise<RomFile> {
  const { file, unpacked: original } = await readUnpacked(path);
  const { unpacked, applied } = await patched(original, file, options.patches);
  const isDisk = isFds(unpacked.bytes);
  const bios = isDisk ? await findFdsBios(file, options.fdsBios) : undefined;
  const described = locating(file, () => describe(unpacked, path, bios));
  const rom = { ...described, overrides: [...applied, ...described.overrides] };
  if (isDisk && bios === undefined && options.describeOnly !== true) throw missingBios(file);
  return { rom, bytes: unpacked.bytes, fdsBios: bios };
}

/** Applies the patches and reports each one. Throws `InputError` with the patch's path. */
async function patched(
  original: Unpacked,
  file: string,
  patches: readonly string[] | undefined,
): Promise<{ unpacked: Unpacked; applied: string[] }> {
  let { bytes } = original;
  const applied: string[] = [];
  for (const path of patches ?? (await patchBeside(file))) {
    const patch = await readFileCapped(path, MAX_ROM_BYTES);
    bytes = locating(path, () => applyPatch(bytes, patch));
    applied.push(`patched by ${printable(basename(path))}`);
  }
  return { unpacked: { ...original, bytes }, applied };
}

/** The patch beside a ROM with the same name, if there is one. */
async function patchBeside(file: string): Promise<string[]> {
  const { dir, name } = parse(file);
  for (const extension of PATCH_EXTENSIONS) {
    const path = join(dir, `${name}${extension}`);
    if (
      await stat(path).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return [path];
  }
  return [];
}

/** Returns true if a file in an archive, by its name and first bytes, is the wanted game. */
export type IsGame = (name: string, start: Uint8Array) => boolean;

const isNesRom: IsGame = (_name, start) => isRom(start);

/** A game's file, unpacked from its archive. */
export interface UnpackedFile {
  /** The path of the file that was read, an archive or the game itself. */
  readonly file: string;
  readonly unpacked: Unpacked;
}

/**
 * Reads a file as `loadRom` does, without identifying it. `isGame` chooses among the files of an archive.
 * Throws `InputError`: "missing", "io" or "data".
 */
export async function readUnpacked(path: string, isGame: IsGame = isNesRom): Promise<UnpackedFile> {
  const { file, inner } = await splitTarget(path);
  const bytes = await readFileCapped(file, MAX_ROM_BYTES);
  const kind = packedKind(bytes);
  const unpacked =
    kind === undefined
      ? locating(file, () => unpack(bytes, file, inner, isGame))
      : await unpackPacked(bytes, kind, inner, isGame).catch((error: unknown) => {
          throw located(file, error);
        });
  return { file, unpacked };
}

/** Like `loadRom`, for bytes in memory. `path` is only their name. */
export function readRom(bytes: Uint8Array, path: string, inner?: string, fdsBios?: Uint8Array): LoadedRom {
  const name = inner === undefined ? path : `${path}#${inner}`;
  return locating(path, () => describe(unpack(bytes, path, inner, isNesRom), name, fdsBios));
}

/** Adds the file to the place of an error. */
function locating<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw located(path, error);
  }
}

function located(path: string, error: unknown): unknown {
  return error instanceof InputError ? locatedIn(path, error) : error;
}

function describe(unpacked: Unpacked, path: string, bios: Uint8Array | undefined): LoadedRom {
  const fileName = basename(unpacked.name.replaceAll("\\", "/"));
  const parsed = hintRegion(parseRom(unpacked.bytes, bios), fileName);
  const gaps = supportGaps(parsed.image);
  return {
    ...parsed,
    gaps,
    cautions: [...gaps, ...parsed.cautions],
    fileName,
    path,
    container: unpacked.container,
    fileBytes: unpacked.bytes.length,
    fileSha1: sha1Hex([unpacked.bytes]),
    fileCrc32: crc32Hex(unpacked.bytes),
  };
}

function parseRom(bytes: Uint8Array, bios: Uint8Array | undefined): ParsedImage {
  if (bytes.length === 0) throw new InputError("data", "the file is empty");
  if (isInes(bytes)) return readInes(bytes, sha1Hex);
  if (isUnif(bytes)) return readUnif(bytes, sha1Hex);
  if (isFds(bytes)) return readFds(bytes, sha1Hex, bios);
  const foreign = identifyForeign(bytes);
  if (foreign !== undefined)
    throw new InputError("data", `cannot be run: it is ${foreign.what}`, "", foreign.remedy);
  throw new InputError("data", "not a ROM: the file begins with nothing that is known", "byte 0", REMEDY);
}

/**
 * iNES 1.0 has a bit for PAL that most tools leave at 0. A tag in the file's name then decides, unless the
 * database does. That is a guess, so it is reported.
 */
function hintRegion(parsed: ParsedImage, fileName: string): ParsedImage {
  const { image, overrides } = parsed;
  const region = regionFromName(fileName);
  if (image.exactHeader || image.region !== "ntsc" || region === undefined || region === "ntsc")
    return parsed;
  const text = `region ${region} for ntsc: a guess from the file's name, --region decides`;
  return { ...parsed, image: { ...image, region }, overrides: [...overrides, text] };
}

const REMEDY = "iNES, NES 2.0, UNIF, .fds and .qd files are read, also in .zip, .gz, .7z and .rar";

/** Returns true for the beginning of a file that emu's own machine plays. */
export function isRom(start: Uint8Array): boolean {
  return isInes(start) || isUnif(start) || isFds(start);
}

/** A file's contents, unpacked from a compressed file or an archive. */
interface Unpacked {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly container: LoadedRom["container"];
}

function unpack(bytes: Uint8Array, path: string, inner: string | undefined, isGame: IsGame): Unpacked {
  if (isZip(bytes)) return unpackZip(bytes, inner, isGame);
  if (inner !== undefined) throw new InputError("data", `not a zip: it has no ${printable(inner)} inside`);
  if (isGzip(bytes)) {
    const name = path.replace(/\.gz$/i, "");
    return { bytes: gunzipCapped(bytes, MAX_ROM_BYTES), name, container: "gzip" };
  }
  return { bytes, name: path, container: "none" };
}

/** 7z and RAR are read by a library that loads asynchronously; `readRom` only reports them. */
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
  const byName = entries.find((entry) => /\.(nes|unf|unif|fds|qd)$/i.test(entry.name));
  if (byName !== undefined) return byName;
  const files = entries.filter((entry) => !entry.name.endsWith("/"));
  const foreign =
    files.length === 1 ? identifyForeign(readZipEntry(bytes, files[0]!, MAX_ROM_BYTES)) : undefined;
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

/** Splits `path` into the file and the optional name of an inner file. */
async function splitTarget(path: string): Promise<{ file: string; inner?: string }> {
  if (await exists(path)) return { file: path };
  for (let at = path.length - 1; at > 0; at--) {
    if (path[at] !== "#" && path[at] !== "/" && path[at] !== "\\") continue;
    const file = path.slice(0, at);
    if (await isFile(file)) return { file, inner: path.slice(at + 1) };
  }
  return { file: path };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}
