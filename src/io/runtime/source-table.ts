import { InputError } from "../../emu/input-error.ts";
import type { EventBatch } from "./event-batch.ts";
import { IoError } from "./io-error.ts";
import {
  END,
  ERROR,
  GENERATION_MASK,
  generationOf,
  HANGUP,
  keyKind,
  MAX_SLOTS,
  READ,
  slotOf,
  sourceKey,
  WRITE,
} from "./keys.ts";

const NO_DESCRIPTOR = -1;

/** The part of a backend that the source table drives. */
export interface Watcher {
  /**
   * Watches the source for `wanted` (READ, WRITE, or 0) instead of `armed`. Throws `InputError` if the
   * descriptor cannot be watched.
   */
  arm(slot: number, key: number, descriptor: number, wanted: number, armed: number): void;
}

/**
 * All sources that are waited for: what their owners want from each, and what the backend watches. Owners may
 * change what they want at any time; before each wait, the backend is told only the differences. No other
 * code tracks what is armed.
 */
export class SourceTable {
  readonly #capacity: number;
  readonly #descriptor: Int32Array;
  /** Descriptors in use. epoll cannot watch one twice, so no backend may. */
  readonly #descriptors = new Set<number>();
  readonly #wanted: Uint8Array;
  readonly #armed: Uint8Array;
  readonly #generation: Uint16Array;
  readonly #inUse: Uint8Array;
  /** Slots whose wanted readiness may differ from what is armed, each once. */
  readonly #changed: Int32Array;
  readonly #isChanged: Uint8Array;
  #changedCount = 0;
  readonly #free: Int32Array;
  #freeCount: number;

  constructor(capacity: number) {
    if (capacity > MAX_SLOTS) throw new Error(`at most ${MAX_SLOTS} sources`);
    this.#capacity = capacity;
    this.#descriptor = new Int32Array(capacity).fill(NO_DESCRIPTOR);
    this.#wanted = new Uint8Array(capacity);
    this.#armed = new Uint8Array(capacity);
    this.#generation = new Uint16Array(capacity).fill(1);
    this.#inUse = new Uint8Array(capacity);
    this.#changed = new Int32Array(capacity);
    this.#isChanged = new Uint8Array(capacity);
    this.#free = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.#freeCount = capacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Number of sources in the table. */
  get count(): number {
    return this.#capacity - this.#freeCount;
  }

  /**
   * Adds a source and returns its key. `descriptor` is −1 if the backend itself makes the source ready.
   * Throws `InputError` ("unavailable") if the table is full, `IoError` EEXIST if the descriptor is already
   * in it.
   */
  add(descriptor: number, wanted: number): number {
    if (this.#freeCount === 0)
      throw new InputError("unavailable", `all ${this.#capacity} sources are in use`, "", "close some");
    if (descriptor !== NO_DESCRIPTOR) {
      if (this.#descriptors.has(descriptor)) throw new IoError("EEXIST", "waiting for a descriptor twice");
      this.#descriptors.add(descriptor);
    }
    const slot = this.#free[--this.#freeCount]!;
    this.#descriptor[slot] = descriptor;
    this.#armed[slot] = 0;
    this.#inUse[slot] = 1;
    this.#want(slot, wanted);
    return sourceKey(slot, this.#generation[slot]!);
  }

  /** Sets what the owner wants from now on: READ, WRITE, both or 0. Returns false for a removed key. */
  modify(key: number, wanted: number): boolean {
    if (!this.has(key)) return false;
    this.#want(slotOf(key), wanted);
    return true;
  }

  /** Removes a source. The backend is told at once, because the descriptor may be closed next. */
  remove(key: number, backend: Watcher): boolean {
    if (!this.has(key)) return false;
    const slot = slotOf(key);
    if (this.#armed[slot] !== 0) backend.arm(slot, key, this.#descriptor[slot]!, 0, this.#armed[slot]!);
    this.#armed[slot] = 0;
    this.#wanted[slot] = 0;
    this.#inUse[slot] = 0;
    this.#descriptors.delete(this.#descriptor[slot]!);
    this.#descriptor[slot] = NO_DESCRIPTOR;
    this.#generation[slot] = (this.#generation[slot]! + 1) & GENERATION_MASK || 1;
    this.#free[this.#freeCount++] = slot;
    return true;
  }

  /** Returns true if a key names a source that is in the table. */
  has(key: number): boolean {
    const slot = slotOf(key);
    return (
      keyKind(key) === "source" &&
      slot < this.#capacity &&
      this.#inUse[slot] === 1 &&
      this.#generation[slot] === generationOf(key)
    );
  }

  /** What the owner wants from a source. */
  wanted(key: number): number {
    return this.has(key) ? this.#wanted[slotOf(key)]! : 0;
  }

  /** The descriptor of a source, −1 if it has none. */
  descriptor(key: number): number {
    return this.has(key) ? this.#descriptor[slotOf(key)]! : NO_DESCRIPTOR;
  }

  /** The key of the source in a slot. */
  keyAt(slot: number): number {
    return sourceKey(slot, this.#generation[slot]!);
  }

  /** Tells the backend which sources are wanted for something else than before. */
  reconcile(backend: Watcher): void {
    for (let i = 0; i < this.#changedCount; i++) {
      const slot = this.#changed[i]!;
      this.#isChanged[slot] = 0;
      const wanted = this.#wanted[slot]!;
      const armed = this.#armed[slot]!;
      if (wanted === armed) continue;
      this.#armed[slot] = wanted;
      backend.arm(slot, this.keyAt(slot), this.#descriptor[slot]!, wanted, armed);
    }
    this.#changedCount = 0;
  }

  /**
   * Adds readiness that the backend reported to `batch`, limited to what the owner wants. An error or a lost
   * connection makes everything wanted ready, because the next operation returns the reason. The end of the
   * peer's half makes only READ ready. Returns true if an entry was added.
   */
  report(key: number, events: number, batch: EventBatch): boolean {
    if (!this.has(key)) return false;
    const wanted = this.#wanted[slotOf(key)]!;
    if (wanted === 0) return false;
    const isOver = (events & (ERROR | HANGUP)) !== 0;
    const ready = isOver ? wanted : events & wanted;
    if (ready === 0) return false;
    const reasons = ERROR | HANGUP | ((wanted & READ) !== 0 ? END : 0);
    batch.push(key, ready | (events & reasons), 0);
    return true;
  }

  #want(slot: number, wanted: number): void {
    this.#wanted[slot] = wanted & (READ | WRITE);
    if (this.#isChanged[slot] === 1) return;
    this.#isChanged[slot] = 1;
    this.#changed[this.#changedCount++] = slot;
  }
}
