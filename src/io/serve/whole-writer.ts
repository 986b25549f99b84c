import { chmod, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";
import type { FileEngine } from "../runtime/files/engine.ts";
import { FileBatch, type FileStatistics, openFileEngine, openFlags } from "../runtime/files/index.ts";
import { IoError } from "../runtime/io-error.ts";

/** Few intents go at a time, and one path. */
const SIZES = { intents: 16, pathBytes: 8192 };
const PERMISSIONS = 0o7777;

/**
 * Replaces files whole, as `writeFileWhole` does, by the runtime's batches: temporary file, write, fsync and
 * close are one batch, the folder's fsync after the rename another. One file at a time.
 */
export class WholeWriter {
  readonly #engine: FileEngine;
  readonly #buffer: Uint8Array<SharedArrayBuffer>;
  readonly #batch: FileBatch;

  /** `mostBytes` is the longest file. */
  constructor(mostBytes: number) {
    this.#engine = openFileEngine({ asynchronous: true }).engine;
    const arena = new SharedArrayBuffer(Math.max(1, mostBytes));
    this.#buffer = new Uint8Array(arena);
    this.#batch = new FileBatch(this.#engine, arena, SIZES);
  }

  /** What the batches have done so far. */
  statistics(): FileStatistics {
    return this.#batch.statistics();
  }

  /** Replaces a file. Rejects with `InputError` ("io") when that does not work; the old one is there still. */
  async write(path: string, contents: Uint8Array): Promise<void> {
    const target = await realpath(path).catch(() => path);
    const folder = dirname(target);
    const temporary = join(folder, `.${basename(target).slice(0, 100)}.${process.pid}.0.tmp`);
    try {
      await mkdir(folder, { recursive: true });
      await this.#fill(temporary, contents);
      const old = await stat(target).catch(() => undefined);
      if (old !== undefined) await chmod(temporary, old.mode & PERMISSIONS);
      await rename(temporary, target);
      await this.#syncFolder(folder);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      throw new InputError("io", `cannot be written: ${code}`, printable(path));
    }
  }

  /** Removes temporary files beside `path` that writers left behind that are no more: they were killed. */
  async removeAbandoned(path: string): Promise<void> {
    const target = await realpath(path).catch(() => path);
    const beginning = `.${basename(target).slice(0, 100)}.`;
    const names = await readdir(dirname(target)).catch(() => [] as string[]);
    for (const name of names) {
      const pid = name.startsWith(beginning) && /^(\d+)\.\d+\.tmp$/.exec(name.slice(beginning.length))?.[1];
      if (pid && !isAlive(Number(pid))) await rm(join(dirname(target), name), { force: true });
    }
  }

  close(): void {
    this.#engine.close();
  }

  async #fill(path: string, contents: Uint8Array): Promise<void> {
    const bytes = this.#buffer.subarray(0, contents.length);
    bytes.set(contents);
    const batch = this.#batch;
    const file = batch.opened(batch.open(path, openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_TRUNC));
    const written = batch.write(file, bytes, 0);
    const tickets = [batch.fsync(file), batch.close(file)];
    await batch.completeAsync();
    if (batch.resultOrThrow(written, "writing") !== bytes.length) throw new IoError("ENOSPC", "writing");
    for (const ticket of tickets) batch.resultOrThrow(ticket, "writing");
  }

  /** Makes the rename last. Windows cannot open folders, and some file systems do not sync them: no harm. */
  async #syncFolder(folder: string): Promise<void> {
    if (process.platform === "win32") return;
    const batch = this.#batch;
    const file = batch.opened(batch.open(folder, openFlags.O_RDONLY));
    batch.fsync(file);
    batch.close(file);
    await batch.completeAsync();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
