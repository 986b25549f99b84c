const DATABASE = "emu";
const STORE = "saves";

/** A saved state of a slot. */
export interface SlotRecord {
  readonly state: Uint8Array<ArrayBuffer>;
  /** The picture as 256 × 240 RGBA. */
  readonly picture: Uint8ClampedArray<ArrayBuffer>;
  readonly savedAtMs: number;
}

export const SLOT_COUNT = 4;

/** The saves of one game in the browser's IndexedDB, under the SHA-1 of its ROM. */
export class Storage {
  readonly #database: IDBDatabase;
  readonly #game: string;

  private constructor(database: IDBDatabase, sha1: string) {
    this.#database = database;
    this.#game = sha1;
  }

  /**
   * Resolves to undefined if the browser cannot store anything, as in some private windows and sandboxed
   * frames.
   */
  static open(sha1: string): Promise<Storage | undefined> {
    return new Promise((resolve) => {
      try {
        const request = indexedDB.open(DATABASE, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE);
        request.onsuccess = () => resolve(new Storage(request.result, sha1));
        request.onerror = () => resolve(undefined);
        request.onblocked = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  }

  async battery(): Promise<Uint8Array | undefined> {
    const value = await this.#get("battery");
    return value instanceof Uint8Array ? value : undefined;
  }

  async storeBattery(bytes: Uint8Array): Promise<void> {
    await this.#put("battery", bytes.slice());
  }

  async slot(number: number): Promise<SlotRecord | undefined> {
    const value = (await this.#get(`slot${number}`)) as Partial<SlotRecord> | undefined;
    return value?.state instanceof Uint8Array && value.picture instanceof Uint8ClampedArray
      ? (value as SlotRecord)
      : undefined;
  }

  async storeSlot(number: number, record: SlotRecord): Promise<void> {
    await this.#put(`slot${number}`, record);
    // Asks the browser not to delete it when the disk is full; the browser may refuse.
    void navigator.storage?.persist?.().catch(() => {});
  }

  async settings(): Promise<unknown> {
    return this.#get("settings");
  }

  async storeSettings(settings: object): Promise<void> {
    await this.#put("settings", settings);
  }

  #get(name: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request = this.#database.transaction(STORE).objectStore(STORE).get(`${this.#game}/${name}`);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** Resolves when the value is stored. */
  #put(name: string, value: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(STORE, "readwrite");
      transaction.objectStore(STORE).put(value, `${this.#game}/${name}`);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}
