import type { AsyncLoop } from "../runtime/async-loop.ts";
import type { StreamSocket } from "../runtime/sockets/types.ts";
import { WOULD_BLOCK } from "../runtime/sockets/types.ts";

/** A peer that reads nothing for this long while an answer waits is disconnected. */
const STALLED_NS = 30e9;

/** Sends bytes to one peer in order: at once if the kernel takes them, the rest later. */
export class Outbox {
  readonly #loop: AsyncLoop;
  readonly #socket: StreamSocket;
  readonly #onBroken: () => void;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #draining: Promise<void> | undefined;
  #isBroken = false;

  /** `onBroken` is called once, when nothing more can be sent. */
  constructor(loop: AsyncLoop, socket: StreamSocket, onBroken: () => void) {
    this.#loop = loop;
    this.#socket = socket;
    this.#onBroken = onBroken;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Sends bytes, or keeps them until they can be sent. */
  send(bytes: Uint8Array): void {
    if (this.#isBroken) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#draining !== undefined) return;
    if (this.#flush()) return;
    this.#draining = this.#drain();
  }

  /** Resolves when everything has been sent or the connection is broken. */
  async settle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    try {
      do await this.#loop.writable(this.#socket.key, { timeoutNs: STALLED_NS });
      while (!this.#flush());
    } catch {
      this.#break();
    } finally {
      this.#draining = undefined;
    }
  }

  /** Sends what it can. Returns true if nothing is left or the connection is broken. */
  #flush(): boolean {
    try {
      for (let bytes = this.#queue[0]; bytes !== undefined; bytes = this.#queue[0]) {
        const taken = this.#socket.trySend(bytes);
        if (taken === WOULD_BLOCK) return false;
        this.#queuedBytes -= taken;
        if (taken < bytes.length) this.#queue[0] = bytes.subarray(taken);
        else this.#queue.shift();
      }
    } catch {
      this.#break();
    }
    return true;
  }

  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#onBroken();
  }
}
