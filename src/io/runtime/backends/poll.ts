import { errno } from "../../ffi/libc.ts";
import type { Backend, WatchedDescriptors } from "../backend.ts";
import type { EventBatch } from "../event-batch.ts";
import {
  callError,
  EINTR,
  KernelMemory,
  LINUX_CAPABILITIES,
  libc,
  POLLIN,
  pollMask,
  readinessOf,
  Timespec,
} from "../linux/calls.ts";
import type { SourceTable } from "../source-table.ts";

const POLLFD_WORDS = 2;
/** Entry 0 is the bell; slot n has entry n + 1. */
const BELL_ENTRY = 0;
const NO_DESCRIPTOR = -1;

/**
 * The plain fallback: `poll` over an array with an entry for every slot. It has no state in the kernel, so
 * the tests compare the other backends with it.
 */
export class PollBackend implements Backend {
  readonly name = "poll";
  readonly capabilities = LINUX_CAPABILITIES;
  readonly watched: WatchedDescriptors;
  readonly #entries: KernelMemory;
  readonly #timespec = new Timespec();
  readonly #bell: number;
  readonly #drained = new KernelMemory(8);
  readonly #slots: number;
  /** Number of entries in use: one more than the highest slot that was ever watched. */
  #count = 1;
  /** Where the next report begins, so that a full batch does not starve any source. */
  #next = 0;

  /** `bell` is a non-blocking eventfd. */
  constructor(bell: number, slots: number) {
    this.#bell = bell;
    this.#slots = slots;
    this.#entries = new KernelMemory((slots + 1) * POLLFD_WORDS * 4);
    this.#entries.words.fill(NO_DESCRIPTOR);
    this.#entries.words[BELL_ENTRY] = bell;
    this.#entries.words[BELL_ENTRY + 1] = POLLIN;
    this.watched = {
      pollAddress: () => this.#entries.address as number,
      pollCount: () => this.#count,
      isMutable: true,
    };
  }

  arm(slot: number, _key: number, descriptor: number, wanted: number): void {
    const at = (slot + 1) * POLLFD_WORDS;
    // poll skips negative descriptors, so an unwanted one cannot report its hang-up.
    this.#entries.words[at] = wanted === 0 ? NO_DESCRIPTOR : descriptor;
    this.#entries.words[at + 1] = pollMask(wanted);
    this.#count = Math.max(this.#count, slot + 2);
  }

  collect(sources: SourceTable, batch: EventBatch, timeoutNs: number): void {
    let left = this.#wait(timeoutNs);
    const { words } = this.#entries;
    if (left > 0 && words[BELL_ENTRY + 1]! >>> 16 !== 0) {
      libc().read(this.#bell, this.#drained.address, 8);
      left--;
    }
    const slots = Math.min(this.#slots, this.#count - 1);
    for (let seen = 0; seen < slots && left > 0 && batch.room > 0; seen++) {
      const slot = this.#next;
      this.#next = slot + 1 >= slots ? 0 : slot + 1;
      const bits = words[(slot + 1) * POLLFD_WORDS + 1]! >>> 16;
      if (words[(slot + 1) * POLLFD_WORDS] === NO_DESCRIPTOR || bits === 0) continue;
      sources.report(sources.keyAt(slot), readinessOf(bits), batch);
      left--;
    }
  }

  close(): void {
    this.#entries.words.fill(NO_DESCRIPTOR);
  }

  #wait(timeoutNs: number): number {
    const timespec = this.#timespec.set(timeoutNs);
    const ready = libc().ppoll(this.#entries.address, this.#count, timespec, null);
    if (ready >= 0) return ready;
    const code = errno();
    if (code !== EINTR) throw callError("ppoll", code);
    return 0;
  }
}
