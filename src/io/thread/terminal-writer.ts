import { writeSync } from "node:fs";
import { sleepMs } from "../ffi/clock.ts";
import { SYNC_BEGIN, SYNC_END } from "../render/ansi.ts";

/** Pause before writing again to a terminal that takes no bytes at the moment. */
const EAGAIN_PAUSE_MS = 1;

/** Writes bytes to a descriptor, as `writeSync` does. Tests pass another one. */
export type WriteBytes = (fd: number, bytes: Uint8Array, offset: number, length: number) => number;

/** Learns when a write begins and ends, so that another thread notices one that does not end. */
export interface WriteObserver {
  setWriting(isWriting: boolean): void;
}

/**
 * Writes the picture and its text to the terminal. The bytes that clear the window are held and written
 * together with the picture: in two writes, the window would be empty until the first picture is made.
 */
export class TerminalWriter {
  readonly #fd: number;
  readonly #synchronizes: boolean;
  readonly #observer: WriteObserver;
  readonly #writeBytes: WriteBytes;
  #held: Uint8Array | undefined;

  /** With `synchronizes`, the terminal shows held bytes and those that follow in one step (mode 2026). */
  constructor(
    fd: number,
    synchronizes: boolean,
    observer: WriteObserver,
    writeBytes: WriteBytes = writeSync,
  ) {
    this.#fd = fd;
    this.#synchronizes = synchronizes;
    this.#observer = observer;
    this.#writeBytes = writeBytes;
  }

  /** True if bytes are held. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Holds a copy of the first `length` of the bytes until the next write. */
  hold(bytes: Uint8Array, length: number): void {
    this.#held = Buffer.concat([this.#held ?? new Uint8Array(), bytes.subarray(0, length)]);
  }

  /** Forgets the bytes that are held: the terminal no longer needs them. */
  drop(): void {
    this.#held = undefined;
  }

  /** Writes the held bytes alone. */
  flush(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#writeAll(held, held.length);
  }

  /** Writes the held bytes and the first `length` of `bytes`. Blocks until the terminal has accepted them. */
  write(bytes: Uint8Array, length: number): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) this.#writeAll(bytes, length);
    else {
      const [begin, end] = this.#synchronizes ? [SYNC_BEGIN, SYNC_END] : ["", ""];
      const all = Buffer.concat([Buffer.from(begin), held, bytes.subarray(0, length), Buffer.from(end)]);
      this.#writeAll(all, all.length);
    }
  }

  /** If another program has made the descriptor non-blocking, it waits and tries again. */
  #writeAll(bytes: Uint8Array, length: number): void {
    this.#observer.setWriting(true);
    try {
      for (let at = 0; at < length; ) at += this.#writeSome(bytes, at, length);
    } finally {
      this.#observer.setWriting(false);
    }
  }

  /** Returns the number of bytes that were written. */
  #writeSome(bytes: Uint8Array, at: number, length: number): number {
    try {
      return this.#writeBytes(this.#fd, bytes, at, length - at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN") sleepMs(EAGAIN_PAUSE_MS);
      else if (code !== "EINTR") throw error;
      return 0;
    }
  }
}
