import { Histogram } from "../shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../shared/layout-words.ts";
import type { StatsSummary } from "../shared/stats.ts";

/** How fast the game has run and was shown in the last second or so. */
export interface Figures {
  readonly framesPerSecond: number;
  /** Frames that were run but not shown. */
  readonly droppedPerSecond: number;
  /** 99th percentile of the frames' lateness. */
  readonly lateMs: number;
  readonly bytesPerFrame: number;
}

/** Calls closer than this return the same figures. */
const MIN_MEASURED_MS = 500;

/** Turns the machine's and the presenter's counters into figures. */
export class FigureCounter {
  #before: StatsSummary | undefined;
  #beforeMs = 0;
  #lateness = new Int32Array(HISTOGRAM_WORDS);
  #figures: Figures | undefined;

  /**
   * Returns the figures of the time since the previous call; undefined at the first one. `lateness` are the
   * words of the machine's histogram.
   */
  count(stats: StatsSummary, lateness: Int32Array, nowMs: number): Figures | undefined {
    const elapsedMs = nowMs - this.#beforeMs;
    const before = this.#before;
    if (before !== undefined && elapsedMs < MIN_MEASURED_MS) return this.#figures;
    const lateMs = new Histogram(lateness).since(this.#lateness).percentile(0.99) / 1000;
    if (before !== undefined) this.#figures = figuresBetween(before, stats, elapsedMs, lateMs);
    this.#lateness = lateness.slice();
    this.#before = stats;
    this.#beforeMs = nowMs;
    return this.#figures;
  }
}

function figuresBetween(before: StatsSummary, now: StatsSummary, elapsedMs: number, lateMs: number): Figures {
  const perSecond = (count: number) => (count * 1000) / elapsedMs;
  const presented = now.presented - before.presented;
  return {
    framesPerSecond: perSecond(now.frames - before.frames),
    droppedPerSecond: perSecond(now.dropped - before.dropped + now.skipped - before.skipped),
    lateMs,
    bytesPerFrame: presented === 0 ? 0 : (now.bytes - before.bytes) / presented,
  };
}

/** The figures as texts, the most important ones first. */
export function figureTexts(figures: Figures | undefined, sound: string, renderer: string): string[] {
  const rest = [sound, renderer].filter((text) => text !== "");
  if (figures === undefined) return rest;
  const { framesPerSecond, droppedPerSecond, lateMs, bytesPerFrame } = figures;
  return [
    `${framesPerSecond.toFixed(1)} fps`,
    ...rest,
    `${lateMs.toFixed(1)} ms late`,
    `${droppedPerSecond.toFixed(1)} dropped`,
    `${(bytesPerFrame / 1000).toFixed(1)} kB/frame`,
  ];
}

/** Below this part of the console's rate, players hear and see that the game is slow. */
const SLOW = 0.95;
/** Below this part of the frames, motion looks jerky. */
const JERKY = 0.5;

/** Seconds in a row after which a fault is worth a warning. */
const LASTING_SECONDS = 3;

/** Finds what players should know about: a game that has been too slow or jerky for a while. */
export class SpeedWatch {
  #slowSeconds = 0;
  #jerkySeconds = 0;

  /**
   * Takes the figures of one second; undefined if the game did not run at its normal speed on purpose.
   * Returns the warning, empty if there is none.
   */
  warning(figures: Figures | undefined, frameRateHz: number): string {
    if (figures === undefined) {
      this.#slowSeconds = 0;
      this.#jerkySeconds = 0;
      return "";
    }
    const { framesPerSecond, droppedPerSecond } = figures;
    const shown = framesPerSecond - droppedPerSecond;
    this.#slowSeconds = framesPerSecond < SLOW * frameRateHz ? this.#slowSeconds + 1 : 0;
    this.#jerkySeconds = shown < JERKY * framesPerSecond ? this.#jerkySeconds + 1 : 0;
    const all = frameRateHz.toFixed(0);
    if (this.#slowSeconds >= LASTING_SECONDS)
      return `this computer is too slow: ${framesPerSecond.toFixed(0)} of ${all} frames a second`;
    if (this.#jerkySeconds >= LASTING_SECONDS)
      return `this terminal is too slow: it shows ${Math.max(0, shown).toFixed(0)} of ${all} frames a second`;
    return "";
  }
}
