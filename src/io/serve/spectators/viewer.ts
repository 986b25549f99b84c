import type { AsyncLoop } from "../../runtime/async-loop.ts";
import { IoError } from "../../runtime/io-error.ts";
import { type StreamSocket, WOULD_BLOCK } from "../../runtime/sockets/types.ts";
import type { MemoryBudget } from "../memory-budget.ts";

/**
 * Time between two attempts to send the rest of a picture. The kernel takes bytes as soon as the peer has
 * read some, but reports the socket as writable only when a third of its buffer is free. That may be
 * megabytes, which take a slow link minutes.
 */
const RETRY_SECONDS = 1;

/** What a viewer shares with others. */
export interface ViewerOptions {
  /** Unsent bytes count against it. */
  readonly budget: MemoryBudget;
  /** A viewer that reads nothing for this many seconds while a picture waits is disconnected. */
  readonly stallSeconds: number;
  /** Called before a viewer is disconnected for that reason. */
  readonly onStall: () => void;
}

/**
 * A spectator's connection. At most one picture is being sent: the part that the kernel did not take is
 * stored here, and until it is sent the spectator misses pictures.
 */
export class Viewer {
  /** The last turn of its group that it received. */
  turn = 0;
  /** Number of pictures dropped because it was too slow. */
  missed = 0;
  /** Resolves when its connection is closed. */
  readonly gone: Promise<void>;
  readonly #loop: AsyncLoop;
  readonly #socket: StreamSocket;
  readonly #options: ViewerOptions;
  readonly #reportGone: () => void;
  #tail: Uint8Array | undefined;
  /** Bytes taken from the budget. */
  #keptBytes = 0;
  #isOver = false;

  constructor(loop: AsyncLoop, socket: StreamSocket, options: ViewerOptions) {
    this.#options = options;
    this.#loop = loop;
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#reportGone = resolve;
  }

  /** True if it can take a picture. */
  get isReady(): boolean {
    return this.#tail === undefined && !this.#isOver;
  }

  /** True if its connection is closed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Sends bytes, which the caller may reuse afterwards. Call it only if `isReady`. If the budget has no room
   * for the unsent part, the viewer is disconnected.
   */
  send(bytes: Uint8Array): void {
    const sent = this.#trySend(bytes);
    if (this.#isOver || sent === bytes.length) return;
    if (!this.#options.budget.take(bytes.length - sent)) {
      this.close();
      return;
    }
    this.#keptBytes = bytes.length - sent;
    this.#tail = bytes.slice(sent);
    void this.#drain();
  }

  /** Closes the connection, which ends the task that reads from it. */
  close(): void {
    this.#isOver = true;
    this.#forgetTail();
    this.#loop.close(this.#socket);
    this.#reportGone();
  }

  async #drain(): Promise<void> {
    let unreadSeconds = 0;
    while (this.#tail !== undefined) {
      try {
        await this.#loop.writable(this.#socket.key, { timeoutNs: RETRY_SECONDS * 1e9 });
      } catch (error) {
        if (!(error instanceof IoError && error.code === "ETIMEDOUT")) {
          this.close();
          return;
        }
        // Not read from a clock: while this process is stopped, it would count against the viewer.
        unreadSeconds += RETRY_SECONDS;
      }
      const tail: Uint8Array | undefined = this.#tail;
      if (tail === undefined) return;
      const sent = this.#trySend(tail);
      if (this.#isOver) return;
      if (sent < tail.length) this.#tail = tail.subarray(sent);
      else this.#forgetTail();
      if (sent > 0) unreadSeconds = 0;
      else if (unreadSeconds >= this.#options.stallSeconds) {
        this.#options.onStall();
        this.close();
      }
    }
  }

  #forgetTail(): void {
    this.#tail = undefined;
    this.#options.budget.take(-this.#keptBytes);
    this.#keptBytes = 0;
  }

  /** Returns the number of bytes sent. Marks the viewer as over if the connection is broken. */
  #trySend(bytes: Uint8Array): number {
    if (bytes.length === 0) return 0;
    try {
      const taken = this.#socket.trySend(bytes);
      return taken === WOULD_BLOCK ? 0 : taken;
    } catch {
      this.close();
      return 0;
    }
  }
}
