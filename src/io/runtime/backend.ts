import type { EventBatch } from "./event-batch.ts";
import type { SourceTable, Watcher } from "./source-table.ts";

export type BackendName = "bun" | "epoll" | "poll" | "io_uring";

/** What a backend can do beyond the common contract. */
export interface Capabilities {
  /** True if any descriptor can be waited for, and not only the runtime's own sockets. */
  readonly rawDescriptors: boolean;
  /** True if `waitSync` can block the calling thread. */
  readonly blockingWait: boolean;
  readonly tls: boolean;
  readonly batchedFiles: boolean;
}

/**
 * How a runtime learns of readiness. A backend keeps no opinion of its own on what to watch: it is told
 * by `arm`, and it reports what is ready now, again and again as long as it stays so.
 */
export interface Backend extends Watcher {
  readonly name: BackendName;
  readonly capabilities: Capabilities;
  /**
   * Reports ready sources through `sources.report` until `batch` is full. Blocks up to `timeoutNs` for the
   * first (0: not at all, negative: for ever), or until the bell rings.
   */
  collect(sources: SourceTable, batch: EventBatch, timeoutNs: number): void;
  /** What another thread may `poll` in this backend's place; undefined when it need not. */
  readonly watched?: WatchedDescriptors;
  close(): void;
}

/** Descriptors of which at least one becomes readable, or ready as its entry says, when `collect` would report. */
export interface WatchedDescriptors {
  /** Address of an array of `struct pollfd` in shared memory, and its length. */
  pollAddress(): number;
  pollCount(): number;
  /** True if `arm` changes the array, so that nobody may be polling it then. */
  readonly isMutable: boolean;
}
