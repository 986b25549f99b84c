import { Histogram } from "../shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../shared/layout.ts";
import type { StatsSummary } from "../shared/stats.ts";
import { fitParts } from "./fit-text.ts";

/** What the line shows besides counts. */
export interface StatusFacts {
  readonly renderer: string;
  /** "pulse 70 %", "muted"; empty without sound. */
  readonly sound: string;
  /** "paused", "slow", "recording"; empty in normal play. */
  readonly mode: string;
  readonly slot: number;
  /** Percentage of the picture that is shown exactly. */
  readonly exactPercent: number;
  /** The keys that open the menu. */
  readonly menuKey: string;
}

/** Formats the counts of the last stretch of time as one line of text. */
export class StatusLine {
  #before: StatsSummary | undefined;
  #beforeMs = 0;
  #lateness = new Int32Array(HISTOGRAM_WORDS);
  #counts: readonly string[] = [];

  /**
   * The line for now, as much of it as fits into `columns`. `lateness` are the words of the machine's
   * histogram. Counts are of the time since the last call; the lateness is the 99th percentile of the frames'
   * lateness. Calls less than half a second apart repeat the line.
   */
  text(
    stats: StatsSummary,
    lateness: Int32Array,
    nowMs: number,
    facts: StatusFacts,
    columns = Number.POSITIVE_INFINITY,
  ): string {
    const elapsedMs = nowMs - this.#beforeMs;
    if (this.#before === undefined || elapsedMs >= 500) {
      const lateMs = new Histogram(lateness).since(this.#lateness).percentile(0.99) / 1000;
      this.#counts = this.#before === undefined ? [] : countsBetween(this.#before, stats, elapsedMs, lateMs);
      this.#lateness = lateness.slice();
      this.#before = stats;
      this.#beforeMs = nowMs;
    }
    const { renderer, sound, mode, slot, menuKey, exactPercent } = facts;
    const detail = exactPercent < 100 ? `slow link, ${exactPercent} % exact` : "";
    const parts = [mode, `${menuKey} menu`, `slot ${slot}`, sound, detail, ...this.#counts, renderer];
    return ` ${fitParts(
      parts.filter((part) => part !== ""),
      "  ",
      columns - 1,
    )}`;
  }
}

function countsBetween(before: StatsSummary, now: StatsSummary, elapsedMs: number, lateMs: number): string[] {
  const perSecond = (count: number) => ((count * 1000) / elapsedMs).toFixed(1);
  const presented = now.presented - before.presented;
  const bytes = presented === 0 ? 0 : (now.bytes - before.bytes) / presented;
  const dropped = now.dropped - before.dropped + now.skipped - before.skipped;
  return [
    `${perSecond(now.frames - before.frames)} fps`,
    `${lateMs.toFixed(1)} ms late`,
    `${perSecond(dropped)} dropped`,
    `${(bytes / 1000).toFixed(1)} kB/frame`,
  ];
}
