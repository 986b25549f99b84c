/**
 * The words by which main controls the audio thread: volume, mute and the end, inside the stats block. Main
 * increments `STAT_AUDIO_ORDER` after each change.
 */
import type { StatsBlock } from "../shared/layout.ts";
import { STAT_AUDIO_ORDER } from "../shared/layout-words.ts";

/** Writer of these: main. The number of the thread that may play; threads with lower numbers must end. */
const TURN = STAT_AUDIO_ORDER + 1;
/** Volume in percent, 0 to 100; 0 is silence. */
const VOLUME = STAT_AUDIO_ORDER + 2;

/** Main's end, one for each audio thread. */
export class AudioOrders {
  /** The number of its thread, for `AudioInbox`. */
  readonly turn: number;
  readonly #words: Int32Array;

  /** Gives the turn to a new thread; the previous one must end. */
  constructor(block: StatsBlock) {
    this.#words = block.words;
    this.turn = Atomics.add(this.#words, TURN, 1) + 1;
    this.#order();
  }

  /** Sets the volume in percent, 0 to 100. */
  setVolume(percent: number): void {
    Atomics.store(this.#words, VOLUME, percent);
    this.#order();
  }

  /** Tells the thread to end, unless another thread already has the turn. */
  end(): void {
    Atomics.compareExchange(this.#words, TURN, this.turn, this.turn + 1);
    this.#order();
  }

  #order(): void {
    Atomics.add(this.#words, STAT_AUDIO_ORDER, 1);
    Atomics.notify(this.#words, STAT_AUDIO_ORDER);
  }
}

/** The audio thread's end. */
export class AudioInbox {
  readonly #words: Int32Array;
  readonly #turn: number;

  /** `turn` is that of the thread's `AudioOrders`. */
  constructor(block: StatsBlock, turn: number) {
    this.#words = block.words;
    this.#turn = turn;
  }

  get volumePercent(): number {
    return Atomics.load(this.#words, VOLUME);
  }

  get wantsEnd(): boolean {
    return Atomics.load(this.#words, TURN) !== this.#turn;
  }

  /** Waits until this thread must end, for at most `forMs`. Its event loop runs meanwhile. */
  async waitForEnd(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs;
    for (;;) {
      const order = Atomics.load(this.#words, STAT_AUDIO_ORDER);
      const leftMs = endMs - performance.now();
      if (this.wantsEnd || leftMs <= 0) return;
      await Atomics.waitAsync(this.#words, STAT_AUDIO_ORDER, order, leftMs).value;
    }
  }
}
