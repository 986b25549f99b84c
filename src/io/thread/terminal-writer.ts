import { writeSync } from "node:fs";
import { sleepMs } from "../ffi/clock.ts";
import { SYNC_BEGIN, SYNC_END } from "../render/ansi.ts";

/** Pause before writing again to a terminal that takes no bytes at the moment. */
const EAGAIN_PAUSE_MS = 1;

/** Writes bytes to a descriptor, as `writeSync` does. Tests pass another one. */
export type WriteBytes = (fd: number, bytes: Uint8Array, offset: number, length: number) => number;

/**
 * Writes the picture and its text to the terminal. What clears the window waits for the picture that follows:
 * between two writes the player would see an empty window, for as long as the first picture takes.
 */
export class TerminalWriter {
  readonly #fd: number;
  readonly #synchronizes: boolean;
  readonly #writeBytes: WriteBytes;
  #held: Uint8Array | undefined;

  /** With `synchronizes`, the terminal shows what was held and what follows at once (mode 2026). */
  constructor(fd: number, synchronizes: boolean, writeBytes: WriteBytes = writeSync) {
    this.#fd = fd;
    this.#synchronizes = synchronizes;
    this.#writeBytes = writeBytes;
  }

  /** True if bytes wait for others. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Holds a copy of the first `length` of the bytes until others are written. */
  hold(bytes: Uint8Array, length: number): void {
    this.#held = Buffer.concat([this.#held ?? new Uint8Array(), bytes.subarray(0, length)]);
  }

  /** Writes what is held, if nothing follows it. */
  flush(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#writeAll(held, held.length);
  }

  /**
   * Writes what is held and the first `length` of the bytes. Blocks until the terminal has taken them.
   */
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
    for (let at = 0; at < length; ) {
      try {
        at += this.#writeBytes(this.#fd, bytes, at, length - at);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN") sleepMs(EAGAIN_PAUSE_MS);
        else if (code !== "EINTR") throw error;
      }
    }
  }
}
