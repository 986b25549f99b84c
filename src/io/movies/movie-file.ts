import { createHash } from "node:crypto";
import { extname } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { archiveKind } from "../files/archives/archive-kind.ts";
import { gunzipCapped } from "../files/archives/gzip.ts";
import { listZip, readZipEntry, type ZipEntry } from "../files/archives/zip.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { readFileCapped } from "../files/read-file.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { printable } from "../files/text.ts";
import { inFile } from "../files/text-place.ts";
import { isBk2, parseBk2 } from "./bk2.ts";
import { formatBk2 } from "./bk2-format.ts";
import { parseFm2 } from "./fm2.ts";
import { formatFm2 } from "./fm2-format.ts";
import { formatJsonMovie, parseJsonMovie } from "./json-movie.ts";
import { MAX_MOVIE_BYTES, MOVIE_FORMATS, type Movie, type MovieFormat, type MovieRom } from "./movie.ts";

/** FM2 movies start with this. */
const FM2_START = "version ";
const MAX_NAMES = 8;
/** Names of movies, for searches. */
export const MOVIE_FILE_NAME = /\.(fm2|bk2|json)(\.gz)?$/i;
/** Enough for a BK2 in a zip in a .gz. */
const MAX_DEPTH = 3;

/**
 * Reads a file for `--input`: an input script or a movie of any format, detected from the contents. It may be
 * in a .gz, or be the only movie in a .zip; `archive.zip#name` chooses one of several. Throws `InputError`:
 * "missing", "io", or "data" with file, line and column.
 */
export async function loadMovie(path: string): Promise<Movie> {
  const { file, inner } = moviePath(path);
  const bytes = await readFileCapped(file, MAX_MOVIE_BYTES);
  return inFile(file, () => parseMovie(bytes, inner, file));
}

/** Splits the path of a movie into its file and, after `archive.zip#`, the name of the movie in it. */
export function moviePath(path: string): { readonly file: string; readonly inner: string | undefined } {
  const hash = /\.zip#/i.exec(path);
  if (hash === null) return { file: path, inner: undefined };
  return { file: path.slice(0, hash.index + 4), inner: path.slice(hash.index + 5) };
}

/**
 * Like `loadMovie`, for bytes in memory; `inner` names one of several movies in a zip. The format is detected
 * from the contents. `name` only decides which format an error is about.
 */
export function parseMovie(bytes: Uint8Array, inner?: string, name = ""): Movie {
  return parseAny(bytes, inner, name, MAX_DEPTH);
}

function parseAny(bytes: Uint8Array, inner: string | undefined, name: string, depth: number): Movie {
  if (depth === 0) throw new InputError("data", "archives are nested too deeply", "", "unpack them first");
  const kind = archiveKind(bytes);
  if (kind === "gzip") {
    const unpacked = gunzipCapped(bytes, MAX_MOVIE_BYTES);
    return parseAny(unpacked, inner, name.replace(/\.gz$/i, ""), depth - 1);
  }
  if (kind === "zip") {
    const entries = listZip(bytes);
    if (isBk2(entries)) return parseBk2(bytes);
    const entry = movieEntry(entries, inner);
    return inFile(entry.name, () =>
      parseAny(readZipEntry(bytes, entry, MAX_MOVIE_BYTES), undefined, entry.name, depth - 1),
    );
  }
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const contents = isMarked ? bytes.subarray(3) : bytes;
  const start = new TextDecoder("latin1").decode(contents.subarray(0, FM2_START.length));
  if (start === FM2_START || /\.fm2$/i.test(name)) return parseFm2(contents);
  if (/\.bk2$/i.test(name)) {
    throw new InputError(
      "data",
      "not a BK2 movie: it does not begin like a zip",
      "byte 0",
      "get a good copy",
    );
  }
  return parseJsonMovie(new TextDecoder().decode(contents));
}

/** The movie that a zip holds. */
function movieEntry(entries: readonly ZipEntry[], inner: string | undefined): ZipEntry {
  if (inner !== undefined) {
    const found = entries.find(({ name }) => name === inner);
    if (found === undefined) throw new InputError("data", `the zip has no ${printable(inner, 60)}`);
    return found;
  }
  const movies = entries.filter(({ name }) => MOVIE_FILE_NAME.test(name));
  const candidates = movies.length === 0 && entries.length === 1 ? entries : movies;
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length === 0) {
    throw new InputError("data", "the zip holds no movie: a .bk2, .fm2 or .json was expected in it");
  }
  const names = candidates.slice(0, MAX_NAMES).map(({ name }) => printable(name, 60));
  const more = candidates.length > MAX_NAMES ? ", …" : "";
  throw new InputError(
    "data",
    `the zip holds ${candidates.length} movies: ${names.join(", ")}${more}`,
    "",
    "choose one: archive.zip#name",
  );
}

