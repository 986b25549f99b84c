import type { AsyncLoop } from "../runtime/async-loop.ts";
import { type StreamSocket, WOULD_BLOCK } from "../runtime/sockets/types.ts";
import type { MemoryBudget } from "./memory-budget.ts";

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
  readonly #budget: MemoryBudget;
  readonly #reportGone: () => void;
  #tail: Uint8Array | undefined;
  /** Bytes taken from the budget. */
  #keptBytes = 0;
  #isOver = false;

  /** Unsent bytes count against `budget`. */
  constructor(loop: AsyncLoop, socket: StreamSocket, budget: MemoryBudget) {
    this.#budget = budget;
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
    if (!this.#budget.take(bytes.length - sent)) {
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
    while (this.#tail !== undefined) {
      try {
        await this.#loop.writable(this.#socket.key);
      } catch {
        this.close();
        return;
      }
      const tail: Uint8Array | undefined = this.#tail;
      if (tail === undefined) return;
      const sent = this.#trySend(tail);
      if (this.#isOver) return;
      if (sent < tail.length) this.#tail = tail.subarray(sent);
      else this.#forgetTail();
    }
  }

  #forgetTail(): void {
    this.#tail = undefined;
    this.#budget.take(-this.#keptBytes);
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
