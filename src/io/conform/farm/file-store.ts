import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InputError } from "../../../emu/input-error.ts";
import { sha256Hex } from "../../files/hashes.ts";
import { asInputError, writeError } from "../../files/write-target.ts";

/**
 * The part of the limit that may be written between two checks of the folder. A check that frees space frees
 * at least as much.
 */
const SLACK = 16;

/**
 * Contents of files on a worker's disk, by their hashes, from one run of the worker to the next. Several
 * workers may use one folder. The files that were used least recently are removed when all together exceed
 * the limit. Without space or permission, contents are not kept, and `onProblem` is called once.
 */
export class FileStore {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #onProblem: (problem: InputError) => void;
  /** Bytes that may be written before the next check of the folder. */
  #allowance = 0;
  #hasProblem = false;

  constructor(folder: string, maxBytes: number, onProblem: (problem: InputError) => void) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#onProblem = onProblem;
  }

  /** The contents with this hash: those that are kept, if they are undamaged, or else those of `fetch`. */
  async contents(sha256: string, fetch: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const path = join(this.#folder, sha256);
    const kept = await readFile(path).catch(() => undefined);
    if (kept !== undefined && sha256Hex(kept) === sha256) {
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return kept;
    }
    const fetched = await fetch();
    if (fetched.length <= this.#maxBytes && !this.#hasProblem) await this.#keep(path, fetched);
    return fetched;
  }

  async #keep(path: string, contents: Uint8Array): Promise<void> {
    // A part that a killed worker leaves is removed like the other files.
    const part = `${path}.${crypto.randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      if (contents.length > this.#allowance) await this.#makeSpace(contents.length);
      this.#allowance -= contents.length;
      await writeFile(part, contents, { flag: "wx" });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      // ENOENT: another worker with a smaller limit has removed it.
      if (this.#hasProblem || (error as NodeJS.ErrnoException).code === "ENOENT") return;
      this.#hasProblem = true;
      this.#onProblem(asInputError(writeError(error, this.#folder)));
    }
  }

  /** Removes the files that were used least recently, until `bytes` more and some to spare fit. */
  async #makeSpace(bytes: number): Promise<void> {
    const slack = Math.floor(this.#maxBytes / SLACK);
    this.#allowance = Math.max(bytes, slack);
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      if (!/^[0-9a-f]{64}(\.|$)/.test(name)) continue;
      const path = join(this.#folder, name);
      // Another worker may have removed it.
      const status = await stat(path).catch(() => undefined);
      if (status !== undefined) files.push({ path, bytes: status.size, usedMs: status.mtimeMs });
    }
    files.sort((a, b) => a.usedMs - b.usedMs);
    let total = files.reduce((sum, file) => sum + file.bytes, 0) + this.#allowance;
    for (const file of files) {
      if (total <= this.#maxBytes) break;
      await rm(file.path, { force: true });
      total -= file.bytes;
    }
  }
}
