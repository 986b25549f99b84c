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
import { cancelled, type Waiter, Waiters, type WaitOptions } from "./waiters.ts";

export type { WaitOptions } from "./waiters.ts";

/** How long a task that never waits may run before the others get a turn. */
const TURN_MS = 2;
/** Time until `accept` tries again when no descriptor is left, unless this loop closes a socket first. */
const EXHAUSTED_NS = 100e6;
const EXHAUSTION: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

/** A task that waits for a posted completion, and how it uses the bytes. */
interface Completion {
  readonly waiter: Waiter;
  readonly receive: (payload: Uint8Array | undefined) => void;
}

/**
 * A runtime for code that reads from top to bottom: operations return promises, which `run` or `runOnce`
 * settle. A socket is watched exactly for what tasks wait for. One task at a time may read from a socket, and
 * one may write to it.
 */
export class AsyncLoop {
  readonly runtime: Runtime;
  readonly sockets: SocketFactory;
  readonly pool: BlockPool | undefined;
  readonly #readers = new Map<number, Waiter>();
  readonly #writers = new Map<number, Waiter>();
  readonly #sleepers = new Map<number, Waiter>();
  /** Waiting tasks by the key of a posted completion or a signal. */
  readonly #completions = new Map<number, Completion[]>();
  /** By socket: the task that waits for a block to read into. */
  readonly #blocked = new Map<number, Waiter>();
  /** By listener: the task that waits for a descriptor to accept with. */
  readonly #exhausted = new Map<number, Waiter>();
  /** Number of tasks that have yielded to others. */
  #yielding = 0;
  #turnStartMs = 0;
  #turn: Promise<void> | undefined;
  readonly #batch: EventBatch;
  readonly #waiters: Waiters;
  #isRunning = false;
  #isStopped = false;

  /** `recv` takes its blocks from `pool`. */
  constructor(runtime: Runtime, pool?: BlockPool, batchCapacity = 256) {
    this.runtime = runtime;
    this.pool = pool;
    this.sockets = openSockets(runtime);
    this.#batch = new EventBatch(batchCapacity);
    this.#waiters = new Waiters(runtime, () => this.#noticeIdle());
  }

