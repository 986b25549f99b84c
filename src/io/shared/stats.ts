import { Histogram, type HistogramSummary } from "./histogram.ts";
import type { StatsBlock } from "./layout.ts";
import {
  STAT_AUDIO_CONCEALED,
  STAT_AUDIO_HEARTBEAT,
  STAT_AUDIO_PLAYED,
  STAT_AUDIO_UNDERRUNS,
  STAT_FRAMES,
  STAT_HEARTBEAT,
  STAT_LATCHED_BUTTONS,
  STAT_MISSED,
  STAT_PANEL,
  STAT_PRESENT_DROPPED,
  STAT_PRESENTED,
  STAT_PRESENTER_HEARTBEAT,
  STAT_REANCHORED,
  STAT_REWIND_FRAMES,
  STAT_REWIND_POSITION,
  STAT_ROBOT,
  STAT_SAMPLES_DROPPED,
  STAT_SKIPPED,
  STAT_SPEED_PERCENT,
  STAT_STATE,
  TOTAL_PRESENTED_BYTES,
} from "./layout-words.ts";

/** A reading of all counters. Counts are since the start and wrap at 2^32. */
export interface StatsSummary {
  readonly state: number;
  readonly frames: number;
  readonly missed: number;
  readonly skipped: number;
  readonly reanchored: number;
  readonly speedPercent: number;
  readonly samplesDropped: number;
  /** Frames that can be taken back. */
  readonly rewindFrames: number;
  /** Grows with each frame that can be taken back, and shrinks when it is: a place in the game's history. */
  readonly rewindPosition: number;
  /** What R.O.B. shows (`robotText`); 0 if he is not connected. */
  readonly robot: number;
  /** What a PlayChoice-10 tells the player (`panelReport`); 0 for other machines. */
  readonly panel: number;
  readonly latenessMicroseconds: HistogramSummary;
  /** Time that frames took the machine thread, without waiting. */
  readonly workMicroseconds: HistogramSummary;
  readonly presented: number;
  readonly dropped: number;
  readonly bytes: number;
  readonly audioUnderruns: number;
  readonly audioPlayed: number;
  /** Samples synthesized because the machine's were late. */
  readonly audioConcealed: number;
}

/** Adds to a counter that only the calling thread writes. */
export function addStat(block: StatsBlock, index: number, amount: number): void {
  Atomics.store(block.words, index, (Atomics.load(block.words, index) + amount) | 0);
}

/** Sets a word that only the calling thread writes. */
export function setStat(block: StatsBlock, index: number, value: number): void {
  Atomics.store(block.words, index, value);
}

/** Reads a word. */
export function getStat(block: StatsBlock, index: number): number {
  return Atomics.load(block.words, index);
}

/** The presenter's counters. Only the presenter writes them. */
export class PresenterStats {
  readonly #block: StatsBlock;

  constructor(block: StatsBlock) {
    this.#block = block;
  }

  /** Counts a frame on the screen and its `bytes`. */
  presented(bytes: number): void {
    addStat(this.#block, STAT_PRESENTED, 1);
    this.#block.totals[TOTAL_PRESENTED_BYTES] = this.#block.totals[TOTAL_PRESENTED_BYTES]! + bytes;
  }

  /** Counts frames that were never shown. */
  dropped(frames: number): void {
    addStat(this.#block, STAT_PRESENT_DROPPED, frames);
  }

  /** Call it at least every 100 ms. */
  beat(): void {
    addStat(this.#block, STAT_PRESENTER_HEARTBEAT, 1);
  }
}

/** The audio thread's counters. Only that thread writes them. */
export class AudioStats {
  readonly #block: StatsBlock;

  constructor(block: StatsBlock) {
    this.#block = block;
  }

  /** Counts samples that went to the device. */
  played(samples: number): void {
    addStat(this.#block, STAT_AUDIO_PLAYED, samples);
  }

  /** Counts synthesized samples. */
  concealed(samples: number): void {
    addStat(this.#block, STAT_AUDIO_CONCEALED, samples);
  }

  /** Counts a moment when the device had nothing to play. */
  underrun(): void {
    addStat(this.#block, STAT_AUDIO_UNDERRUNS, 1);
  }

  /** Call it at least every 100 ms. */
  beat(): void {
    addStat(this.#block, STAT_AUDIO_HEARTBEAT, 1);
  }
}

/** Reads all counters. Words of different threads may be read at slightly different times. */
export function readStats(block: StatsBlock): StatsSummary {
  const word = (index: number) => Atomics.load(block.words, index) >>> 0;
  return {
    state: word(STAT_STATE),
    frames: word(STAT_FRAMES),
    missed: word(STAT_MISSED),
    skipped: word(STAT_SKIPPED),
    reanchored: word(STAT_REANCHORED),
    speedPercent: word(STAT_SPEED_PERCENT),
    samplesDropped: word(STAT_SAMPLES_DROPPED),
    rewindFrames: word(STAT_REWIND_FRAMES),
    rewindPosition: word(STAT_REWIND_POSITION),
    robot: word(STAT_ROBOT),
    panel: word(STAT_PANEL),
    latenessMicroseconds: new Histogram(block.lateness).summary(),
    workMicroseconds: new Histogram(block.work).summary(),
    presented: word(STAT_PRESENTED),
    dropped: word(STAT_PRESENT_DROPPED),
    bytes: block.totals[TOTAL_PRESENTED_BYTES]!,
    audioUnderruns: word(STAT_AUDIO_UNDERRUNS),
    audioPlayed: word(STAT_AUDIO_PLAYED),
    audioConcealed: word(STAT_AUDIO_CONCEALED),
  };
}

/** Beats of the machine thread so far. */
export function readHeartbeat(block: StatsBlock): number {
  return Atomics.load(block.words, STAT_HEARTBEAT);
}

/** The buttons that the machine latched last. */
export function readLatchedButtons(block: StatsBlock): number {
  return Atomics.load(block.words, STAT_LATCHED_BUTTONS) >>> 0;
}
