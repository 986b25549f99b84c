import { KEY_NONE } from "./keys.ts";

/** The fewest entries with which every kind of source has its share of a batch. */
const MIN_CAPACITY = 4;

/**
 * Events of one wait, in columns that are made once and filled again and again. Entry i says: source
 * `keys[i]`; what it is ready for, `events[i]`; and for a posted completion its data, for a timer or a signal
 * how often it has come since it was last reported, `data[i]`.
 */
export class EventBatch {
  readonly capacity: number;
  readonly keys: Uint32Array;
  readonly events: Uint8Array;
  readonly data: Int32Array;
  /** Bytes of posted completions that carry some. */
  readonly #payloads: (Uint8Array | undefined)[] = [];
  count = 0;

  constructor(capacity = 256) {
    if (capacity < MIN_CAPACITY) throw new Error(`a batch needs room for ${MIN_CAPACITY} events`);
    this.capacity = capacity;
    this.keys = new Uint32Array(capacity);
    this.events = new Uint8Array(capacity);
    this.data = new Int32Array(capacity);
  }

  /** Entries that are still free. */
  get room(): number {
    return this.capacity - this.count;
  }

  clear(): void {
    this.count = 0;
    if (this.#payloads.length > 0) this.#payloads.length = 0;
  }

  /** The bytes that a posted completion carries, or undefined. */
  payload(at: number): Uint8Array | undefined {
    return this.#payloads[at];
  }

  /** Gives the entry that was added last its bytes. */
  attach(bytes: Uint8Array): void {
    this.#payloads[this.count - 1] = bytes;
  }

  /** Adds an entry. The caller must make sure that there is room. */
  push(key: number, events: number, data: number): void {
    const at = this.count++;
    this.keys[at] = key;
    this.events[at] = events;
    this.data[at] = data;
  }

  /** Sets the entries of a removed source to `KEY_NONE`. */
  forget(key: number): void {
    for (let at = 0; at < this.count; at++) if (this.keys[at] === key) this.keys[at] = KEY_NONE;
  }
}
