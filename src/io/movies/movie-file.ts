import { extname } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { inFile } from "../files/text-place.ts";
import { formatBk2, isBk2, parseBk2 } from "./bk2.ts";
import { formatFm2, parseFm2 } from "./fm2.ts";
import { formatJsonMovie, parseJsonMovie } from "./json-movie.ts";
import { MAX_MOVIE_BYTES, MOVIE_FORMATS, type Movie, type MovieFormat } from "./movie.ts";

/** What FM2 movies begin with. */
const FM2_START = "version ";

/**
 * Reads what `--input` takes: an input script or a movie of any format, told by its contents. Throws
 * `InputError`: "missing", "io", or "data" with file, line and column.
 */
export async function loadMovie(path: string): Promise<Movie> {
  const bytes = await readFileCapped(path, MAX_MOVIE_BYTES);
  return inFile(path, () => parseMovie(bytes));
}

/** `loadMovie` for bytes that are in memory already. */
export function parseMovie(bytes: Uint8Array): Movie {
  if (isBk2(bytes)) return parseBk2(bytes);
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, FM2_START.length));
  if (start === FM2_START) return parseFm2(bytes);
  return parseJsonMovie(new TextDecoder().decode(bytes));
}

/** The format that the end of a file's name asks for. Throws `InputError` ("usage") for any other. */
export function movieFormatOf(path: string): MovieFormat {
  const extension = extname(path).slice(1).toLowerCase();
  const format = MOVIE_FORMATS.find((each) => each === extension);
  if (format !== undefined) return format;
  const names = MOVIE_FORMATS.map((each) => `.${each}`).join(", ");
  throw new InputError("usage", `no movie format: one of ${names} was expected`, printable(path));
}

/** Writes a movie in the format that the name asks for; it is there whole or not at all. */
export async function saveMovie(path: string, movie: Movie): Promise<void> {
  await writeFileWhole(path, formatMovie(movie, movieFormatOf(path)));
}

/** The contents of a movie file. */
export function formatMovie(movie: Movie, format: MovieFormat): Uint8Array | string {
  if (!Number.isFinite(movie.frames)) throw new Error("a movie without an end cannot be written");
  if (format === "fm2") return formatFm2(movie);
  return format === "bk2" ? formatBk2(movie) : formatJsonMovie(movie);
}

/** Why `movie` was not made with this ROM, as far as it says; undefined when nothing speaks against it. */
export function romMismatch(movie: Movie, image: CartridgeImage): string | undefined {
  const { sha1, md5, name } = movie.rom;
  const called = name === undefined ? "" : ` (${printable(name, 60)})`;
  if (sha1 !== undefined && sha1 !== image.sha1) {
    return `the movie is of another ROM${called}: SHA-1 ${sha1}, this one has ${image.sha1}`;
  }
  if (md5 !== undefined && md5 !== romMd5(image)) {
    return `the movie is of another ROM${called}: MD5 ${md5}, this one has ${romMd5(image)}`;
  }
  return undefined;
}

/** MD5 of PRG ROM followed by CHR ROM, lower-case hex: what FM2 movies know a ROM by. */
export function romMd5({ prgRom, chrRom }: CartridgeImage): string {
  return new Bun.CryptoHasher("md5").update(prgRom).update(chrRom).digest("hex");
}
