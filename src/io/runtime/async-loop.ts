import { InputError } from "../../emu/input-error.ts";
import type { Block, BlockPool } from "./block-pool.ts";
import { EventBatch } from "./event-batch.ts";
import { IoError } from "./io-error.ts";
import { KEY_NONE, keyKind, postedKey, READ, WRITE } from "./keys.ts";
import type { Runtime } from "./runtime.ts";
import { openSockets } from "./sockets/index.ts";
import { resolveEndpoints } from "./sockets/resolve.ts";
import type {
  Datagram,
  DatagramSocket,
  Endpoint,
  Listener,
  SocketFactory,
  StreamSocket,
  TlsOptions,
} from "./sockets/types.ts";
import { WOULD_BLOCK } from "./sockets/types.ts";

/** When to give up waiting. */
export interface WaitOptions {
  /** Nanoseconds; then the operation rejects with `IoError` ETIMEDOUT. */
  readonly timeoutNs?: number;
  /** Then it rejects with `IoError` ECANCELED. */
  readonly signal?: AbortSignal | undefined;
}

/** Something that a task waits for: settled once, by an event, its time limit, or its signal. */
interface Waiter {
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
  /** Its time limit, or `KEY_NONE`. */
  timer: number;
  /** Takes it out of wherever it is entered, and its listener off its signal. */
  leave: () => void;
}

/**
 * The runtime for code that reads top to bottom: operations are promises, which `run` or `runOnce` keeps
 * going. What a socket is watched for follows from who waits for it, and from nothing else. One task at
 * a time may read from a socket, and one write to it.
 */
export class AsyncLoop {
  readonly runtime: Runtime;
  readonly sockets: SocketFactory;
  readonly pool: BlockPool | undefined;
  readonly #readers = new Map<number, Waiter>();
  readonly #writers = new Map<number, Waiter>();
  readonly #sleepers = new Map<number, Waiter>();
  readonly #timeouts = new Map<number, () => void>();
  readonly #completions = new Map<number, Waiter[]>();
  readonly #batch: EventBatch;
  #isStopped = false;

  /** `pool` is where `recv` gets its blocks from. */
  constructor(runtime: Runtime, pool?: BlockPool, batchCapacity = 256) {
    this.runtime = runtime;
    this.pool = pool;
    this.sockets = openSockets(runtime);
    this.#batch = new EventBatch(batchCapacity);
  }

