import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import type { SaveFile } from "../files/save-file.ts";
import { asInputError } from "../files/write-target.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import type { SaveLock } from "./save-lock.ts";

/** Learns how saving goes while a game runs. */
export interface SaveListener {
  /**
   * A save could not be written. Writing is tried again; this is called only once until saving works again.
   */
  onTrouble(error: InputError): void;
  /** Saving works again. */
  onRecovered(): void;
}

/** The machine copies its battery once a second; for shorter intervals a fresh copy is requested. */
const FRESH_BELOW_MS = 1000;

/**
 * Saves a machine's battery to its file while the machine runs: at intervals, if the contents have changed,
 * the file is replaced as a whole. If the process is killed in between, either the old or the new save
 * exists. A failed write is tried again; at the end the save goes to the folder for temporary files instead.
 */
export class BatteryKeeper {
  readonly #file: SaveFile;
  readonly #lock: SaveLock | undefined;
  readonly #log: Log;
  #listener: SaveListener | undefined;
  #client: EmuClient | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #storing: Promise<void> | undefined;
  #isInTrouble = false;
  /** Version of the battery's copy that was stored last. */
  #version = -1;

  /** `lock` is released at the end. `log` receives what is written and what fails. */
  constructor(file: SaveFile, lock: SaveLock | undefined, log: Log = NO_LOG) {
    this.#log = log;
    this.#file = file;
    this.#lock = lock;
  }

  /** Starts to save this machine's battery. */
  start(client: EmuClient, everyMs: number, listener: SaveListener): void {
    this.#client = client;
    this.#listener = listener;
    this.#timer = setInterval(() => void this.#keep(everyMs < FRESH_BELOW_MS), everyMs);
  }

  /**
   * Stops after a last save; the machine must have been stopped before. Rejects with `InputError` if the last
   * save could not be written; the error says where it is instead.
   */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#storing;
    try {
      await this.#store();
    } catch (error) {
      throw await this.#rescue(error);
    } finally {
      this.#lock?.release();
    }
  }

  /** Releases the lock without saving anything. */
  abandon(): void {
    clearInterval(this.#timer);
    this.#lock?.release();
  }

  async #keep(isFresh: boolean): Promise<void> {
    if (this.#storing !== undefined) return;
    this.#storing = this.#try(isFresh);
    await this.#storing;
    this.#storing = undefined;
  }

  async #try(isFresh: boolean): Promise<void> {
    try {
      // If the machine ends meanwhile, it leaves a last copy.
      if (isFresh && this.#client?.isRunning) await this.#client.saveState().catch(() => undefined);
      const hasStored = await this.#store();
      if (!hasStored || !this.#isInTrouble) return;
      this.#isInTrouble = false;
      this.#log.warn({ path: this.#file.path }, "saving works again");
      this.#listener?.onRecovered();
    } catch (error) {
      if (this.#isInTrouble) return;
      this.#isInTrouble = true;
      const trouble = asInputError(error);
      this.#log.warn({ error: trouble.message, where: trouble.where }, "the save cannot be written");
      this.#listener?.onTrouble(trouble);
    }
  }

  /** Resolves to true if there was anything to store. */
  async #store(): Promise<boolean> {
    const snapshot = this.#client?.battery();
    if (snapshot === undefined || snapshot.version === this.#version) return false;
    if (!this.#file.holds(snapshot.bytes)) {
      if (this.#lock?.isOurs === false) {
        throw new InputError("io", "another emu has taken the save over", this.#file.path);
      }
      await this.#file.store(snapshot.bytes);
      this.#log.debug({ path: this.#file.path, bytes: snapshot.bytes.length }, "save written");
    }
    this.#version = snapshot.version;
    return true;
  }

  async #rescue(error: unknown): Promise<unknown> {
    const memory = this.#client?.battery()?.bytes;
    if (memory === undefined || !(error instanceof InputError)) return error;
    // No name that looks like a temporary file's, because those are removed.
    const other = join(tmpdir(), `emuterm-rescued-${process.pid}-${basename(this.#file.path)}`);
    const remedy = await writeFileWhole(other, this.#file.contentsOf(memory)).then(
      () => `the save is in ${other}`,
      () => "the save is lost",
    );
    this.#log.error({ error: error.message, path: this.#file.path, other }, remedy);
    return new InputError(error.kind, error.message, error.where, remedy);
  }
}
