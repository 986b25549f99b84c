import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { MIB } from "../../emu/units.ts";
import { readFileCappedSync } from "../files/read-file.ts";

const MAX_SOURCE_BYTES = 16 * MIB;

/**
 * The source files of a game. Debug information names them relative to the folder of the build, so they are
 * searched for beside the ROM, in the folders above it, and in the working folder.
 */
export class SourceFiles {
  readonly names: readonly string[];
  readonly #folders: readonly string[];
  readonly #paths: (string | undefined)[];
  readonly #texts = new Map<string, string>();

  constructor(names: readonly string[], romPath: string, folders: readonly string[] = []) {
    const beside = dirname(resolve(romPath));
    this.names = names;
    this.#folders = [...folders, beside, dirname(beside), dirname(dirname(beside)), process.cwd()];
    this.#paths = names.map((name) => this.#find(name));
  }

  /** The absolute path of a file; undefined if it is not found. */
  path(file: number): string | undefined {
    return this.#paths[file];
  }

  /**
   * Files of the debug information that `path` means: the same file, else those with the longest equal end.
   */
  match(path: string): readonly number[] {
    const real = realPath(path);
    const same = this.names.keys().filter((file) => this.#paths[file] === real);
    const found = [...same];
    if (found.length > 0) return found;
    const scores = this.names.map((name) => commonEnd(name, path));
    const best = Math.max(0, ...scores);
    return best === 0 ? [] : [...scores.keys()].filter((file) => scores[file] === best);
  }

  /** The text of a file; undefined if it is not found or cannot be read. */
  text(file: number): string | undefined {
    const path = this.#paths[file];
    if (path === undefined) return undefined;
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    try {
      const text = new TextDecoder().decode(readFileCappedSync(path, MAX_SOURCE_BYTES));
      this.#texts.set(path, text);
      return text;
    } catch {
      return undefined;
    }
  }

  #find(name: string): string | undefined {
    const candidates = isAbsolute(name) ? [name] : this.#folders.map((folder) => resolve(folder, name));
    const found = candidates.find((path) => existsSync(path) && statSync(path).isFile());
    return found === undefined ? undefined : realPath(found);
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Number of equal path components at the end of two paths; 0 if the file names differ. */
function commonEnd(a: string, b: string): number {
  if (basename(a) !== basename(b)) return 0;
  const left = a.split(/[/\\]/).reverse();
  const right = b.split(/[/\\]/).reverse();
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return count;
}
