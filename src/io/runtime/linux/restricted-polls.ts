import type { EventBatch } from "../event-batch.ts";
import type { SourceTable } from "../source-table.ts";
import { EpollSet } from "./epoll-set.ts";

const MAX_EVENTS = 64;

/** Sources that an io_uring leaves to epoll, by slot. One poll of `descriptor` covers all of them. */
export class RestrictedPolls {
  readonly #set = new EpollSet(MAX_EVENTS);
  readonly #isMember: Uint8Array;
  /** Number of sources in the set. */
  count = 0;

  constructor(slots: number) {
    this.#isMember = new Uint8Array(slots);
  }

  /** This descriptor is readable while a member is ready. */
  get descriptor(): number {
    return this.#set.descriptor;
  }

  add(slot: number, descriptor: number, key: number, wanted: number): void {
    this.#set.change(descriptor, key, wanted, 0);
    this.#isMember[slot] = 1;
    this.count++;
  }

  /** Removes a slot's source if it is a member. */
  remove(slot: number, descriptor: number): void {
    if (this.#isMember[slot] === 0) return;
    this.#isMember[slot] = 0;
    this.count--;
    this.#set.change(descriptor, 0, 0, 1);
  }

  /** Reports the members that are ready now. */
  collect(sources: SourceTable, batch: EventBatch): void {
    const ready = this.#set.wait(batch.room, 0);
    for (let i = 0; i < ready; i++) sources.report(this.#set.key(i), this.#set.readiness(i), batch);
  }

  close(): void {
    this.#set.close();
  }
}
