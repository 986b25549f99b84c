/**
 * The words by which main steers the audio thread: volume, mute and the end, inside the stats block. Main
 * counts `STAT_AUDIO_ORDER` up after each change.
 */
import { STAT_AUDIO_ORDER, type StatsBlock } from "../shared/layout.ts";

/** Writer of these: main. */
const WANTS_END = STAT_AUDIO_ORDER + 1;
/** Loudness in percent, 0 to 100; 0 is silence. */
const VOLUME = STAT_AUDIO_ORDER + 2;

/** Main's end. */
export class AudioOrders {
  readonly #words: Int32Array;

  constructor(block: StatsBlock) {
    this.#words = block.words;
  }

  /** Loudness in percent, 0 to 100. */
  setVolume(percent: number): void {
    Atomics.store(this.#words, VOLUME, percent);
    Atomics.add(this.#words, STAT_AUDIO_ORDER, 1);
  }

  end(): void {
    Atomics.store(this.#words, WANTS_END, 1);
    Atomics.add(this.#words, STAT_AUDIO_ORDER, 1);
  }
}

/** The audio thread's end. */
export class AudioInbox {
  readonly #words: Int32Array;

  constructor(block: StatsBlock) {
    this.#words = block.words;
  }

  get volumePercent(): number {
    return Atomics.load(this.#words, VOLUME);
  }

  get wantsEnd(): boolean {
    return Atomics.load(this.#words, WANTS_END) !== 0;
  }
}
