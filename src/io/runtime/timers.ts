import { InputError } from "../../emu/input-error.ts";
import type { EventBatch } from "./event-batch.ts";
import { GENERATION_MASK, generationOf, MAX_SLOTS, slotOf, timerKey } from "./keys.ts";

const NOT_QUEUED = -1;

/**
 * One-shot and periodic timers in a binary heap over preallocated arrays. Times are nanoseconds of the
 * caller's clock; doubles represent them exactly for 104 days.
 */
export class Timers {
  readonly #capacity: number;
  /** Slots in heap order. */
  readonly #heap: Int32Array;
  readonly #place: Int32Array;
  readonly #deadlineNs: Float64Array;
  readonly #periodNs: Float64Array;
  readonly #generation: Uint16Array;
  readonly #free: Int32Array;
  #freeCount: number;
  #count = 0;

  constructor(capacity: number) {
    if (capacity > MAX_SLOTS) throw new Error(`at most ${MAX_SLOTS} timers`);
    this.#capacity = capacity;
    this.#heap = new Int32Array(capacity);
    this.#place = new Int32Array(capacity).fill(NOT_QUEUED);
    this.#deadlineNs = new Float64Array(capacity);
    this.#periodNs = new Float64Array(capacity);
    this.#generation = new Uint16Array(capacity).fill(1);
    this.#free = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.#freeCount = capacity;
  }

  /** Number of running timers. */
  get count(): number {
    return this.#count;
  }

  /** When the next timer is due; Infinity if none runs. */
  get nextDeadlineNs(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#deadlineNs[this.#heap[0]!]!;
  }

  /**
   * Starts a timer that is due at `deadlineNs`, and then every `periodNs` unless that is 0. Returns its key.
   * Throws `InputError` ("unavailable") if all timers are in use.
   */
  start(deadlineNs: number, periodNs: number): number {
    if (this.#freeCount === 0)
      throw new InputError("unavailable", `all ${this.#capacity} timers are in use`, "", "stop some");
    const slot = this.#free[--this.#freeCount]!;
    this.#deadlineNs[slot] = deadlineNs;
    this.#periodNs[slot] = periodNs;
    this.#place[slot] = this.#count;
    this.#heap[this.#count++] = slot;
    this.#siftUp(this.#count - 1);
    return timerKey(slot, this.#generation[slot]!);
  }

  /** Stops a timer. Returns false if it is not running: it was stopped, or was one-shot and has expired. */
  stop(key: number): boolean {
    const slot = slotOf(key);
    if (slot >= this.#capacity || this.#generation[slot] !== generationOf(key)) return false;
    const place = this.#place[slot]!;
    if (place === NOT_QUEUED) return false;
    this.#release(slot, place);
    return true;
  }

  /**
   * Adds up to `most` timers that are due at `nowNs` to `batch`, the longest overdue first. A periodic timer
   * reports how many periods have passed, and continues at multiples of its period.
   */
  collect(nowNs: number, batch: EventBatch, most: number): number {
    let collected = 0;
    while (collected < most && this.#count > 0) {
      const slot = this.#heap[0]!;
      const deadlineNs = this.#deadlineNs[slot]!;
      if (deadlineNs > nowNs) break;
      const periodNs = this.#periodNs[slot]!;
      const key = timerKey(slot, this.#generation[slot]!);
      let times = 1;
      if (periodNs === 0) {
        this.#release(slot, 0);
      } else {
        times += Math.floor((nowNs - deadlineNs) / periodNs);
        this.#deadlineNs[slot] = deadlineNs + times * periodNs;
        this.#siftDown(0);
      }
      batch.push(key, 0, times);
      collected++;
    }
    return collected;
  }

  #release(slot: number, place: number): void {
    const last = this.#heap[--this.#count]!;
    if (last !== slot) {
      this.#heap[place] = last;
      this.#place[last] = place;
      this.#siftDown(place);
      this.#siftUp(this.#place[last]!);
    }
    this.#place[slot] = NOT_QUEUED;
    // Generation 0 is skipped, so that no key is zero in its low bits.
    this.#generation[slot] = (this.#generation[slot]! + 1) & GENERATION_MASK || 1;
    this.#free[this.#freeCount++] = slot;
  }

  #siftUp(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#deadlineAt(parent) <= this.#deadlineAt(at)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #siftDown(from: number): void {
    let at = from;
    for (;;) {
      let least = at;
      const left = 2 * at + 1;
      if (left < this.#count && this.#deadlineAt(left) < this.#deadlineAt(least)) least = left;
      if (left + 1 < this.#count && this.#deadlineAt(left + 1) < this.#deadlineAt(least)) least = left + 1;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #deadlineAt(place: number): number {
    return this.#deadlineNs[this.#heap[place]!]!;
  }

  #swap(a: number, b: number): void {
    const slotA = this.#heap[a]!;
    const slotB = this.#heap[b]!;
    this.#heap[a] = slotB;
    this.#heap[b] = slotA;
    this.#place[slotB] = a;
    this.#place[slotA] = b;
  }
}
