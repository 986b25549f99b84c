import type { Backend, WatchedDescriptors } from "../backend.ts";
import type { EventBatch } from "../event-batch.ts";
import { KernelMemory, LINUX_CAPABILITIES, POLLIN } from "../linux/calls.ts";
import { EpollSet } from "../linux/epoll-set.ts";
import type { SourceTable } from "../source-table.ts";

/** Key of the eventfd: no source has it. */
const BELL_KEY = 0;
const MAX_EVENTS = 1024;

/** Linux's epoll, level-triggered: every wait reports what is ready as long as it is ready. */
export class EpollBackend implements Backend {
  readonly name = "epoll";
  readonly capabilities = LINUX_CAPABILITIES;
  readonly watched: WatchedDescriptors;
  readonly #set = new EpollSet(MAX_EVENTS);

  /** `bell` is an eventfd whose edges end waits. Throws `InputError` if there is no epoll. */
  constructor(bell: number) {
    this.#set.addEdges(bell, BELL_KEY);
    const watched = new KernelMemory(8);
    watched.words[0] = this.#set.descriptor;
    watched.words[1] = POLLIN;
    this.watched = {
      pollAddress: () => watched.address as number,
      pollCount: () => 1,
      isMutable: false,
    };
  }

  arm(_slot: number, key: number, descriptor: number, wanted: number, armed: number): void {
    this.#set.change(descriptor, key, wanted, armed);
  }

  collect(sources: SourceTable, batch: EventBatch, timeoutNs: number): void {
    const count = this.#set.wait(batch.room, timeoutNs);
    for (let i = 0; i < count; i++) {
      const key = this.#set.key(i);
      if (key !== BELL_KEY) sources.report(key, this.#set.readiness(i), batch);
    }
  }

  close(): void {
    this.#set.close();
  }
}