  /** Tasks that wait for something. */
  get waiting(): number {
    let completions = 0;
    for (const waiters of this.#completions.values()) completions += waiters.length;
    return this.#readers.size + this.#writers.size + this.#sleepers.size + completions;
  }

  /**
   * Waits once and lets go on whoever waited for what has happened. Returns the batch: the events that
   * nobody waited for are left in it, the others are `KEY_NONE`.
   */
  async runOnce(timeoutNs = -1): Promise<EventBatch> {
    const batch = this.#batch;
    await this.runtime.wait(batch, timeoutNs);
    let dispatched = 0;
    for (let at = 0; at < batch.count; at++) {
      if (!this.#dispatch(batch.keys[at]!, batch.events[at]!, batch.data[at]!)) continue;
      batch.keys[at] = KEY_NONE;
      dispatched++;
    }
    // Tasks go on first: what they then wait for is often there already, and costs no sleep.
    if (dispatched > 0) await new Promise(setImmediate);
    return batch;
  }

  /** Runs until `stop`, or until nobody waits for anything any more. Events that nobody awaits are dropped. */
  async run(): Promise<void> {
    this.#isStopped = false;
    while (!this.#isStopped) {
      // A task whose operation was done at once waits for nothing now, and will in a moment.
      if (this.waiting === 0) await new Promise(setImmediate);
      if (this.waiting === 0) return;
      await this.runOnce();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.runtime.wake();
  }

  /** Resolves when a source can be read, or has ended or failed. */
  async readable(key: number, options: WaitOptions = {}): Promise<void> {
    await this.#waitFor(this.#readers, key, options);
  }

  /** Resolves when a source can be written, or has failed. */
  async writable(key: number, options: WaitOptions = {}): Promise<void> {
    await this.#waitFor(this.#writers, key, options);
  }

  /** Resolves no earlier than after so many nanoseconds. */
  sleep(nanoseconds: number, signal?: AbortSignal): Promise<number> {
    const key = this.runtime.startTimer(nanoseconds);
    return this.#enter(this.#sleepers, key, { signal }, () => this.runtime.stopTimer(key));
  }

  /** Resolves with the data of the next completion that is posted with `number`. */
  completion(number: number, options: WaitOptions = {}): Promise<number> {
    const key = postedKey(number);
    const queue = this.#completions.get(key) ?? [];
    this.#completions.set(key, queue);
    return this.#wait(options, (waiter) => {
      queue.push(waiter);
      return () => {
        const at = queue.indexOf(waiter);
        if (at >= 0) queue.splice(at, 1);
        if (queue.length === 0 && this.#completions.get(key) === queue) this.#completions.delete(key);
      };
    });
  }

  /** Listens. Host names are resolved first, without blocking the loop. */
  async listen(endpoint: Endpoint, backlog = 128, tls?: TlsOptions): Promise<Listener> {
    const [first] = await resolveEndpoints(endpoint);
    return this.sockets.listen(first, backlog, tls);
  }

  /** The next connection. */
  async accept(listener: Listener, options: WaitOptions = {}): Promise<StreamSocket> {
    for (;;) {
      const socket = listener.tryAccept();
      if (socket !== undefined) return socket;
      await this.readable(listener.key, options);
    }
  }

  /** Connects, to one address of the host after the other. Rejects with the last one's `IoError`. */
  async connect(endpoint: Endpoint, options: WaitOptions = {}, tls?: TlsOptions): Promise<StreamSocket> {
    let failure: unknown;
    for (const address of await resolveEndpoints(endpoint)) {
      const socket = this.sockets.connect(address, tls);
      try {
        do await this.writable(socket.key, options);
        while (socket.trySend(new Uint8Array()) === WOULD_BLOCK);
        return socket;
      } catch (error) {
        this.close(socket);
        failure = error;
      }
    }
    throw failure;
  }

  /**
   * Receives what is there into a block of the pool, which the caller gives back; undefined at the end of
   * the stream. While the pool is empty nothing is read.
   */
  async recv(socket: StreamSocket, options: WaitOptions = {}): Promise<Block | undefined> {
    const pool = this.#poolOrThrow();
    for (;;) {
      const block = pool.take();
      if (block === undefined) {
        await this.#blockAvailable(pool, options);
        continue;
      }
      const received = receiveInto(socket, block);
      if (received > 0) {
        block.length = received;
        return block;
      }
      block.release();
      if (received === 0) return undefined;
      await this.readable(socket.key, options);
    }
  }

  /** Sends all of `bytes`. */
  async send(socket: StreamSocket, bytes: Uint8Array, options: WaitOptions = {}): Promise<void> {
    let sent = 0;
    while (sent < bytes.length) {
      const taken = socket.trySend(sent === 0 ? bytes : bytes.subarray(sent));
      if (taken === WOULD_BLOCK) await this.writable(socket.key, options);
      else sent += taken;
    }
  }

  /** The next datagram, into `into`. */
  async recvFrom(
    socket: DatagramSocket,
    into: Uint8Array<SharedArrayBuffer>,
    options: WaitOptions = {},
  ): Promise<Datagram> {
    for (;;) {
      const datagram = socket.tryRecvFrom(into);
      if (datagram !== undefined) return datagram;
      await this.readable(socket.key, options);
    }
  }

  /** Sends one datagram to a numeric address. */
  async sendTo(
    socket: DatagramSocket,
    bytes: Uint8Array,
    host: string,
    port: number,
    options: WaitOptions = {},
  ): Promise<void> {
    while (!socket.trySendTo(bytes, host, port)) await this.writable(socket.key, options);
  }

  /** Closes a socket; who waits for it is told ECANCELED. */
  close(socket: { readonly key: number; close(): void }): void {
    const cancelled = new IoError("ECANCELED", "the socket was closed");
    const waiters = [this.#readers.get(socket.key), this.#writers.get(socket.key)];
    socket.close();
    for (const waiter of waiters) this.#reject(waiter, cancelled);
  }

  #dispatch(key: number, events: number, data: number): boolean {
    switch (keyKind(key)) {
      case "source":
        return this.#dispatchSource(key, events);
      case "timer":
        return this.#dispatchTimer(key, data);
      case "posted":
        return this.#resolve(this.#completions.get(key)?.[0], data);
      default:
        return false;
    }
  }

  #dispatchSource(key: number, events: number): boolean {
    const read = (events & READ) !== 0 && this.#resolve(this.#readers.get(key), events);
    const write = (events & WRITE) !== 0 && this.#resolve(this.#writers.get(key), events);
    return read || write;
  }

  #dispatchTimer(key: number, times: number): boolean {
    const expire = this.#timeouts.get(key);
    expire?.();
    return expire !== undefined || this.#resolve(this.#sleepers.get(key), times);
  }

