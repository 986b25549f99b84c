import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { makeTemporaryFolder } from "../../files/abandoned.ts";
import { sha256Hex } from "../../files/hashes.ts";
import { writeError } from "../../files/write-target.ts";
import { hashOf } from "../portable-test.ts";
import type { FileStore } from "./file-store.ts";
import { fileKey } from "./keys.ts";
import type { JobTest } from "./queue.ts";
import type { FarmRedis } from "./redis.ts";

/** Limits on the files of a job. */
const MAX_FILE_BYTES = 64 * MIB;
const MAX_JOB_BYTES = 256 * MIB;
/** Limit on the files that stay on the disk for tests that do not run. */
const MAX_IDLE_BYTES = 64 * MIB;
const MAX_IDLE_FOLDERS = 256;

interface Folder {
  readonly path: Promise<string>;
  readonly bytes: number;
  users: number;
}

/** The files of running tests on a worker's disk, in a folder for each set of files. */
export class JobFiles {
  readonly #redis: FarmRedis;
  readonly #store: FileStore;
  /** From the least to the most recently used. */
  readonly #folders = new Map<string, Folder>();
  #root: Promise<string> | undefined;
  #laid = 0;

  constructor(redis: FarmRedis, store: FileStore) {
    this.#redis = redis;
    this.#store = store;
  }

  /**
   * Calls `use` with a folder that has a test's files at their places. Throws `InputError`: "data" for places
   * outside the folder and too large files; "missing" if Redis has lost a file, or has other contents, which
   * are removed; "io" if the disk is full or cannot be written.
   */
  async inFolder<T>(files: JobTest["files"], use: (folder: string) => Promise<T>): Promise<T> {
    const key = hashOf(files).slice(0, 32);
    const folder = this.#folders.get(key) ?? this.#newFolder(key, files);
    folder.users++;
    this.#folders.delete(key);
    this.#folders.set(key, folder);
    try {
      return await use(await folder.path);
    } finally {
      folder.users--;
      await this.#removeIdle();
    }
  }

  async close(): Promise<void> {
    const root = await this.#root?.catch(() => undefined);
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  }

  #newFolder(key: string, files: JobTest["files"]): Folder {
    const bytes = bytesOf(files);
    if (bytes > MAX_JOB_BYTES) {
      throw new InputError("data", `the files of a job have more than ${MAX_JOB_BYTES / MIB} MiB`);
    }
    const folder = { path: this.#lay(key, files), bytes, users: 0 };
    // The next test with these files tries again.
    folder.path.catch(() => {
      if (this.#folders.get(key) === folder) this.#folders.delete(key);
    });
    return folder;
  }

  async #lay(key: string, files: JobTest["files"]): Promise<string> {
    this.#root ??= makeTemporaryFolder("farm");
    const root = await this.#root.catch((error) => {
      this.#root = undefined;
      throw diskError(error, tmpdir());
    });
    // Not `key` alone: the same files may be removed and be needed again at the same time.
    const folder = join(root, `${key}-${this.#laid++}`);
    try {
      for (const [place, sha256, bytes] of files) {
        const path = resolve(folder, place);
        if (!path.startsWith(folder + sep))
          throw new InputError("data", "a job's file is outside its folder");
        const contents = await this.#contents(sha256, bytes);
        await mkdir(dirname(path), { recursive: true }).catch(throwDiskError);
        await writeFile(path, contents).catch(throwDiskError);
      }
      return folder;
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
  }

  async #contents(sha256: string, bytes: number): Promise<Uint8Array> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new InputError("data", "a job names no hash");
    if (bytes > MAX_FILE_BYTES) throw new InputError("data", `a job's file has ${bytes} bytes`);
    return this.#store.contents(sha256, async () => {
      const name = sha256.slice(0, 12);
      for (const isLast of [false, true]) {
        const fetched = await this.#redis.bytes(fileKey(sha256), bytes);
        if (fetched === null) throw new InputError("missing", `Redis has lost the file ${name}`);
        if (sha256Hex(fetched) === sha256) return fetched;
        // It may be damaged on its way only.
        if (!isLast) this.#redis.reconnect();
      }
      await this.#redis.send("DEL", [fileKey(sha256)]);
      throw new InputError("missing", `the file ${name} in Redis has another hash`);
    });
  }

  async #removeIdle(): Promise<void> {
    const idle = [...this.#folders].filter(([, { users }]) => users === 0);
    let bytes = idle.reduce((sum, [, folder]) => sum + folder.bytes, 0);
    let count = idle.length;
    const removed: Folder[] = [];
    for (const [key, folder] of idle) {
      if (bytes <= MAX_IDLE_BYTES && count <= MAX_IDLE_FOLDERS) break;
      // All are forgotten before the first is removed: a test that begins meanwhile must not get one of them.
      this.#folders.delete(key);
      bytes -= folder.bytes;
      count--;
      removed.push(folder);
    }
    for (const { path } of removed) await rm(await path, { recursive: true, force: true }).catch(() => {});
  }
}

function bytesOf(files: JobTest["files"]): number {
  return files.reduce((sum, [, , bytes]) => sum + bytes, 0);
}

function throwDiskError(error: unknown): never {
  throw diskError(error, tmpdir());
}

/** The error that ends a worker which cannot write the files of tests. */
function diskError(error: unknown, folder: string): unknown {
  const problem = writeError(error, folder);
  if (!(problem instanceof InputError)) return problem;
  return new InputError(problem.kind, problem.message, problem.where, REMEDY);
}

const REMEDY = "make space there, or name another folder in TMPDIR, and start the worker again";

/** Sends files that Redis does not have yet. They stay for `keepSeconds`. */
export async function sendFiles(
  redis: FarmRedis,
  files: ReadonlyMap<string, { readonly path: string; readonly bytes: number }>,
  keepSeconds: number,
): Promise<void> {
  for (const [sha256, { path, bytes }] of files) {
    if (bytes > MAX_FILE_BYTES) {
      const remedy = `the farm takes files up to ${MAX_FILE_BYTES / MIB} MiB`;
      throw new InputError("data", `the file has ${Math.ceil(bytes / MIB)} MiB`, path, remedy);
    }
    if ((await redis.count("EXPIRE", [fileKey(sha256), String(keepSeconds)])) === 1) continue;
    const contents = await readFile(path);
    if (sha256Hex(contents) !== sha256) {
      throw new InputError("data", "the file has changed while it was sent", path, "run the command again");
    }
    await redis.send("SET", [fileKey(sha256), contents, "EX", String(keepSeconds)]);
  }
}
