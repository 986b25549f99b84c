import type { Backend, Capabilities } from "../backend.ts";
import type { EventBatch } from "../event-batch.ts";
import type { SourceTable } from "../source-table.ts";

/** What Bun's own loop can do. */
export const BUN_CAPABILITIES: Capabilities = {
  rawDescriptors: false,
  blockingWait: false,
  tls: true,
  batchedFiles: false,
};

/** A source that Bun's event loop makes ready: the runtime's own sockets on this backend. */
export interface BunSource {
  /** What it is ready for now. */
  readiness(): number;
  /** What its owner wants of it from now on. */
  want(wanted: number): void;
}

/**
 * Bun's own event loop, on every platform: epoll, kqueue or IOCP are below it. It has no descriptors;
 * sockets register themselves as sources and say when something about them has changed.
 */
export class BunBackend implements Backend {
  readonly name = "bun";
  readonly capabilities = BUN_CAPABILITIES;
  readonly #sources = new Map<number, BunSource>();
  /** Keys of sources that may be ready, the one told least recently first. */
  readonly #ready = new Set<number>();

  /** Enters a source; the source table has given the key. */
  register(key: number, source: BunSource): void {
    this.#sources.set(key, source);
  }

  /** Takes a source out. */
  unregister(key: number): void {
    this.#sources.delete(key);
    this.#ready.delete(key);
  }

  /** A source's readiness may have changed. */
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
    // A source that stays ready goes to the end, so that a full batch starves nobody.
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
