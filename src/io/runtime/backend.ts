import type { EventBatch } from "./event-batch.ts";
import type { SourceTable, Watcher } from "./source-table.ts";

export type BackendName = "bun" | "epoll" | "poll" | "io_uring";

/** What a backend can do beyond the common contract. */
export interface Capabilities {
  /** True if any descriptor can be waited for, not only the runtime's own sockets. */
  readonly rawDescriptors: boolean;
  /** True if `waitSync` can block the calling thread. */
  readonly blockingWait: boolean;
  readonly tls: boolean;
}

/**
 * How a runtime learns of readiness. A backend does not decide what to watch: `arm` sets it. Every `collect`
 * reports what is ready now, as long as it stays ready.
 */
export interface Backend extends Watcher {
  readonly name: BackendName;
  readonly capabilities: Capabilities;
  /**
   * Reports ready sources through `sources.report` until `batch` is full. Blocks up to `timeoutNs` for the
   * first one (0: does not block, negative: without limit), or until the bell rings.
   */
  collect(sources: SourceTable, batch: EventBatch, timeoutNs: number): void;
  /** What another thread may `poll` instead of this backend; undefined if it need not. */
  readonly watched?: WatchedDescriptors;
  close(): void;
}

/**
 * Descriptors for another thread to poll. At least one becomes ready when `collect` would report something.
 */
export interface WatchedDescriptors {
  /** Address of an array of `struct pollfd` in shared memory, and its length. */
  pollAddress(): number;
  pollCount(): number;
  /** True if `arm` changes the array, so that no thread may be polling it meanwhile. */
  readonly isMutable: boolean;
}
