import type { StatsSummary } from "../shared/stats.ts";

/** What the line tells besides counts. */
export interface StatusFacts {
  readonly renderer: string;
  /** "pulse 70 %", "muted"; empty without sound. */
  readonly sound: string;
  /** "paused", "slow", "recording"; empty in ordinary play. */
  readonly mode: string;
  readonly slot: number;
  /** The keys that open the menu. */
  readonly menuKey: string;
}

/** Counts of the last stretch of time as one line of text. */
export class StatusLine {
  #before: StatsSummary | undefined;
  #beforeMs = 0;
  #counts = "";

  /** The line for now. Counts are per second since the last call; calls less than half a second apart repeat them. */
  text(stats: StatsSummary, nowMs: number, facts: StatusFacts): string {
    const elapsedMs = nowMs - this.#beforeMs;
    if (this.#before === undefined || elapsedMs >= 500) {
      this.#counts = this.#before === undefined ? "" : countsBetween(this.#before, stats, elapsedMs);
      this.#before = stats;
      this.#beforeMs = nowMs;
    }
    const { renderer, sound, mode, slot, menuKey } = facts;
    const parts = [mode, `${menuKey} menu`, this.#counts, renderer, sound, `slot ${slot}`];
    return ` ${parts.filter((part) => part !== "").join("  ")}`;
  }
}

function countsBetween(before: StatsSummary, now: StatsSummary, elapsedMs: number): string {
  const perSecond = (count: number) => ((count * 1000) / elapsedMs).toFixed(1);
  const presented = now.presented - before.presented;
  const bytes = presented === 0 ? 0 : (now.bytes - before.bytes) / presented;
  const dropped = now.dropped - before.dropped + now.skipped - before.skipped;
  const lateMs = now.latenessMicroseconds.p99 / 1000;
  return [
    `${perSecond(now.frames - before.frames)} fps`,
    `${lateMs.toFixed(1)} ms late`,
    `${perSecond(dropped)} dropped`,
    `${(bytes / 1000).toFixed(1)} kB/frame`,
  ].join("  ");
}
