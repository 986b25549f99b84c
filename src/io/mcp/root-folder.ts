import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { InputError } from "../../emu/input-error.ts";

/** The folder that tools read and write files in. Links that lead out of it are not followed. */
export class RootFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Throws `InputError` ("missing") if there is no such folder. */
  static async open(path: string): Promise<RootFolder> {
    const root = await realpath(path).catch(() => undefined);
    if (root === undefined) throw new InputError("missing", "no such folder", path);
    return new RootFolder(root);
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
    if (real === undefined || !this.#contains(real)) throw this.#missing(path);
    return real;
  }

  /** The path of a ROM, with the file inside of an archive after `#`. */
  async rom(path: string): Promise<string> {
    const [, file = "", inner = ""] = /^([^#]*)(#.*)?$/s.exec(path) ?? [];
    return (await this.existing(file)) + inner;
  }

  /** The path of a file to be written, whose folder exists below the root. */
  async writable(path: string): Promise<string> {
    const wanted = path.includes("\0") ? undefined : resolve(this.#root, path);
    const folder = wanted === undefined ? undefined : await realpath(dirname(wanted)).catch(() => undefined);
    if (wanted === undefined || folder === undefined) throw this.#missing(path);
    const real = join(folder, wanted.slice(dirname(wanted).length).replace(/^[/\\]/, ""));
    // An existing file can be a link to somewhere else.
    const target = await realpath(real).catch(() => real);
    if (!this.#contains(real) || !this.#contains(target)) throw this.#missing(path);
    return target;
  }

  /** A path as it is shown: relative to the root. */
  show(path: string): string {
    return path.replaceAll(`${this.#root}${sep}`, "");
  }

  #contains(path: string): boolean {
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