  async #waitFor(waiters: Map<number, Waiter>, key: number, options: WaitOptions): Promise<void> {
    if (waiters.has(key)) throw new Error("somebody waits for this source already");
    const waiting = this.#enter(waiters, key, options, () => this.#derive(key));
    this.#derive(key);
    await waiting;
  }

  /** What a source is watched for is who waits for it. */
  #derive(key: number): void {
    this.runtime.modify(key, (this.#readers.has(key) ? READ : 0) | (this.#writers.has(key) ? WRITE : 0));
  }

  #enter(waiters: Map<number, Waiter>, key: number, options: WaitOptions, left: () => void): Promise<number> {
    return this.#wait(options, (waiter) => {
      waiters.set(key, waiter);
      return () => {
        if (waiters.get(key) === waiter) waiters.delete(key);
        left();
      };
    });
  }

  #wait(options: WaitOptions, enter: (waiter: Waiter) => () => void): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiter: Waiter = { resolve, reject, timer: KEY_NONE, leave: () => undefined };
    const { signal, timeoutNs } = options;
    if (signal?.aborted) return Promise.reject(new IoError("ECANCELED", "the wait was cancelled"));
    const abort = () => this.#reject(waiter, new IoError("ECANCELED", "the wait was cancelled"));
    signal?.addEventListener("abort", abort);
    const leave = enter(waiter);
    waiter.leave = () => {
      signal?.removeEventListener("abort", abort);
      leave();
    };
    if (timeoutNs !== undefined) {
      waiter.timer = this.runtime.startTimer(timeoutNs);
      this.#timeouts.set(waiter.timer, () =>
        this.#reject(waiter, new IoError("ETIMEDOUT", "nothing happened in time")),
      );
    }
    return promise;
  }

  #settle(waiter: Waiter): void {
    if (waiter.timer !== KEY_NONE) {
      this.#timeouts.delete(waiter.timer);
      this.runtime.stopTimer(waiter.timer);
    }
    waiter.leave();
  }

  #resolve(waiter: Waiter | undefined, value: number): boolean {
    if (waiter === undefined) return false;
    this.#settle(waiter);
    waiter.resolve(value);
    return true;
  }

  #reject(waiter: Waiter | undefined, error: Error): void {
    if (waiter === undefined) return;
    this.#settle(waiter);
    waiter.reject(error);
    // A signal comes from outside: `run` has to notice that nobody waits any more.
    if (this.waiting === 0) this.runtime.wake();
  }

  async #blockAvailable(pool: BlockPool, options: WaitOptions): Promise<void> {
    await this.#wait(options, (waiter) => {
      let hasLeft = false;
      pool.whenAvailable(() => {
        // Somebody who gave up hands the block on to the next.
        if (hasLeft) pool.passOn();
        else this.#resolve(waiter, 0);
      });
      return () => {
        hasLeft = true;
      };
    });
  }

  #poolOrThrow(): BlockPool {
    if (this.pool === undefined) throw new InputError("unavailable", "this loop has no block pool");
    return this.pool;
  }
}

function receiveInto(socket: StreamSocket, block: Block): number {
  try {
    return socket.tryRecv(block.bytes);
  } catch (error) {
    block.release();
    throw error;
  }
}
