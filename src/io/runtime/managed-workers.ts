import { InputError } from "../../emu/input-error.ts";

export interface ManagedWorkersOptions {
  /** The module that calls `serveOrders`. */
  readonly module: URL;
  readonly threads: number;
  /** Maximum number of orders that wait for a thread; `submit` rejects further ones. */
  readonly queue: number;
  /** How long `end` lets orders continue before it terminates their threads. Default 1000. */
  readonly endTimeoutMs?: number;
}

interface Pending<Order, Result> {
  readonly order: Order;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

type Reply<Result> = { readonly result: Result } | { readonly message: string };

/**
 * Threads that carry out orders from a bounded queue. A thread that fails is replaced; only its own order
 * fails. `end` lets running orders finish, rejects the others, and leaves no thread running.
 */
export class ManagedWorkers<Order, Result> {
  readonly #options: ManagedWorkersOptions;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Pending<Order, Result>>();
  readonly #queue: Pending<Order, Result>[] = [];
  #isEnding = false;
  #ended: (() => void) | undefined;

  constructor(options: ManagedWorkersOptions) {
    this.#options = options;
    for (let thread = 0; thread < options.threads; thread++) this.#idle.push(this.#start());
  }

  /** Number of orders that wait for a thread. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Number of running orders. */
  get running(): number {
    return this.#busy.size;
  }

  /**
   * Carries an order out and resolves with its result. Rejects with the error that it threw, or with
   * `InputError` ("unavailable") if the queue is full or the threads are ending.
   */
  submit(order: Order): Promise<Result> {
    if (this.#isEnding) return Promise.reject(new InputError("unavailable", "the threads are ending"));
    if (this.#idle.length === 0 && this.#queue.length >= this.#options.queue)
      return Promise.reject(
        new InputError(
          "unavailable",
          `the queue of ${this.#options.queue} orders is full`,
          "",
          "try again later",
        ),
      );
    return new Promise((resolve, reject) => {
      this.#queue.push({ order, resolve, reject });
      this.#next();
    });
  }

  /** Ends the threads. Running orders finish, unless they take too long; waiting orders are rejected. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const refused = new InputError("unavailable", "the threads have ended");
    for (const pending of this.#queue.splice(0)) pending.reject(refused);
    if (this.#busy.size > 0) {
      const finished = new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
      const timer = setTimeout(() => this.#ended?.(), this.#options.endTimeoutMs ?? 1000);
      await finished;
      clearTimeout(timer);
    }
    for (const pending of this.#busy.values()) pending.reject(refused);
    for (const worker of [...this.#idle.splice(0), ...this.#busy.keys()]) worker.terminate();
    this.#busy.clear();
  }

  #start(): Worker {
    const worker = new Worker(this.#options.module);
    worker.onmessage = (event: MessageEvent<Reply<Result>>) => {
      const pending = this.#busy.get(worker);
      if (pending === undefined) return;
      this.#busy.delete(worker);
      this.#idle.push(worker);
      if ("result" in event.data) pending.resolve(event.data.result);
      else pending.reject(new Error(event.data.message));
      this.#next();
    };
    worker.onerror = (event) => this.#replace(worker, event.message);
    worker.addEventListener("close", () => this.#replace(worker, "the thread ended"));
    return worker;
  }

  #replace(worker: Worker, message: string): void {
    const pending = this.#busy.get(worker);
    const at = this.#idle.indexOf(worker);
    if (pending === undefined && at < 0) return;
    this.#busy.delete(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    worker.terminate();
    pending?.reject(new Error(message));
    if (!this.#isEnding) this.#idle.push(this.#start());
    this.#next();
  }

  #next(): void {
    if (this.#isEnding && this.#busy.size === 0) this.#ended?.();
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const worker = this.#idle.pop()!;
      const pending = this.#queue.shift()!;
      this.#busy.set(worker, pending);
      worker.postMessage(pending.order);
    }
  }
}

declare const self: Worker;

/** Makes the calling worker carry out orders, one after the other. */
export function serveOrders<Order, Result>(carryOut: (order: Order) => Result | Promise<Result>): void {
  self.onmessage = async (event: MessageEvent<Order>) => {
    try {
      postMessage({ result: await carryOut(event.data) });
    } catch (error) {
      postMessage({ message: error instanceof Error ? error.message : String(error) });
    }
  };
}
