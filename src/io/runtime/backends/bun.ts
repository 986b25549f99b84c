import type { Backend, Capabilities } from "../backend.ts";
import type { EventBatch } from "../event-batch.ts";
import type { SourceTable } from "../source-table.ts";

/** Capabilities of Bun's own loop. */
export const BUN_CAPABILITIES: Capabilities = {
  rawDescriptors: false,
  blockingWait: false,
  tls: true,
};

/** A source that Bun's event loop makes ready: the runtime's own sockets on this backend. */
export interface BunSource {
  /** Its current readiness. */
  readiness(): number;
  /** Sets what its owner wants from now on. */
  want(wanted: number): void;
}

/**
 * Bun's own event loop, on every platform, over epoll, kqueue or IOCP. It has no descriptors; sockets
 * register themselves as sources and report their changes.
 */
export class BunBackend implements Backend {
  readonly name = "bun";
  readonly capabilities = BUN_CAPABILITIES;
  readonly #sources = new Map<number, BunSource>();
  /** Keys of sources that may be ready, the least recently reported first. */
  readonly #ready = new Set<number>();

  /** Registers a source under the key from the source table. */
  register(key: number, source: BunSource): void {
    this.#sources.set(key, source);
  }

  /** Removes a source. */
  unregister(key: number): void {
    this.#sources.delete(key);
    this.#ready.delete(key);
  }

  /** Notes that a source's readiness may have changed. */
  changed(key: number): void {
    this.#ready.add(key);
  }

  arm(_slot: number, key: number, _descriptor: number, wanted: number): void {
    const source = this.#sources.get(key);
    if (source === undefined) return;
    source.want(wanted);
    if (wanted !== 0) this.#ready.add(key);
  }

  collect(sources: SourceTable, batch: EventBatch): void {
    // A source that stays ready goes to the end, so that a full batch does not starve any source.
    let left = this.#ready.size;
    for (const key of this.#ready) {
      if (left-- === 0 || batch.room === 0) return;
      this.#ready.delete(key);
      const readiness = this.#sources.get(key)?.readiness() ?? 0;
      if (readiness !== 0 && sources.report(key, readiness, batch)) this.#ready.add(key);
    }
  }

  close(): void {
    this.#sources.clear();
    this.#ready.clear();
  }
}
