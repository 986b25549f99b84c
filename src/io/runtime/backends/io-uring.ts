import { errnoText } from "../../ffi/libc.ts";
import type { Backend, WatchedDescriptors } from "../backend.ts";
import type { EventBatch } from "../event-batch.ts";
import { ERROR, slotOf, WRITE } from "../keys.ts";
import {
  KernelMemory,
  LINUX_CAPABILITIES,
  POLLIN,
  POLLRDHUP,
  pollMask,
  readinessOf,
} from "../linux/calls.ts";
import { RestrictedPolls } from "../linux/restricted-polls.ts";
import { OP_POLL_ADD, OP_POLL_REMOVE, OP_READ, Ring, setAddress } from "../linux/ring.ts";
import type { SourceTable } from "../source-table.ts";

/**
 * User data of the read on the bell, and of operations whose completion is ignored: no source has these keys.
 */
const BELL_KEY = 0;
const IGNORED_KEY = 1;
/** User data of the poll on `RestrictedPolls`. */
const RESTRICTED_KEY = 2;
const SUBMISSIONS = 256;
/** The kernel's limit. */
const MAX_COMPLETIONS = 65_536;

/**
 * Readiness by io_uring: a one-shot poll for every wanted source. After a poll has completed, the next wait
 * submits it again in the same system call, so that lasting readiness is reported again. Sources cost no
 * system calls of their own, even when interest changes.
 */
export class IoUringBackend implements Backend {
  readonly name = "io_uring";
  readonly capabilities = LINUX_CAPABILITIES;
  readonly watched: WatchedDescriptors;
  readonly #ring: Ring;
  readonly #bell: number;
  readonly #bellCount = new KernelMemory(8);
  #isBellArmed = false;
  /** By slot: the number of the poll in progress, or 0; its descriptor and key; what it waits for. */
  readonly #polls: Uint32Array;
  readonly #descriptors: Int32Array;
  readonly #keys: Uint32Array;
  readonly #wanted: Uint8Array;
  /** Slots that need a poll and have none in progress, each once. */
  readonly #idle: Int32Array;
  readonly #isIdle: Uint8Array;
  #idleCount = 0;
  #lastPoll = 0;
  /** Sources that a poll of the ring cannot watch. Opened for the first such source. */
  #restricted: RestrictedPolls | undefined;
  #isRestrictedArmed = false;

  /** `bell` is a blocking eventfd: the ring reads it. Throws `InputError` if there is no io_uring. */
  constructor(bell: number, slots: number) {
    let completions = 2 * SUBMISSIONS;
    while (completions < 2 * slots && completions < MAX_COMPLETIONS) completions *= 2;
    this.#ring = new Ring({ entries: SUBMISSIONS, completions });
    this.#bell = bell;
    this.#polls = new Uint32Array(slots);
    this.#descriptors = new Int32Array(slots);
    this.#keys = new Uint32Array(slots);
    this.#wanted = new Uint8Array(slots);
    this.#idle = new Int32Array(slots);
    this.#isIdle = new Uint8Array(slots);
    const watched = new KernelMemory(8);
    watched.words[0] = this.#ring.descriptor;
    watched.words[1] = POLLIN;
    this.watched = { pollAddress: () => watched.address as number, pollCount: () => 1, isMutable: false };
  }

