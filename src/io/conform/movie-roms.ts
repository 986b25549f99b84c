import { dirname, parse } from "node:path";
import { loadRom } from "../files/roms/rom-file.ts";
import { ROM_FILE_NAME } from "../files/roms/rom-file-name.ts";
import type { MovieRom } from "../movies/movie.ts";
import { hashMismatch, MOVIE_FILE_NAME, type RomHashes, romHashes } from "../movies/movie-file.ts";

/** Finds the ROMs of movies among files, by the hashes in the movie, otherwise by name. */
export class MovieRoms {
  readonly #paths: readonly string[];
  readonly #hashes = new Map<string, Promise<RomHashes | undefined>>();

  /** `paths` are files that may be ROMs. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /**
   * Returns the path of a movie's ROM: the one with its hashes; otherwise one with the name of the movie's
   * file, or with the name that the movie has for its ROM, first in the movie's folder. Undefined if there is
   * none.
   */
  async find(moviePath: string, rom: MovieRom): Promise<string | undefined> {
    const named = this.#named(moviePath, rom);
    const hasHash = rom.sha1 !== undefined || rom.fileSha1 !== undefined || rom.md5 !== undefined;
    if (!hasHash) return named[0];
    for (const path of [...named, ...this.#paths]) {
      const hashes = await this.#hashesOf(path);
      if (hashes !== undefined && hashMismatch(rom, hashes) === undefined) return path;
    }
    return named[0];
  }

  #named(moviePath: string, { name }: MovieRom): string[] {
    const names = [moviePath.replace(/\.gz$/i, ""), ...(name === undefined ? [] : [name])].map(bareName);
    const isBeside = (path: string): number => (dirname(path) === dirname(moviePath) ? 0 : 1);
    return names.flatMap((wanted) =>
      this.#paths.filter((path) => bareName(path) === wanted).toSorted((a, b) => isBeside(a) - isBeside(b)),
    );
  }

  /** Undefined for files that hold no ROM, or several. */
  #hashesOf(path: string): Promise<RomHashes | undefined> {
    const known =
      this.#hashes.get(path) ?? loadRom(path, { describeOnly: true }).then(romHashes, () => undefined);
    this.#hashes.set(path, known);
    return known;
  }
}

/** The name of a file without folders and extension, in lower case. FM2 movies name ROMs without one. */
function bareName(path: string): string {
  const { base, name } = parse(path);
  return (ROM_FILE_NAME.test(base) || MOVIE_FILE_NAME.test(base) ? name : base).toLowerCase();
}