/** The movie format for a file extension. Throws `InputError` ("usage") for an unknown extension. */
export function movieFormatOf(path: string): MovieFormat {
  const extension = extname(path).slice(1).toLowerCase();
  const format = MOVIE_FORMATS.find((each) => each === extension);
  if (format !== undefined) return format;
  const names = MOVIE_FORMATS.map((each) => `.${each}`).join(", ");
  throw new InputError(
    "usage",
    `not the extension of a movie: one of ${names} was expected`,
    printable(path),
  );
}

/** Writes a movie in the format of the file extension, completely or not at all. */
export async function saveMovie(path: string, movie: Movie): Promise<void> {
  await writeFileWhole(path, formatMovie(movie, movieFormatOf(path)));
}

/** The contents of a movie file. */
export function formatMovie(movie: Movie, format: MovieFormat): Uint8Array | string {
  if (!Number.isFinite(movie.frames)) throw new Error("a movie without an end cannot be written");
  if (format === "json") return formatJsonMovie(movie);
  checkCoins(movie, format);
  const plain = withoutReader(movie);
  return format === "fm2" ? formatFm2(plain) : formatBk2(plain);
}

/** The Datach has its reader without a word of the movie, so only one that reads barcodes must be named. */
function withoutReader(movie: Movie): Movie {
  const { devices, ...others } = movie;
  if (devices?.expansion !== "datach-reader" || movie.deviceData !== undefined) return movie;
  const { expansion: _, ...ports } = devices;
  return Object.keys(ports).length === 0 ? others : { ...others, devices: ports };
}

/** FCEUX and BizHawk have no VS. DualSystem, which has four slots. */
function checkCoins({ events = [] }: Movie, format: MovieFormat): void {
  const coin = events.find((event) => event.kind === "coin" && event.slot > 2);
  if (coin === undefined) return;
  const what = `${format.toUpperCase()} movies cannot hold coins for the sub side of a VS. DualSystem`;
  throw new InputError("data", what, `frame ${coin.frame}`, "write it as .json");
}

/** The ROM that a movie is compared with, and the SHA-1 of its whole file if known. */
export type RomIdentity = Pick<LoadedRom, "image"> & Partial<Pick<LoadedRom, "fileSha1">>;

/** The hashes by which movies recognize a ROM, in lower-case hex. */
export interface RomHashes {
  /** Hash of PRG ROM followed by CHR ROM, or of the disks. */
  readonly sha1: string;
  readonly fileSha1: string;
  /** Absent for disks. */
  readonly md5?: string;
}

export function romHashes({ image, fileSha1 = image.sha1 }: RomIdentity): RomHashes {
  const { sha1 } = image;
  return image.format === "fds" ? { sha1, fileSha1 } : { sha1, fileSha1, md5: romMd5(image) };
}

/** Why `movie` was not made with this ROM; undefined if its hashes match or it has none. */
export function romMismatch(movie: Movie, rom: RomIdentity): string | undefined {
  return hashMismatch(movie.rom, romHashes(rom));
}

/** `romMismatch` for a ROM whose hashes are known. */
export function hashMismatch(wanted: MovieRom, found: RomHashes): string | undefined {
  const { sha1, md5, fileSha1, name } = wanted;
  const called = name === undefined ? "" : ` (${printable(name, 60)})`;
  if (sha1 !== undefined && sha1 !== found.sha1) {
    return `the movie is for another ROM${called} with SHA-1 ${sha1}: this one has ${found.sha1}`;
  }
  // Earlier versions of emu wrote the SHA-1 of PRG and CHR ROM alone into BK2 movies.
  if (fileSha1 !== undefined && sha1 === undefined && ![found.fileSha1, found.sha1].includes(fileSha1)) {
    return `the movie is for another ROM${called} with SHA-1 ${fileSha1}: this file has ${found.fileSha1}`;
  }
  if (md5 !== undefined && found.md5 !== undefined && md5 !== found.md5) {
    return `the movie is for another ROM${called} with MD5 ${md5}: this one has ${found.md5}`;
  }
  return undefined;
}

/** What a movie stores about its ROM. */
export function movieRom({
  fileName,
  fileSha1,
  image,
}: Pick<LoadedRom, "fileName" | "fileSha1" | "image">): MovieRom {
  const md5 = image.format === "fds" ? {} : { md5: romMd5(image) };
  return { name: fileName, sha1: image.sha1, fileSha1, ...md5 };
}

/** MD5 of PRG ROM followed by CHR ROM, lower-case hex: how FM2 movies identify a cartridge. */
export function romMd5({ prgRom, chrRom }: CartridgeImage): string {
  return createHash("md5").update(prgRom).update(chrRom).digest("hex");
}
