import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import type { SaveFile } from "../files/save-file.ts";
import { asInputError } from "../files/write-target.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import type { SaveLock } from "./save-lock.ts";

/** Who hears how saving goes while a game runs. */
export interface SaveListener {
  /** A save could not be written. It is tried again; this is said once, until saving works again. */
  onTrouble(error: InputError): void;
  /** Saving works again. */
  onRecovered(): void;
}

/** More often than the machine copies its battery by itself, which is once a second. */
const FRESH_BELOW_MS = 1000;

/**
 * Keeps a machine's battery in its file while the machine runs: every so often, if it has changed, the file
 * is replaced whole. A process that is killed in the middle leaves the save before or the one after. What
 * cannot be written is tried again, and at the end goes to the folder for temporary files.
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
  /** Of the battery's copy that was stored last. */
  #version = -1;

  /** `lock` is released at the end. `log` gets what is written and what fails. */
  constructor(file: SaveFile, lock: SaveLock | undefined, log: Log = NO_LOG) {
    this.#log = log;
    this.#file = file;
    this.#lock = lock;
  }

  /** Keeps this machine's battery from now on. */
  start(client: EmuClient, everyMs: number, listener: SaveListener): void {
    this.#client = client;
    this.#listener = listener;
    this.#timer = setInterval(() => void this.#keep(everyMs < FRESH_BELOW_MS), everyMs);
  }

  /**
   * Stops, after a last save; the machine has been stopped before. Rejects with `InputError` when the last
   * save could not be written, and says where it is instead.
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

  /** Gives the lock back without having saved anything. */
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
      // A machine that ends meanwhile leaves a last copy.
      if (isFresh && this.#client?.isRunning) await this.#client.saveState().catch(() => undefined);
      const hasStored = await this.#store();
      if (!hasStored || !this.#isInTrouble) return;
      this.#isInTrouble = false;
      this.#log.warn({ path: this.#file.path }, "the save is written again");
      this.#listener?.onRecovered();
    } catch (error) {
      if (this.#isInTrouble) return;
      this.#isInTrouble = true;
      const trouble = asInputError(error);
      this.#log.warn({ error: trouble.message, where: trouble.where }, "the save cannot be written");
      this.#listener?.onTrouble(trouble);
    }
  }

  /** Returns whether there was anything to store. */
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
    const other = join(tmpdir(), `emuterm-${process.pid}-${basename(this.#file.path)}`);
    const remedy = await writeFileWhole(other, memory).then(
      () => `the save is in ${other}`,
      () => "the save is lost",
    );
    this.#log.error({ error: error.message, path: this.#file.path, other }, remedy);
    return new InputError(error.kind, error.message, error.where, remedy);
  }
}
