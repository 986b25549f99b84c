import { constants } from "node:os";
import type { EventBatch } from "./event-batch.ts";
import { signalKey } from "./keys.ts";

/**
 * Signals that a runtime reports as events instead of taking their default action. Only the main thread
 * receives signals.
 */
export class Signals {
  /** By watched signal: how often it arrived since it was last reported, and its listener. */
  readonly #watched = new Map<NodeJS.Signals, { times: number; readonly listener: () => void }>();
  readonly #onSignal: () => void;

  /** `onSignal` is called when a signal arrives. */
  constructor(onSignal: () => void) {
    this.#onSignal = onSignal;
  }

  /** Reports a signal from now on; returns its key. */
  watch(name: NodeJS.Signals): number {
    if (!this.#watched.has(name)) {
      const entry = {
        times: 0,
        listener: () => {
          entry.times++;
          this.#onSignal();
        },
      };
      process.on(name, entry.listener);
      this.#watched.set(name, entry);
    }
    return signalKey(constants.signals[name]);
  }

  /** Restores a signal's default action. Returns false if it was not watched. */
  unwatch(name: NodeJS.Signals): boolean {
    const entry = this.#watched.get(name);
    if (entry === undefined) return false;
    process.off(name, entry.listener);
    return this.#watched.delete(name);
  }

  /** Adds up to `most` signals that arrived to `batch`, each with its count. */
  collect(batch: EventBatch, most: number): void {
    let left = most;
    for (const [name, entry] of this.#watched) {
      if (left === 0) return;
      if (entry.times === 0) continue;
      batch.push(signalKey(constants.signals[name]), 0, entry.times);
      entry.times = 0;
      left--;
    }
  }

  close(): void {
    for (const name of [...this.#watched.keys()]) this.unwatch(name);
  }
}
