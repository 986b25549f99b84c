import { lstat, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";

/** The folder that tools read and write files in. Links that lead out of it are not followed. */
export class RootFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Throws `InputError` ("missing") if there is no such folder. */
  static async open(path: string): Promise<RootFolder> {
    const root = await realpath(path).catch(() => undefined);
    const isFolder = root !== undefined && (await stat(root)).isDirectory();
    if (isFolder) return new RootFolder(root);
    const what = root === undefined ? "no such folder" : "is a file, not a folder";
    throw new InputError("missing", what, printable(path), "give --root the folder with the games");
  }

  /** Its path. */
  get path(): string {
    return this.#root;
  }

  /**
   * The real path of an existing file or folder. Throws `InputError` ("missing") if it is not below the root.
   */
  async existing(path: string): Promise<string> {
    const real = path.includes("\0")
      ? undefined
      : await realpath(resolve(this.#root, path)).catch(() => undefined);
    if (real === undefined || !this.contains(real)) throw this.#missing(path);
    return real;
  }

  /** The path of a ROM, with the file inside of an archive after `#`. */
  async rom(path: string): Promise<string> {
    const [, file = "", inner = ""] = /^([^#]*)(#.*)?$/s.exec(path) ?? [];
    return (await this.existing(file)) + inner;
  }

  /**
   * The real path of a file to be written below the root. Folders of it that do not exist are left for the
   * writer to make. Throws `InputError`: "missing" if it is not below the root, "usage" if it is a symbolic
   * link, also one that leads nowhere: writing would create the file that it names.
   */
  async writable(path: string): Promise<string> {
    if (path.includes("\0")) throw this.#missing(path);
    const wanted = resolve(this.#root, path);
    const names = [basename(wanted)];
    let folder = dirname(wanted);
    let real = await realpath(folder).catch(() => undefined);
    while (real === undefined) {
      // A link that leads nowhere, or a folder that cannot be read.
      if (await exists(folder)) throw this.#missing(path);
      names.unshift(basename(folder));
      folder = dirname(folder);
      real = await realpath(folder).catch(() => undefined);
    }
    const target = join(real, ...names);
    if (!this.contains(target)) throw this.#missing(path);
    if ((await lstat(target).catch(() => undefined))?.isSymbolicLink())
      throw new InputError(
        "usage",
        "is a symbolic link, which is not written through",
        path.slice(0, 200),
        "give another name",
      );
    return target;
  }

  /** A path as it is shown: relative to the root. */
  show(path: string): string {
    return path.replaceAll(`${this.#root}${sep}`, "");
  }

  /** Returns true if a real path is the root or below it. */
  contains(path: string): boolean {
    const way = relative(this.#root, path);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  }

  #missing(path: string): InputError {
    return new InputError(
      "missing",
      "no such file or folder below the root",
      path.slice(0, 200),
      "give a path relative to the folder that emu mcp was started in, or start it with --root FOLDER",
    );
  }
}

/** Returns true if there is a file, folder or link of this name. */
async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
