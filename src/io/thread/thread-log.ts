import type { StatsBlock } from "../shared/layout.ts";
import { STAT_FRAMES, STAT_MISSED, STAT_REANCHORED, STAT_SKIPPED } from "../shared/layout-words.ts";
import type { Log } from "../shared/log.ts";
import { getStat, readHeartbeat } from "../shared/stats.ts";
import { HUNG_AFTER_MS } from "./watchdog.ts";

/** Counts are compared at this interval, so that a slow computer does not fill the log. */
const COUNTS_EVERY_MS = 1000;
/** A gap this long between two polls means that the watching thread itself did not run. */
const OWN_GAP_MS = 250;
/** A thread without a heartbeat for this share of its time limit is logged. */
const QUIET_SHARE = 0.5;

/** Logs what the watching thread sees of a running machine thread: late frames and missing heartbeats. */
export class ThreadLog {
  readonly #log: Log;
  readonly #stats: StatsBlock;
  readonly #quietAfterMs: number;
  #missed = 0;
  #skipped = 0;
  #reanchored = 0;
  #countsMs: number;
  #lastPollMs: number;
  #beat: number;
  #beatMs: number;
  #isQuiet = false;

  constructor(log: Log, stats: StatsBlock, nowMs: number, hungAfterMs = HUNG_AFTER_MS) {
    this.#log = log;
    this.#stats = stats;
    this.#quietAfterMs = hungAfterMs * QUIET_SHARE;
    this.#countsMs = nowMs;
    this.#lastPollMs = nowMs;
    this.#beat = readHeartbeat(stats);
    this.#beatMs = nowMs;
  }

  /** Checks the thread's counters. Called at every poll of the watchdog, with any clock. */
  poll(nowMs: number): void {
    const gapMs = nowMs - this.#lastPollMs;
    this.#lastPollMs = nowMs;
    const beat = readHeartbeat(this.#stats);
    if (beat !== this.#beat || gapMs > OWN_GAP_MS) {
      if (this.#isQuiet) this.#log.info({ quietMs: Math.round(nowMs - this.#beatMs) }, "heartbeat is back");
      if (gapMs > OWN_GAP_MS) this.#log.debug({ gapMs: Math.round(gapMs) }, "the main thread did not run");
      this.#isQuiet = false;
      this.#beat = beat;
      this.#beatMs = nowMs;
    } else if (!this.#isQuiet && nowMs - this.#beatMs >= this.#quietAfterMs) {
      this.#isQuiet = true;
      this.#log.warn({ quietMs: Math.round(nowMs - this.#beatMs) }, "no heartbeat from the machine thread");
    }
    if (nowMs - this.#countsMs < COUNTS_EVERY_MS) return;
    this.#countsMs = nowMs;
    this.#logCounts();
  }

  #logCounts(): void {
    const missed = getStat(this.#stats, STAT_MISSED);
    const skipped = getStat(this.#stats, STAT_SKIPPED);
    const reanchored = getStat(this.#stats, STAT_REANCHORED);
    const isNew = missed !== this.#missed || skipped !== this.#skipped || reanchored !== this.#reanchored;
    if (isNew) {
      const counts = {
        missed: missed - this.#missed,
        skipped: skipped - this.#skipped,
        reanchored: reanchored - this.#reanchored,
      };
      this.#log.debug(
        { frames: getStat(this.#stats, STAT_FRAMES), ...counts },
        "late frames in the last second",
      );
    }
    this.#missed = missed;
    this.#skipped = skipped;
    this.#reanchored = reanchored;
  }
}
