import { KEY_NONE } from "./keys.ts";

/** The smallest batch in which every kind of source has its share. */
const MIN_CAPACITY = 4;

/**
 * The events of one wait, in columns that are allocated once and reused. Entry i has the source's key in
 * `keys[i]`, its readiness in `events[i]`, and in `data[i]` the data of a posted completion, or how often a
 * timer or signal occurred since it was last reported.
 */
export class EventBatch {
  readonly capacity: number;
  readonly keys: Uint32Array;
  readonly events: Uint8Array;
  readonly data: Int32Array;
  /** Bytes of posted completions. */
  readonly #payloads: (Uint8Array | undefined)[] = [];
  count = 0;

  constructor(capacity = 256) {
    if (capacity < MIN_CAPACITY) throw new Error(`a batch needs room for ${MIN_CAPACITY} events`);
    this.capacity = capacity;
    this.keys = new Uint32Array(capacity);
    this.events = new Uint8Array(capacity);
    this.data = new Int32Array(capacity);
  }

  /** Number of free entries. */
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

  /** Sets the bytes of the entry that was added last. */
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
