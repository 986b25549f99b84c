import type { Machine } from "../../emu/machine.ts";
import type { ChannelReadings } from "../../emu/sound-channels.ts";
import type { ScopeBlock } from "./layout.ts";
import { SCOPE_HEAD } from "./layout-words.ts";

/**
 * The machine's end of a ring of readings of its sound channels, one for each frame. It never waits: the
 * oldest readings are replaced.
 */
export class ScopeWriter {
  readonly #block: ScopeBlock;

  constructor(block: ScopeBlock) {
    this.#block = block;
  }

  /** Adds how the machine's channels sound now. Does nothing for machines without channel readings. */
  push(machine: Machine): void {
    const { words, frames } = this.#block;
    if (frames.length === 0 || machine.readChannels === undefined) return;
    const head = Atomics.load(words, SCOPE_HEAD);
    machine.readChannels(frames[(head >>> 0) % frames.length]!);
    Atomics.store(words, SCOPE_HEAD, (head + 1) | 0);
  }
}

/** The display's end. */
export class ScopeReader {
  readonly #block: ScopeBlock;
  #tail: number;

  /** Starts with the next frame. */
  constructor(block: ScopeBlock) {
    this.#block = block;
    this.#tail = Atomics.load(block.words, SCOPE_HEAD);
  }

  /**
   * Passes each reading that has come since the last call, the oldest first, except those of the last
   * `delay` frames: they are heard later. The readings are only valid during the call. If there are too many
   * for the ring, the oldest are left out.
   */
  take(delay: number, use: (reading: ChannelReadings) => void): void {
    const { words, frames } = this.#block;
    if (frames.length === 0) return;
    const until = (Atomics.load(words, SCOPE_HEAD) - delay) | 0;
    const count = (until - this.#tail) | 0;
    // The machine may write half a ring meanwhile without reaching what is read.
    const most = Math.max(1, (frames.length >> 1) - delay);
    if (count > most) this.#tail = (until - most) | 0;
    for (; ((until - this.#tail) | 0) > 0; this.#tail = (this.#tail + 1) | 0)
      use(frames[(this.#tail >>> 0) % frames.length]!);
  }
}
