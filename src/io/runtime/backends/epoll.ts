import { errno } from "../../ffi/libc.ts";
import type { Backend, WatchedDescriptors } from "../backend.ts";
import type { EventBatch } from "../event-batch.ts";
import {
  callError,
  EINTR,
  ENOENT,
  ENOSYS,
  KernelMemory,
  LINUX_CAPABILITIES,
  libc,
  POLLIN,
  pollMask,
  readinessOf,
  Timespec,
} from "../linux/calls.ts";
import type { SourceTable } from "../source-table.ts";

const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLET = 1 << 31;
const SYS_EPOLL_PWAIT2 = 441;
const NS_PER_MS = 1e6;
/** `struct epoll_event` is packed on x86-64 alone: 32 bits of events, then 64 of data. */
const EVENT_WORDS = process.arch === "x64" ? 3 : 4;
const DATA_WORD = process.arch === "x64" ? 1 : 2;
/** Data of the eventfd: no source has this key. */
const BELL_KEY = 0;
const MOST_EVENTS = 1024;

/** Linux's epoll, level-triggered: what is ready is told at every wait until it no longer is. */
export class EpollBackend implements Backend {
  readonly name = "epoll";
  readonly capabilities = LINUX_CAPABILITIES;
  readonly watched: WatchedDescriptors;
  readonly #epoll: number;
  readonly #control = new KernelMemory(16);
  readonly #events = new KernelMemory(MOST_EVENTS * EVENT_WORDS * 4);
  readonly #timespec = new Timespec();
  /** Whether the kernel has `epoll_pwait2`, which counts nanoseconds (5.11). */
  #hasPwait2 = true;

  /** `bell` is an eventfd; its edges end waits. Throws `InputError` when there is no epoll. */
  constructor(bell: number) {
    this.#epoll = libc().epoll_create1(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw callError("epoll_create1");
    // Edge-triggered, so that it need not be read: every write to it is an edge.
    this.#call(EPOLL_CTL_ADD, bell, POLLIN | EPOLLET, BELL_KEY);
    const watched = new KernelMemory(8);
    watched.words[0] = this.#epoll;
    watched.words[1] = POLLIN;
    this.watched = {
      pollAddress: () => watched.address as number,
      pollCount: () => 1,
      isMutable: false,
    };
  }

  arm(_slot: number, key: number, descriptor: number, wanted: number, armed: number): void {
    if (wanted === 0) {
      this.#call(EPOLL_CTL_DEL, descriptor, 0, key);
      return;
    }
    this.#call(armed === 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, pollMask(wanted), key);
  }

  collect(sources: SourceTable, batch: EventBatch, timeoutNs: number): void {
    const most = Math.min(MOST_EVENTS, batch.room);
    const count = this.#wait(most, timeoutNs);
    const { words } = this.#events;
    for (let i = 0; i < count; i++) {
      const key = words[i * EVENT_WORDS + DATA_WORD]! >>> 0;
      if (key !== BELL_KEY) sources.report(key, readinessOf(words[i * EVENT_WORDS]!), batch);
    }
  }

  close(): void {
    libc().close(this.#epoll);
  }

  #wait(most: number, timeoutNs: number): number {
    const address = this.#events.address;
    let count: number;
    if (timeoutNs === 0 || timeoutNs < 0 || !this.#hasPwait2) {
      const timeoutMs = timeoutNs < 0 ? -1 : Math.min(0x7fff_ffff, Math.ceil(timeoutNs / NS_PER_MS));
      count = libc().epoll_wait(this.#epoll, address, most, timeoutMs);
    } else {
      const timespec = this.#timespec.set(timeoutNs) ?? 0;
      count = libc().syscall(SYS_EPOLL_PWAIT2, this.#epoll, address, most, timespec as number, 0, 0);
    }
    if (count >= 0) return count;
    const code = errno();
    if (code === ENOSYS && this.#hasPwait2) {
      this.#hasPwait2 = false;
      return this.#wait(most, timeoutNs);
    }
    if (code !== EINTR) throw callError("epoll_wait", code);
    return 0;
  }

  #call(operation: number, descriptor: number, mask: number, key: number): void {
    const { words, address } = this.#control;
    words[0] = mask;
    words[DATA_WORD] = key;
    words[DATA_WORD + 1] = 0;
    if (libc().epoll_ctl(this.#epoll, operation, descriptor, address) === 0) return;
    const code = errno();
    // A descriptor that was closed under us has left by itself.
    if (operation === EPOLL_CTL_DEL && code !== ENOENT) return;
    if (operation !== EPOLL_CTL_DEL) throw callError("epoll_ctl", code);
  }
}