  /** Number of tasks that wait for something. */
  get waiting(): number {
    let completions = 0;
    for (const waiters of this.#completions.values()) completions += waiters.length;
    const sockets = this.#readers.size + this.#writers.size + this.#blocked.size + this.#exhausted.size;
    return sockets + this.#sleepers.size + completions + this.#yielding;
  }

  /**
   * Waits once and resolves the tasks that waited for what happened. Returns the batch: events that no task
   * waited for stay in it, the others become `KEY_NONE`.
   */
  async runOnce(timeoutNs = -1): Promise<EventBatch> {
    const batch = this.#batch;
    await this.runtime.wait(batch, timeoutNs);
    this.#turnStartMs = performance.now();
    let dispatched = 0;
    for (let at = 0; at < batch.count; at++) {
      if (!this.#dispatch(batch, at)) continue;
      batch.keys[at] = KEY_NONE;
      dispatched++;
    }
    // Run the tasks first: what they wait for next is often ready already, which saves a sleep.
    if (dispatched > 0) await new Promise(setImmediate);
    return batch;
  }

  /** Runs until `stop`, or until no task waits for anything. Events that no task awaits are dropped. */
  async run(): Promise<void> {
    this.#isStopped = false;
    this.#isRunning = true;
    while (!this.#isStopped) {
      // A task whose operation finished immediately waits for nothing yet, but will soon.
      if (this.waiting === 0) await new Promise(setImmediate);
      if (this.waiting === 0) break;
      await this.runOnce();
    }
    this.#isRunning = false;
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

  /** Resolves after the given nanoseconds or later, never earlier. */
  async sleep(nanoseconds: number, signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) throw cancelled();
    const key = this.runtime.startTimer(nanoseconds);
    return this.#waiters.enter(this.#sleepers, key, { signal }, () => () => this.runtime.stopTimer(key));
  }

  /** Resolves with the data of the next completion that is posted with `number`. */
  completion(number: number, options: WaitOptions = {}): Promise<number> {
    return this.#completion(postedKey(number), options, () => undefined);
  }

  /**
   * Resolves with the bytes of the next completion that is posted with `number`; empty if it carries none.
   */
  async message(number: number, options: WaitOptions = {}): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined;
    await this.#completion(postedKey(number), options, (payload) => {
      bytes = payload;
    });
    return bytes ?? new Uint8Array();
  }

  /**
   * Resolves with the number of times the signal arrived since it was last awaited. The signal is watched
   * from the first call on.
   */
  async signal(name: NodeJS.Signals, options: WaitOptions = {}): Promise<number> {
    return this.#completion(this.runtime.watchSignal(name), options, () => undefined);
  }

  /** Listens. Host names are resolved first, without blocking the loop. */
  async listen(endpoint: Endpoint, backlog = 128, tls?: TlsOptions): Promise<Listener> {
    const [first] = await resolveEndpoints(endpoint);
    return this.sockets.listen(first, backlog, tls);
  }

  /**
   * Resolves with the next connection. While the process or the system has no free descriptor, connections
   * wait in the kernel. This function tries again when the loop closes a socket, and every 100 ms.
   */
  async accept(listener: Listener, options: WaitOptions = {}): Promise<StreamSocket> {
    for (;;) {
      let socket: StreamSocket | undefined;
      try {
        socket = listener.tryAccept();
      } catch (error) {
        if (!(error instanceof IoError && EXHAUSTION.has(error.code))) throw error;
        await this.#descriptorFreed(listener, options, error);
        continue;
      }
      if (socket !== undefined) return socket;
      await this.readable(listener.key, options);
    }
  }

  /** Connects, trying the host's addresses in order. Rejects with the `IoError` of the last one. */
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
   * Receives available data into a block of the pool, which the caller releases. Resolves to undefined at the
   * end of the stream. While the pool is empty nothing is read.
   */
  async recv(socket: StreamSocket, options: WaitOptions = {}): Promise<Block | undefined> {
    const pool = this.#poolOrThrow();
    for (;;) {
      const block = pool.take() ?? (await this.#blockFor(socket, pool, options));
      const received = receiveInto(socket, block);
      if (received > 0) {
        block.length = received;
        if (this.#isTurnOver) await this.#nextTurn();
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
    if (this.#isTurnOver) await this.#nextTurn();
  }

  /** Receives the next datagram into `into`. */
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

  /** Closes a socket; tasks that wait for it are rejected with ECANCELED. */
  close(socket: { readonly key: number; close(): void }): void {
    const closed = new IoError("ECANCELED", "the socket was closed");
    const { key } = socket;
    const waiters = [this.#readers, this.#writers, this.#blocked, this.#exhausted].map((map) => map.get(key));
    socket.close();
    for (const waiter of waiters) this.#waiters.reject(waiter, closed);
    for (const waiter of this.#exhausted.values()) this.#waiters.resolve(waiter, 0);
    this.#noticeIdle();
  }

  #dispatch(batch: EventBatch, at: number): boolean {
    const key = batch.keys[at]!;
    const data = batch.data[at]!;
    switch (keyKind(key)) {
      case "source":
        return this.#dispatchSource(key, batch.events[at]!);
      case "timer":
        return this.#dispatchTimer(key, data);
      case "posted":
      case "signal":
        return this.#complete(key, data, batch.payload(at));
      default:
        return false;
    }
  }

  #complete(key: number, data: number, payload: Uint8Array | undefined): boolean {
    const first = this.#completions.get(key)?.[0];
    if (first === undefined) return false;
    first.receive(payload);
    return this.#waiters.resolve(first.waiter, data);
  }

  #completion(
    key: number,
    options: WaitOptions,
    receive: (payload: Uint8Array | undefined) => void,
  ): Promise<number> {
    return this.#waiters.wait(options, (waiter) => {
      const queue = this.#completions.get(key) ?? [];
      this.#completions.set(key, queue);
      const entry = { waiter, receive };
      queue.push(entry);
      return () => {
        const at = queue.indexOf(entry);
        if (at >= 0) queue.splice(at, 1);
        if (queue.length === 0 && this.#completions.get(key) === queue) this.#completions.delete(key);
      };
    });
  }

  #dispatchSource(key: number, events: number): boolean {
    const read = (events & READ) !== 0 && this.#waiters.resolve(this.#readers.get(key), events);
    const write = (events & WRITE) !== 0 && this.#waiters.resolve(this.#writers.get(key), events);
    return read || write;
  }

  #dispatchTimer(key: number, times: number): boolean {
    return this.#waiters.expire(key) || this.#waiters.resolve(this.#sleepers.get(key), times);
  }

  async #waitFor(waiters: Map<number, Waiter>, key: number, options: WaitOptions): Promise<void> {
    await this.#waiters.enter(waiters, key, options, () => {
      this.#derive(key);
      return () => this.#derive(key);
    });
  }

  /** Watches a source for what its waiting tasks need. */
  #derive(key: number): void {
    this.runtime.modify(key, (this.#readers.has(key) ? READ : 0) | (this.#writers.has(key) ? WRITE : 0));
  }

  /** Resolves to a block to read into when it is this socket's turn. */
  async #blockFor(socket: StreamSocket, pool: BlockPool, options: WaitOptions): Promise<Block> {
    let block: Block | undefined;
    await this.#waiters.enter(this.#blocked, socket.key, options, (waiter) =>
      pool.whenAvailable((lent) => {
        block = lent;
        this.#waiters.resolve(waiter, 0);
        this.#noticeIdle();
      }),
    );
    if (block === undefined) throw new Error("a wait for a block has ended without one");
    return block;
  }

  async #descriptorFreed(listener: Listener, options: WaitOptions, reason: IoError): Promise<void> {
    const { timeoutNs = Number.POSITIVE_INFINITY } = options;
    const wait = { ...options, timeoutNs: Math.min(timeoutNs, EXHAUSTED_NS) };
    try {
      await this.#waiters.enter(this.#exhausted, listener.key, wait, () => () => undefined);
    } catch (error) {
      const isOver = !(error instanceof IoError && error.code === "ETIMEDOUT") || timeoutNs <= EXHAUSTED_NS;
      if (isOver) throw error instanceof IoError && error.code === "ETIMEDOUT" ? reason : error;
    }
  }

  get #isTurnOver(): boolean {
    return performance.now() - this.#turnStartMs > TURN_MS;
  }

  /**
   * Lets other tasks and the event loop run. All tasks that yield continue together, so none misses a turn.
   */
  async #nextTurn(): Promise<void> {
    this.#yielding++;
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        this.#turnStartMs = performance.now();
        resolve();
      });
    });
    await this.#turn;
    this.#yielding--;
    this.#noticeIdle();
  }

  /**
   * Wakes `run`, which may sleep, after a wait that ended without an event: `run` returns when no task waits.
   */
  #noticeIdle(): void {
    if (this.#isRunning && this.waiting === 0) this.runtime.wake();
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
