import { readinessOf } from "../linux/calls.ts";
import { Ring, type RingOptions } from "../linux/ring.ts";
import { type Intents, MAX_CHAIN_INTENTS } from "./intents.ts";
import { FILE_POLL } from "./operations.ts";
import type { Submissions } from "./submissions.ts";

/**
 * A ring with places for files that are open only while their chain is in progress. Such a file never enters
 * the process's descriptor table, so open, read and close can be submitted together.
 */
export class UringLane {
  readonly ring: Ring;
  /** Number of completions that have not arrived yet. */
  inFlight = 0;
  #sampleStartMs = performance.now();
  /** Free places, as a stack; empty if the kernel does not support them (before Linux 5.19). */
  readonly #places: Int32Array;
  #freePlaces: number;

  /** Throws `InputError` ("unavailable") if the kernel has no io_uring or forbids it. */
  constructor(options: RingOptions, places: number) {
    this.ring = new Ring(options);
    this.#freePlaces = this.ring.registerFileTable(places) ? places : 0;
    this.#places = Int32Array.from({ length: this.#freePlaces }, (_, place) => place);
  }

  /** Number of chains in progress. */
  get chains(): number {
    return this.#places.length - this.#freePlaces;
  }

  /** True if the kernel supports places for chains. */
  get hasPlaces(): boolean {
    return this.#places.length > 0 && this.ring.entries >= MAX_CHAIN_INTENTS;
  }

  /** Queues the chain that begins with an open. Returns false if there is no room or no place. */
  queueChain(submissions: Submissions, intents: Intents, opener: number): boolean {
    const length = -intents.chain(opener);
    if (this.#freePlaces === 0 || this.ring.room < length) return false;
    const place = this.#places[--this.#freePlaces]!;
    let ticket = opener;
    for (let left = length; left > 0; left--) {
      submissions.fillChained(this.ring, intents, ticket, place);
      if (intents.isSampled) this.#begin(intents, ticket, length);
      ticket = intents.next(ticket);
    }
    this.inFlight += length;
    return true;
  }

  /**
   * Queues a single intent. Returns false if it already has a result because its file could not be opened.
   */
  queue(submissions: Submissions, intents: Intents, ticket: number): boolean {
    if (!submissions.fill(this.ring, intents, ticket)) return false;
    this.inFlight++;
    if (intents.isSampled) this.#begin(intents, ticket, 0);
    return true;
  }

  /** Until the operation ends, its latency field holds its start time. */
  #begin(intents: Intents, ticket: number, more: number): void {
    intents.latency[ticket] = (performance.now() - this.#sampleStartMs) * 1000;
    intents.depth[ticket] = this.inFlight + more;
  }

  /** Stores the results that have arrived. */
  reap(intents: Intents): void {
    const { ring } = this;
    const ended = ring.available;
    if (ended === 0) return;
    const elapsed = intents.isSampled ? (performance.now() - this.#sampleStartMs) * 1000 : 0;
    for (let i = 0; i < ended; i++) {
      const completion = ring.completion(i);
      const ticket = ring.userData(completion);
      const result = ring.result(completion);
      const isPoll = result > 0 && intents.operation(ticket) === FILE_POLL;
      intents.result[ticket] = isPoll ? readinessOf(result) : result;
      if (intents.isSampled) intents.latency[ticket] = elapsed - intents.latency[ticket]!;
      // Only the last intent of a chain carries its place.
      const place = ring.userDataHigh(completion);
      if (place !== 0) this.#places[this.#freePlaces++] = place - 1;
    }
    ring.release(ended);
    this.inFlight -= ended;
  }

  close(): void {
    this.ring.close();
  }
}
