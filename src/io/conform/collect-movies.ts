import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { pathError, readFileCapped } from "../files/read-file.ts";
import { ROM_FILE_NAME } from "../files/roms/rom-file-name.ts";
import { printable } from "../files/text.ts";
import { walkFiles } from "../files/walk.ts";
import { MAX_MOVIE_BYTES, type Movie, type MovieRom } from "../movies/movie.ts";
import { loadMovie, MOVIE_FILE_NAME, moviePath } from "../movies/movie-file.ts";
import { withDistinctNames } from "./collect.ts";
import { errorDetail } from "./grade.ts";
import { loadManifest } from "./manifest.ts";
import { MovieRoms } from "./movie-roms.ts";
import { DEFAULT_MAX_FRAMES, type TestSpec } from "./types.ts";

/** The manifest of a folder of movies. */
const MANIFEST_NAME = /^verify\.(toml|json)$/i;

/**
 * Collects the movies for the arguments of `emu verify`: movies, manifests, and folders, sorted by path. A
 * folder's `verify.toml` or `verify.json` says what its movies must show; its other movies only have their
 * own hashes. ROMs are looked for in the folders of the movies, and in `romFolders`. A movie that cannot be
 * read or has no ROM becomes a test with a problem. Throws `InputError` for missing paths, manifests that
 * cannot be read, and folders without movies.
 */
export async function collectMovies(
  paths: readonly string[],
  romFolders: readonly string[],
): Promise<TestSpec[]> {
  const tests: TestSpec[] = [];
  const movies: string[] = [];
  const folders = new Set(romFolders);
  for (const path of paths) {
    const { file } = moviePath(path);
    const status = await stat(file).catch((error) => {
      throw pathError(error, file);
    });
    if (status.isDirectory()) {
      const found = await searchFolder(path);
      folders.add(path);
      tests.push(...found.tests);
      movies.push(...found.movies);
    } else if (/\.(toml|json)$/i.test(path) && !(await isMovie(path))) {
      tests.push(...(await testsOfManifest(path)));
    } else {
      folders.add(dirname(file));
      movies.push(path);
    }
  }
  const roms = new MovieRoms(movies.length === 0 ? [] : await romsIn(folders));
  for (const path of movies) tests.push(await testOf(path, roms));
  return withDistinctNames(tests);
}

/** The tests of a folder's manifests, and its movies that are in none. */
async function searchFolder(folder: string): Promise<{ tests: TestSpec[]; movies: string[] }> {
  const found = await walkFiles(folder, (name) => MOVIE_FILE_NAME.test(name) || MANIFEST_NAME.test(name));
  const isManifest = (path: string): boolean => MANIFEST_NAME.test(basename(path));
  const tests = (await Promise.all(found.filter(isManifest).map(testsOfManifest))).flat();
  const listed = new Set(tests.map(({ inputFile }) => inputFile));
  const movies: string[] = [];
  for (const path of found) {
    if (!isManifest(path) && !listed.has(resolve(path)) && (await isMovie(path))) movies.push(path);
  }
  if (tests.length + movies.length > 0) return { tests, movies };
  throw new InputError("data", "the folder holds no movie", printable(folder), "emu run --record makes one");
}

async function testsOfManifest(path: string): Promise<readonly TestSpec[]> {
  const { tests } = await loadManifest(path);
  const other = tests.find(({ protocol }) => protocol !== "movie");
  if (other === undefined) return tests.map((test) => ({ ...test, name: nameOf(test, path) }));
  const { line = 1, column = 1 } = other.source ?? {};
  const what = `a test of a movie has protocol = "movie", not ${JSON.stringify(other.protocol)}`;
  throw new InputError("data", what, `${printable(path)}:${line}:${column}`, "emu conform runs other tests");
}

/** Tests are named by their ROM if the manifest does not name them; here many movies can have one ROM. */
function nameOf({ name, rom, inputFile }: TestSpec, manifest: string): string {
  return name === rom && inputFile !== undefined ? join(dirname(manifest), basename(inputFile)) : name;
}

/** JSON files are movies if they have the key of movies, even if the rest of them is broken. */
async function isMovie(path: string): Promise<boolean> {
  if (/\.toml$/i.test(path)) return false;
  if (!/\.json$/i.test(path)) return true;
  return Buffer.from(await readFileCapped(path, MAX_MOVIE_BYTES)).includes('"emuMovie"');
}

async function romsIn(folders: ReadonlySet<string>): Promise<string[]> {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const path of await walkFiles(
      folder,
      (name) => ROM_FILE_NAME.test(name) && !MOVIE_FILE_NAME.test(name),
    )) {
      found.add(path);
    }
  }
  return [...found];
}

async function testOf(path: string, roms: MovieRoms): Promise<TestSpec> {
  const test = {
    name: path,
    protocol: "movie",
    inputFile: resolve(path),
    maxFrames: DEFAULT_MAX_FRAMES,
  } as const;
  let movie: Movie;
  try {
    movie = await loadMovie(path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...test, rom: path, romFile: resolve(path), problem: errorDetail(error) };
  }
  const rom = await roms.find(path, movie.rom);
  if (rom !== undefined) return { ...test, rom, romFile: resolve(rom) };
  return { ...test, rom: path, romFile: resolve(path), problem: withoutRom(movie.rom) };
}

function withoutRom({ name, sha1, fileSha1 = sha1, md5 }: MovieRom): string {
  const hash =
    fileSha1 === undefined ? (md5 === undefined ? "" : ` with MD5 ${md5}`) : ` with SHA-1 ${fileSha1}`;
  const called = name === undefined ? "" : ` (${printable(name, 60)})`;
  return `no ROM${hash}${called} was found: put it beside the movie, or name its folder with --roms`;
}
