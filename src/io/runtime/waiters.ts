import { IoError } from "./io-error.ts";
import { KEY_NONE } from "./keys.ts";
import type { Runtime } from "./runtime.ts";

/** When to give up waiting. */
export interface WaitOptions {
  /** After this many nanoseconds the operation rejects with `IoError` ETIMEDOUT. */
  readonly timeoutNs?: number;
  /** When it is aborted, the operation rejects with `IoError` ECANCELED. */
  readonly signal?: AbortSignal | undefined;
}

/** One wait of a task. It is settled once: by an event, its time limit or its signal. */
export interface Waiter {
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
  /** The timer of its time limit, or `KEY_NONE`. */
  readonly timer: number;
  /** Removes it from its map, and its listener from its signal. */
  leave: () => void;
}

/** Makes waiters and settles them. However a wait ends, its timer, listener and entry are removed. */
export class Waiters {
  readonly #runtime: Runtime;
  /** Called when a wait was ended by a signal, which comes from outside the runtime. */
  readonly #onCancelled: () => void;
  readonly #timeouts = new Map<number, Waiter>();

  constructor(runtime: Runtime, onCancelled: () => void) {
    this.#runtime = runtime;
    this.#onCancelled = onCancelled;
  }

  /**
   * Waits. `enter` stores the waiter where events find it and returns a function that removes it. Rejects
   * immediately, without entering anything, if the signal is already aborted or no timer is left for the
   * limit.
   */
  async wait(options: WaitOptions, enter: (waiter: Waiter) => () => void): Promise<number> {
    const { signal, timeoutNs } = options;
    if (signal?.aborted) throw cancelled();
    const timer = timeoutNs === undefined ? KEY_NONE : this.#runtime.startTimer(timeoutNs);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiter: Waiter = { resolve, reject, timer, leave: () => undefined };
    const abort = () => {
      this.reject(waiter, cancelled());
      this.#onCancelled();
    };
    signal?.addEventListener("abort", abort);
    if (timer !== KEY_NONE) this.#timeouts.set(timer, waiter);
    const leave = enter(waiter);
    waiter.leave = () => {
      signal?.removeEventListener("abort", abort);
      leave();
    };
    return promise;
  }

  /**
   * As `wait`, under a key in `map`. `entered` is called once the waiter is stored; the function it returns
   * is called when the waiter leaves.
   */
  enter(
    map: Map<number, Waiter>,
    key: number,
    options: WaitOptions,
    entered: (waiter: Waiter) => () => void,
  ): Promise<number> {
    if (map.has(key)) throw new Error("another wait for this source exists already");
    return this.wait(options, (waiter) => {
      map.set(key, waiter);
      const left = entered(waiter);
      return () => {
        if (map.get(key) === waiter) map.delete(key);
        left();
      };
    });
  }

  /** Ends the wait that this timer limits. Returns false if the timer is not a time limit. */
  expire(timer: number): boolean {
    const waiter = this.#timeouts.get(timer);
    return this.reject(waiter, new IoError("ETIMEDOUT", "nothing happened in time"));
  }

  /** Resolves a wait. Returns false if there is none. */
  resolve(waiter: Waiter | undefined, value: number): boolean {
    if (waiter === undefined) return false;
    this.#settle(waiter);
    waiter.resolve(value);
    return true;
  }

  /** Rejects a wait. Returns false if there is none. */
  reject(waiter: Waiter | undefined, error: Error): boolean {
    if (waiter === undefined) return false;
    this.#settle(waiter);
    waiter.reject(error);
    return true;
  }

  #settle(waiter: Waiter): void {
    if (waiter.timer !== KEY_NONE) {
      this.#timeouts.delete(waiter.timer);
      this.#runtime.stopTimer(waiter.timer);
    }
    waiter.leave();
  }
}

export function cancelled(): IoError {
  return new IoError("ECANCELED", "the wait was cancelled");
}
