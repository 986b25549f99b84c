import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { splitArchivePath } from "../files/archives/archive-path.ts";
import { userFolders } from "../files/paths.ts";
import { USER_ROM_NAMES } from "../files/roms/bios.ts";
import { fileOfBuiltIn } from "../files/roms/built-in-game.ts";
import { readUnpacked } from "../files/roms/rom-file.ts";
import { patchesBesideGame } from "../files/roms/rom-patches.ts";
import { moviePath } from "../movies/movie-file.ts";
import { findSymbolFiles } from "../symbols/symbol-files.ts";
import type { Rules } from "./expect/types.ts";
import type { TestSpec } from "./types.ts";

/** A file's contents: SHA-256 in hex, and size. */
export interface FileContents {
  readonly sha256: string;
  readonly bytes: number;
}

/** A file that a test reads. */
interface TestFile extends FileContents {
  /** Its path on this machine. */
  readonly path: string;
  /** Its place in any copy of the test's files: the number of its folder and its name, as in "0/game.nes". */
  readonly place: string;
}

/** A test without paths of this machine, and the files that it reads. */
export interface PortableTest {
  /** The test with places instead of paths, and without its place in the manifest. */
  readonly spec: TestSpec;
  /** The files that exist. */
  readonly files: readonly TestFile[];
  /** The path of each place, missing files included. */
  readonly paths: ReadonlyMap<string, string>;
}

/** Reads and remembers the hashes of files. Files must not change while it is used. */
export class FileHashes {
  readonly #known = new Map<string, Promise<FileContents | undefined>>();

  /** The contents of the file at `path`; undefined if it cannot be read. */
  of(path: string): Promise<FileContents | undefined> {
    const known = this.#known.get(path) ?? hashFile(path).catch(() => undefined);
    this.#known.set(path, known);
    return known;
  }
}

async function hashFile(path: string): Promise<FileContents | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  const hasher = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hasher.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hasher.digest("hex"), bytes };
}

/**
 * Replaces the paths of a test by places that are the same on every machine, and finds the files that it
 * reads: the ROM with its patch, BIOS and symbols, movies, logs, golden files and pictures. Files of one
 * folder stay together, with their names.
 */
export async function portableTest(test: TestSpec, hashes: FileHashes): Promise<PortableTest> {
  const places = new Places();
  const romFile = await fileOfBuiltIn(test.romFile);
  const { file: rom } = await splitArchivePath(romFile);
  const romPlace = places.of(rom);
  const patches = test.patchFiles === undefined ? undefined : await placesOf(test.patchFiles, places);
  const beside = [
    ...(patches === undefined ? await patchesOfRom(romFile) : []),
    ...USER_ROM_NAMES.map((name) => join(dirname(rom), name)),
  ];
  const symbols = test.symbolFiles ?? (usesSymbols(test) ? await findSymbolFiles(test.romFile) : []);
  const { source: _source, ...rest } = test;
  const spec: TestSpec = {
    ...rest,
    romFile: romPlace + romFile.slice(rom.length),
    ...mapped(test, ["goldenFile", "logFile"], places),
    ...(test.inputFile === undefined ? {} : { inputFile: moviePlace(test.inputFile, places) }),
    ...(symbols.length === 0 ? {} : { symbolFiles: symbols.map((path) => places.of(path)) }),
    ...(patches === undefined ? {} : { patchFiles: patches }),
    ...(test.expect === undefined
      ? {}
      : {
          expect: test.expect.map((one) => ({
            ...one,
            rules: portableRules(one.rules, places),
            ...(one.when === undefined ? {} : { when: portableRules(one.when, places) }),
          })),
        }),
  };
  for (const path of beside) places.of(path);
  const files: TestFile[] = [];
  for (const [place, path] of places.paths) {
    const contents: Found | undefined = (await hashes.of(path)) ?? (await romOfUser(path, hashes));
    if (contents !== undefined) files.push({ path: contents.path ?? path, place, ...bare(contents) });
  }
  return { spec, files, paths: places.paths };
}

/** The patches that are found with a ROM. None for one that cannot be read: its test says so. */
async function patchesOfRom(romFile: string): Promise<string[]> {
  try {
    const { unpacked, file } = await readUnpacked(romFile);
    return await patchesBesideGame(unpacked, file);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

type Found = FileContents & { readonly path?: string };

function bare({ sha256, bytes }: FileContents): FileContents {
  return { sha256, bytes };
}

/** A BIOS or a ROM of a chip in the user's data folder, which is used if there is none beside the game. */
async function romOfUser(path: string, hashes: FileHashes): Promise<Found | undefined> {
  const name = basename(path);
  if (!USER_ROM_NAMES.includes(name)) return undefined;
  const own = join(userFolders().data, name);
  const contents = await hashes.of(own);
  return contents === undefined ? undefined : { ...contents, path: own };
}

/** Returns true if the test's expectations name addresses by symbols. */
export function usesSymbols({ expect = [] }: TestSpec): boolean {
  return expect.some(({ rules, when }) =>
    [rules, ...(when === undefined ? [] : [when])].some(({ memory }) =>
      memory.some(({ symbol }) => symbol !== undefined),
    ),
  );
}

/** Numbers folders in the order of their first file. */
class Places {
  readonly paths = new Map<string, string>();
  readonly #folders = new Map<string, number>();

  of(path: string): string {
    const folder = dirname(path);
    const number = this.#folders.get(folder) ?? this.#folders.size;
    this.#folders.set(folder, number);
    const place = `${number}/${basename(path)}`;
    this.paths.set(place, path);
    return place;
  }
}

/** The places of files that can be inside archives. */
async function placesOf(paths: readonly string[], places: Places): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const { file } = await splitArchivePath(path);
    found.push(places.of(file) + path.slice(file.length));
  }
  return found;
}

type FileKey = "goldenFile" | "logFile";

/** The place of a movie, which can be inside an archive. */
function moviePlace(path: string, places: Places): string {
  const { file } = moviePath(path);
  return places.of(file) + path.slice(file.length);
}

function mapped(test: TestSpec, keys: readonly FileKey[], places: Places): Partial<TestSpec> {
  const present = keys.filter((key) => test[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, places.of(test[key]!)]));
}

function portableRules(rules: Rules, places: Places): Rules {
  const memory = rules.memory.map(({ symbol, ...rule }) =>
    // The place in the manifest is a path of this machine.
    symbol === undefined ? rule : { ...rule, symbol: { ...symbol, where: "" } },
  );
  if (rules.picture === undefined) return { ...rules, memory };
  const { file, maskFile } = rules.picture;
  const mask = maskFile === undefined ? {} : { maskFile: places.of(maskFile) };
  return { ...rules, memory, picture: { ...rules.picture, file: places.of(file), ...mask } };
}

/** SHA-256 of a value as JSON, in hex. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** The hash of a test and of the contents of its files, the same on every machine. */
export function hashOfTest({ spec, files }: PortableTest): string {
  return hashOf([spec, files.map(({ place, sha256 }) => [place, sha256])]);
}