  arm(slot: number, key: number, descriptor: number, wanted: number): void {
    if (this.#polls[slot] !== 0) this.#cancel(slot);
    this.#restricted?.remove(slot, descriptor);
    this.#keys[slot] = key;
    this.#descriptors[slot] = descriptor;
    this.#wanted[slot] = wanted;
    if (wanted !== 0) this.#ask(slot);
    // The caller may close the descriptor next, and a poll on it must not keep the file open.
    else this.#ring.enter(0);
  }

  collect(sources: SourceTable, batch: EventBatch, timeoutNs: number): void {
    const toldLast = this.#idleCount;
    this.#askAgain();
    this.#submitPolls(toldLast);
    this.#ring.enter(timeoutNs === 0 ? 0 : 1, timeoutNs);
    this.#reap(sources, batch);
    // A sleep may follow: sources that were just removed from the ring must be watched by then.
    if (this.#armRestricted()) this.#ring.enter(0);
  }

  close(): void {
    this.#restricted?.close();
    this.#ring.close();
  }

  /**
   * A poll that completed before this wait describes an earlier state. It is submitted again, so that only
   * the current state is reported. This costs a submission and no system call.
   */
  #askAgain(): void {
    const available = this.#ring.available;
    for (let i = 0; i < available; i++) {
      const slot = this.#finished(this.#ring.completion(i));
      if (slot >= 0) this.#ask(slot);
    }
    this.#ring.release(available);
  }

  /** Polls all sources that need it, first those not reported last time, so that none starves. */
  #submitPolls(toldLast: number): void {
    if (!this.#isBellArmed) this.#armBell();
    this.#armRestricted();
    for (let i = toldLast; i < this.#idleCount; i++) this.#poll(this.#idle[i]!);
    for (let i = 0; i < toldLast; i++) this.#poll(this.#idle[i]!);
    this.#idleCount = 0;
  }

  /**
   * The slot whose poll this completion ends, or −1 if it belongs to something else or was cancelled earlier.
   */
  #finished(completion: number): number {
    const key = this.#ring.userData(completion);
    if (key === BELL_KEY) this.#isBellArmed = false;
    if (key === RESTRICTED_KEY) this.#isRestrictedArmed = false;
    if (key === BELL_KEY || key === IGNORED_KEY || key === RESTRICTED_KEY) return -1;
    const slot = slotOf(key);
    if (this.#keys[slot] !== key || this.#polls[slot] !== this.#ring.userDataHigh(completion)) return -1;
    this.#polls[slot] = 0;
    return slot;
  }

  #reap(sources: SourceTable, batch: EventBatch): void {
    const available = this.#ring.available;
    let reaped = 0;
    while (reaped < available && batch.room > 0) {
      const completion = this.#ring.completion(reaped++);
      const slot = this.#finished(completion);
      if (this.#ring.userData(completion) === RESTRICTED_KEY) this.#restricted?.collect(sources, batch);
      if (slot < 0) continue;
      const result = this.#ring.result(completion);
      if (result === POLLRDHUP && this.#wanted[slot] === WRITE) {
        this.#restrict(slot);
        continue;
      }
      this.#ask(slot);
      sources.report(this.#keys[slot]!, result < 0 ? ERROR : readinessOf(result), batch);
    }
    this.#ring.release(reaped);
  }

  #ask(slot: number): void {
    if (this.#isIdle[slot] === 1) return;
    this.#isIdle[slot] = 1;
    this.#idle[this.#idleCount++] = slot;
  }

  #poll(slot: number): void {
    this.#isIdle[slot] = 0;
    if (this.#wanted[slot] === 0 || this.#polls[slot] !== 0) return;
    this.#lastPoll = this.#lastPoll === 0xffff_ffff ? 1 : this.#lastPoll + 1;
    this.#polls[slot] = this.#lastPoll;
    const { sqes } = this.#ring;
    const at = this.#nextSubmission();
    sqes[at] = OP_POLL_ADD;
    sqes[at + 1] = this.#descriptors[slot]!;
    sqes[at + 7] = pollMask(this.#wanted[slot]!);
    sqes[at + 8] = this.#keys[slot]!;
    sqes[at + 9] = this.#lastPoll;
  }

  /**
   * POLL_ADD completes for POLLRDHUP even if it was not requested (IO_POLL_UNMASK in the kernel's
   * io_uring/poll.c). A source that is wanted only for WRITE and whose peer has ended its half would
   * therefore complete immediately with every wait. epoll reports POLLRDHUP only on request, so it watches
   * such sources.
   */
  #restrict(slot: number): void {
    this.#restricted ??= new RestrictedPolls(this.#polls.length);
    this.#restricted.add(slot, this.#descriptors[slot]!, this.#keys[slot]!, this.#wanted[slot]!);
  }

  /**
   * Polls the restricted sources, if there are any and no poll is in progress. Returns true if a submission
   * was filled.
   */
  #armRestricted(): boolean {
    const restricted = this.#restricted;
    if (restricted === undefined || restricted.count === 0 || this.#isRestrictedArmed) return false;
    const { sqes } = this.#ring;
    const at = this.#nextSubmission();
    sqes[at] = OP_POLL_ADD;
    sqes[at + 1] = restricted.descriptor;
    sqes[at + 7] = POLLIN;
    sqes[at + 8] = RESTRICTED_KEY;
    this.#isRestrictedArmed = true;
    return true;
  }

  #cancel(slot: number): void {
    const { sqes } = this.#ring;
    const at = this.#nextSubmission();
    sqes[at] = OP_POLL_REMOVE;
    sqes[at + 1] = -1;
    sqes[at + 4] = this.#keys[slot]!;
    sqes[at + 5] = this.#polls[slot]!;
    sqes[at + 8] = IGNORED_KEY;
    this.#polls[slot] = 0;
  }

  #armBell(): void {
    const { sqes } = this.#ring;
    const at = this.#nextSubmission();
    sqes[at] = OP_READ;
    sqes[at + 1] = this.#bell;
    setAddress(sqes, at + 4, this.#bellCount.address);
    sqes[at + 6] = 8;
    sqes[at + 8] = BELL_KEY;
    this.#isBellArmed = true;
  }

  #nextSubmission(): number {
    for (let attempt = 0; this.#ring.room === 0; attempt++) {
      this.#ring.enter(0);
      if (attempt > 1000) throw new Error(`the kernel takes no submissions: ${errnoText(16)}`);
    }
    return this.#ring.next();
  }
}
