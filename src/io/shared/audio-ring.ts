import type { AudioBlock } from "./layout.ts";
import { AUDIO_HEAD, AUDIO_TAIL } from "./layout-words.ts";

/**
 * The machine's end of a ring of signed 16-bit samples; those of several channels alternate. It never waits.
 */
export class AudioWriter {
  readonly #words: Int32Array;
  readonly #samples: Int16Array;
  readonly #mask: number;
  #head: number;

  constructor(block: AudioBlock) {
    this.#words = block.words;
    this.#samples = block.samples;
    this.#mask = block.samples.length - 1;
    this.#head = Atomics.load(this.#words, AUDIO_HEAD);
  }

  /**
   * Adds the first `count` elements of `samples`, or as many as there is room for. Returns the number added.
   * Without a reader the ring fills up, and the rest is dropped. `count` is a multiple of the channels, and
   * so is the room.
   */
  push(samples: Int16Array, count: number): number {
    const tail = Atomics.load(this.#words, AUDIO_TAIL);
    const room = this.#mask + 1 - ((this.#head - tail) | 0);
    const accepted = Math.min(count, room);
    for (let i = 0; i < accepted; i++) this.#samples[(this.#head + i) & this.#mask] = samples[i]!;
    this.#head = (this.#head + accepted) | 0;
    Atomics.store(this.#words, AUDIO_HEAD, this.#head);
    Atomics.notify(this.#words, AUDIO_HEAD);
    return accepted;
  }
}

/** The audio thread's end. There may be only one. It counts samples per channel. */
export class AudioReader {
  readonly #words: Int32Array;
  readonly #samples: Int16Array;
  readonly #channels: number;
  readonly #mask: number;
  #tail: number;

  constructor(block: AudioBlock) {
    this.#words = block.words;
    this.#samples = block.samples;
    this.#channels = block.channels;
    this.#mask = block.samples.length - 1;
    this.#tail = Atomics.load(this.#words, AUDIO_TAIL);
  }

  /** Number of samples waiting, per channel. */
  get available(): number {
    return ((Atomics.load(this.#words, AUDIO_HEAD) - this.#tail) | 0) / this.#channels;
  }

  /**
   * Takes up to `count` samples per channel into the start of `into`. Returns the number taken, per channel.
   */
  pop(into: Int16Array, count: number): number {
    const taken = Math.min(count, this.available);
    for (let i = 0; i < taken * this.#channels; i++) into[i] = this.#samples[(this.#tail + i) & this.#mask]!;
    this.#advance(taken);
    return taken;
  }

  /** Drops the oldest samples so that at most `keep` remain: limits latency after a stall. */
  discardAllBut(keep: number): number {
    const excess = Math.max(0, this.available - keep);
    this.#advance(excess);
    return excess;
  }

  /** Sleeps until more samples come, `wakeAudioReader` is called, or the time is over. */
  wait(timeoutMs: number): void {
    const head = Atomics.load(this.#words, AUDIO_HEAD);
    if (head === this.#tail) Atomics.wait(this.#words, AUDIO_HEAD, head, timeoutMs);
  }

  #advance(count: number): void {
    this.#tail = (this.#tail + count * this.#channels) | 0;
    Atomics.store(this.#words, AUDIO_TAIL, this.#tail);
  }
}

/** Ends a `wait` early: a change of the clock may have moved the sleeper's time-out. */
export function wakeAudioReader(block: AudioBlock): void {
  Atomics.notify(block.words, AUDIO_HEAD);
}
