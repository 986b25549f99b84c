import { InputError } from "../../emu/input-error.ts";
import type { Log } from "../shared/log.ts";
import type { Backend, BackendName, Capabilities } from "./backend.ts";
import { chooseBackend, openBackend, refusedBackends } from "./backends/index.ts";
import { Bell, Poster, type PosterHandle } from "./bell.ts";
import type { EventBatch } from "./event-batch.ts";
import { DescriptorChecker } from "./linux/descriptor-checker.ts";
import { createCells } from "./payload-cells.ts";
import { Sentinel } from "./sentinel.ts";
import { Signals } from "./signals.ts";
import { SourceTable } from "./source-table.ts";
import { Timers } from "./timers.ts";

export interface RuntimeOptions {
  /** The backend. By default the best one that has the capabilities in `needs`. */
  readonly backend?: BackendName;
  /** Capabilities that the default must have. */
  readonly needs?: Partial<Capabilities>;
  /** Maximum number of descriptors and sockets. Default 1024. */
  readonly sources?: number;
  /** Maximum number of timers. Default 1024. */
  readonly timers?: number;
  /** Maximum number of waiting posted completions, a power of two. Default 1024. */
  readonly posts?: number;
  /** Maximum number of bytes that one posted completion carries. Default 0. */
  readonly payloadBytes?: number;
  /** Maximum number of waiting completions with bytes. Default 64. */
  readonly payloads?: number;
  /** Receives which backend was chosen, and why others cannot be used. */
  readonly log?: Log;
}

const NS_PER_MS = 1e6;
/** Parts of a batch: timers and posts get one each, readiness the rest. Unused entries go to the others. */
const SHARES = 3;
/**
 * Bun's event loop must turn for its sockets to become ready. Waits that find something ready immediately do
 * not let it turn, so after this time a wait turns it in any case.
 */
const TURN_NS = 1e6;
/** Longest single sleep of an asynchronous wait: timers of the event loop count 31 bits of milliseconds. */
const MAX_SLEEP_MS = 1e9;

/** The runtime's clock: monotonic nanoseconds of the calling thread. */
export function nowNs(): number {
  return performance.now() * NS_PER_MS;
}

/**
 * One wait for everything: descriptors and sockets that become ready, completions posted from any thread,
 * timers, and wake-ups. A runtime belongs to the thread that created it; other threads reach it by a
 * `Poster`. There are no callbacks: events are entries of the batch that `wait` fills.
 *
 * Every wait reserves a third of the batch for each kind of event, so none starves another: with n ready
 * sources and a batch of b entries, each source is reported within ⌈n / (b / 3)⌉ waits.
 */
export class Runtime {
  readonly backend: Backend;
  readonly sources: SourceTable;
  readonly #timers: Timers;
  readonly #bell: Bell;
  readonly #poster: Poster;
  /** Keeps the event loop alive: a pending `Atomics.waitAsync` does not. */
  #keepAlive: Timer | undefined;
  readonly #signals = new Signals(() => this.ring());
  #sentinel: Sentinel | undefined;
  #checker: DescriptorChecker | undefined;
  /** The batch that was filled last, in which `remove` clears entries. */
  #batch: EventBatch | undefined;
  #turnNs = 0;
  #isWaiting = false;
  #isClosed = false;

  /** Throws `InputError` ("unavailable") if the requested backend does not work here. */
  constructor(options: RuntimeOptions = {}) {
    const slots = options.sources ?? 1024;
    const { backend, descriptor } = openBackend(options.backend ?? chooseBackend(options.needs ?? {}), slots);
    this.backend = backend;
    options.log?.info({ backend: backend.name, refused: refusedBackends() }, "backend chosen");
    this.sources = new SourceTable(slots);
    this.#timers = new Timers(options.timers ?? 1024);
    const { payloadBytes = 0, payloads = 64 } = options;
    const cells = createCells(payloadBytes === 0 ? 0 : payloads, payloadBytes);
    this.#bell = new Bell(options.posts ?? 1024, descriptor, cells);
    this.#poster = new Poster(this.#bell.handle);
  }

  get capabilities(): Capabilities {
    return this.backend.capabilities;
  }

  /** Plain data from which another thread creates its `Poster`. */
  get poster(): PosterHandle {
    return this.#bell.handle;
  }

  /**
   * Waits for a descriptor from now on: for READ, WRITE, both, or 0 for neither yet. Returns its key. The
   * descriptor should be non-blocking; call `remove` before closing it. Throws `InputError` if the backend
   * takes no descriptors or there are too many. Throws `IoError` with the same code on every backend: EBADF
   * if it is not open, EPERM if it can never be waited for (a regular file or a folder), EEXIST if it is
   * already waited for.
   */
  add(descriptor: number, wanted: number): number {
    if (!this.capabilities.rawDescriptors)
      throw new InputError("unavailable", `the ${this.backend.name} backend waits for its own sockets only`);
    this.#checker ??= new DescriptorChecker();
    this.#checker.check(descriptor);
    const key = this.sources.add(descriptor, wanted);
    this.#interrupt();
    return key;
  }

  /**
   * Sets what the owner of a source wants from it from now on, even during a wait. Returns false if the key
   * was removed.
   */
  modify(key: number, wanted: number): boolean {
    const isKnown = this.sources.modify(key, wanted);
    this.#interrupt();
    return isKnown;
  }

  /**
   * Stops waiting for a source; its events in the last batch become `KEY_NONE`. The descriptor stays open.
   */
  remove(key: number): boolean {
    if (this.backend.watched?.isMutable) this.#sentinel?.disarm();
    this.#batch?.forget(key);
    return this.sources.remove(key, this.backend);
  }

