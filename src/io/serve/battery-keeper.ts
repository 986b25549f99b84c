import { SaveFile } from "../files/save-file.ts";
import type { EmuClient } from "../thread/emu-client.ts";

/**
 * Keeps a machine's battery in a file while the machine runs: every so often, if it has changed, the file
 * is replaced whole. A process that is killed in the middle leaves the save before or the one after.
 */
export class BatteryKeeper {
  readonly #file: SaveFile;
  readonly #onError: (error: unknown) => void;
  #client: EmuClient | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #storing: Promise<void> | undefined;
  #version = -1;

  /** `onError` hears of saves that could not be written; the next one is tried all the same. */
  constructor(path: string, bytes: number, onError: (error: unknown) => void) {
    this.#file = new SaveFile(path, bytes);
    this.#onError = onError;
  }

  /** What was kept before; undefined when nothing was. Throws `InputError` as `SaveFile.load` does. */
  async load(): Promise<Uint8Array | undefined> {
    return await this.#file.load();
  }

  /** Keeps this machine's battery from now on. */
  start(client: EmuClient, everyMs: number): void {
    this.#client = client;
    this.#timer = setInterval(() => void this.#keep(), everyMs);
  }

  /** Stops, after a last save; the machine has been stopped before. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#storing;
    try {
      await this.#store();
    } catch (error) {
      this.#onError(error);
    }
  }

  async #keep(): Promise<void> {
    if (this.#storing !== undefined) return;
    this.#storing = this.#refresh().catch(this.#onError);
    await this.#storing;
    this.#storing = undefined;
  }

  async #refresh(): Promise<void> {
    if (this.#client?.isRunning) await this.#client.saveState();
    await this.#store();
  }

  async #store(): Promise<void> {
    const snapshot = this.#client?.battery();
    if (snapshot === undefined || snapshot.version === this.#version) return;
    this.#version = snapshot.version;
    await this.#file.store(snapshot.bytes);
  }
}
