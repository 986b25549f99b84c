import { createHash, randomUUID } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { hashOf } from "../portable-test.ts";
import { fileKey } from "./keys.ts";
import type { JobTest } from "./queue.ts";
import type { FarmRedis } from "./redis.ts";

/** Limits of what a job may bring. */
const MAX_FILE_BYTES = 64 * MIB;
const MAX_JOB_BYTES = 256 * MIB;

/** The files of jobs on a worker's disk: each content once, checked by its hash; a folder for each job. */
export class JobFiles {
  readonly #redis: FarmRedis;
  readonly #store: string;
  readonly #checked = new Map<string, Promise<string>>();
  readonly #folders = new Map<string, Promise<string>>();
  #root: string | undefined;

  /** `store` is the folder of contents, which outlives this process. */
  constructor(redis: FarmRedis, store: string) {
    this.#redis = redis;
    this.#store = store;
  }

  /**
   * The folder with a job's files at their places. Throws `InputError` ("data") for places outside the
   * folder, too large files, contents that do not match their hash, and "missing" if Redis has lost a file.
   */
  async folderOf(files: JobTest["files"]): Promise<string> {
    this.#root ??= await mkdtemp(join(tmpdir(), "emu-farm-"));
    const key = hashOf(files).slice(0, 32);
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const folder = this.#lay(join(this.#root, key), files);
    this.#folders.set(key, folder);
    folder.catch(() => this.#folders.delete(key));
    return folder;
  }

  async close(): Promise<void> {
    if (this.#root !== undefined) await rm(this.#root, { recursive: true, force: true });
  }

  async #lay(folder: string, files: JobTest["files"]): Promise<string> {
    if (files.reduce((sum, [, , bytes]) => sum + bytes, 0) > MAX_JOB_BYTES) {
      throw new InputError("data", `the files of a job have more than ${MAX_JOB_BYTES / MIB} MiB`);
    }
    await mkdir(folder, { recursive: true });
    for (const [place, sha256, bytes] of files) {
      const path = resolve(folder, place);
      if (!path.startsWith(folder + sep)) throw new InputError("data", "a job's file is outside its folder");
      const stored = await this.#contents(sha256, bytes);
      await mkdir(dirname(path), { recursive: true });
      await (process.platform === "win32" ? copyFile(stored, path) : symlink(stored, path));
    }
    return folder;
  }

  #contents(sha256: string, bytes: number): Promise<string> {
    const known = this.#checked.get(sha256) ?? this.#fetch(sha256, bytes);
    this.#checked.set(sha256, known);
    known.catch(() => this.#checked.delete(sha256));
    return known;
  }

  async #fetch(sha256: string, bytes: number): Promise<string> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new InputError("data", "a job names no hash");
    if (bytes > MAX_FILE_BYTES) throw new InputError("data", `a job's file has ${bytes} bytes`);
    const path = join(this.#store, sha256);
    const here = await readFile(path).catch(() => undefined);
    if (here !== undefined && hashOfBytes(here) === sha256) return path;
    const fetched = await this.#redis.bytes(fileKey(sha256));
    if (fetched === null) throw new InputError("missing", `Redis has lost the file ${sha256.slice(0, 12)}`);
    if (hashOfBytes(fetched) !== sha256) {
      throw new InputError("data", `the file ${sha256.slice(0, 12)} in Redis has another hash`);
    }
    await mkdir(this.#store, { recursive: true });
    const part = `${path}.${randomUUID()}`;
    await writeFile(part, fetched);
    await rename(part, path);
    return path;
  }
}

function hashOfBytes(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

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
    if (Number(await redis.send("EXPIRE", [fileKey(sha256), String(keepSeconds)])) === 1) continue;
    const contents = await readFile(path);
    if (hashOfBytes(contents) !== sha256) {
      throw new InputError("data", "the file has changed while it was sent", path, "run the command again");
    }
    await redis.send("SET", [fileKey(sha256), contents, "EX", String(keepSeconds)]);
  }
}