  /** As `Poster.post`, from this thread. */
  post(number: number, data: number): boolean {
    return this.#poster.post(number, data);
  }

  /** As `Poster.postBytes`, from this thread. */
  postBytes(number: number, data: number, bytes: Uint8Array): boolean {
    return this.#poster.postBytes(number, data, bytes);
  }

  /**
   * Reports a signal as an event from now on, instead of its default action; returns its key. Only a runtime
   * of the main thread receives signals, and only while the thread does not block.
   */
  watchSignal(name: NodeJS.Signals): number {
    return this.#signals.watch(name);
  }

  /** Restores a signal's default action. Returns false if it was not watched. */
  unwatchSignal(name: NodeJS.Signals): boolean {
    return this.#signals.unwatch(name);
  }

  /** As `Poster.wake`, from this thread: the next wait returns at once. */
  wake(): void {
    this.#poster.wake();
  }

  /** Makes a sleeping wait check its sources again; for code that makes a source ready itself. */
  ring(): void {
    this.#interrupt();
  }

  /** Starts a timer that is due in `delayNs` or later, then every `periodNs` unless that is 0. */
  startTimer(delayNs: number, periodNs = 0): number {
    const key = this.#timers.start(nowNs() + Math.max(0, delayNs), periodNs);
    this.#interrupt();
    return key;
  }

  /** Stops a timer. Returns false if it had expired or been stopped. */
  stopTimer(key: number): boolean {
    this.#batch?.forget(key);
    return this.#timers.stop(key);
  }

  /**
   * Fills `batch` with the events that have happened and returns its number of entries. If there are none,
   * waits up to `timeoutNs` for one: 0 does not wait, a negative timeout waits without limit. The thread
   * continues with other work meanwhile. Only one wait may be in progress.
   */
  async wait(batch: EventBatch, timeoutNs = -1): Promise<number> {
    this.#begin(batch);
    try {
      if (!this.capabilities.rawDescriptors && nowNs() - this.#turnNs > TURN_NS) {
        await new Promise(setImmediate);
        this.#turnNs = nowNs();
      }
      const deadlineNs = timeoutNs < 0 ? Number.POSITIVE_INFINITY : nowNs() + timeoutNs;
      for (;;) {
        if (this.#isClosed || this.#fill(batch, 0) > 0) return batch.count;
        const untilNs = Math.min(deadlineNs, this.#timers.nextDeadlineNs);
        const sleepNs = untilNs - nowNs();
        if (nowNs() >= deadlineNs) return 0;
        if (sleepNs <= 0) continue;
        await this.#sleep(sleepNs / NS_PER_MS);
        this.#bell.wakeUp();
      }
    } finally {
      this.#isWaiting = false;
    }
  }

  /** As `wait`, but blocks the thread: for threads that have no other work. */
  waitSync(batch: EventBatch, timeoutNs = -1): number {
    if (!this.capabilities.blockingWait)
      throw new InputError("unavailable", `the ${this.backend.name} backend cannot block its thread`);
    this.#begin(batch);
    const deadlineNs = timeoutNs < 0 ? Number.POSITIVE_INFINITY : nowNs() + timeoutNs;
    for (;;) {
      const untilNs = Math.min(deadlineNs, this.#timers.nextDeadlineNs);
      const isForEver = untilNs === Number.POSITIVE_INFINITY;
      const sleepNs = isForEver ? -1 : Math.max(0, untilNs - nowNs());
      if (this.#fill(batch, sleepNs) > 0 || nowNs() >= deadlineNs) break;
    }
    this.#isWaiting = false;
    return batch.count;
  }

  /** Ends the runtime; a pending wait returns. Descriptors that were added stay open. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sentinel?.close();
    this.#checker?.close();
    this.#signals.close();
    clearInterval(this.#keepAlive);
    this.backend.close();
    this.#bell.close();
  }

  /** A sleeping wait must check again what has just been changed. */
  #interrupt(): void {
    if (this.#isWaiting) this.#bell.ringHere();
  }

  #begin(batch: EventBatch): void {
    if (this.#isWaiting) throw new Error("this runtime is being waited for already");
    if (this.#isClosed) throw new Error("this runtime is closed");
    this.#isWaiting = true;
    this.#batch = batch;
    batch.clear();
  }

  #fill(batch: EventBatch, timeoutNs: number): number {
    const share = Math.floor(batch.capacity / SHARES);
    this.#timers.collect(nowNs(), batch, share);
    this.#bell.collect(batch, share);
    this.#signals.collect(batch, 1);
    if (this.backend.watched?.isMutable) this.#sentinel?.disarm();
    this.sources.reconcile(this.backend);
    const mayBlock = timeoutNs !== 0 && batch.count === 0 && this.#bell.fallAsleepInKernel();
    this.backend.collect(this.sources, batch, mayBlock ? timeoutNs : 0);
    if (mayBlock) this.#bell.wakeUp();
    this.#timers.collect(nowNs(), batch, batch.room);
    this.#bell.collect(batch, batch.room);
    return batch.count;
  }

  #sleep(timeoutMs: number): Promise<void> {
    this.#keepAlive ??= setInterval(() => undefined, MAX_SLEEP_MS);
    this.#bell.fallAsleep();
    // A sentinel that was about to stop has seen us awake, or is armed again here.
    if (this.backend.watched !== undefined && this.sources.count > 0) {
      this.#sentinel ??= new Sentinel(this.#bell.handle);
      this.#sentinel.arm(this.backend.watched);
    }
    const isForEver = timeoutMs === Number.POSITIVE_INFINITY;
    return this.#bell.sleep(isForEver ? timeoutMs : Math.min(MAX_SLEEP_MS, timeoutMs));
  }
}
