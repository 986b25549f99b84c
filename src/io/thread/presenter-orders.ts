/**
 * The words between main and the presenter, inside the stats block. One cache line is written by main: its
 * order and the window's size. The presenter writes another: its progress. Main increments
 * `STAT_PRESENTER_ORDER` after each change; the presenter replies with the count of the order that it has
 * obeyed.
 */
import type { CellRectangle, TerminalWindow } from "../render/scale.ts";
import type { SharedBlocks, StatsBlock } from "../shared/layout.ts";
import { STAT_PRESENTED, STAT_PRESENTER_ORDER } from "../shared/layout-words.ts";
import { wakeFrameReader } from "../shared/triple-buffer.ts";

/** Writer of these: main. */
const WANTED = STAT_PRESENTER_ORDER + 1;
const COLUMNS = STAT_PRESENTER_ORDER + 2;
const ROWS = STAT_PRESENTER_ORDER + 3;
const CELL_WIDTH = STAT_PRESENTER_ORDER + 4;
const CELL_HEIGHT = STAT_PRESENTER_ORDER + 5;
/** Cursor position reports so far: the terminal's replies after each frame. */
const REPORTS = STAT_PRESENTER_ORDER + 6;
const LEFT = STAT_PRESENTER_ORDER + 7;
const TOP = STAT_PRESENTER_ORDER + 8;
/** The part of the window in which text lies over the picture: left, top, columns, rows. */
const HOLE = STAT_PRESENTER_ORDER + 9;
/** Writer of these: presenter. The line begins with its counters. */
const OBEYED = STAT_PRESENTED + 4;
const STATE = STAT_PRESENTED + 5;
/** From the last reported frame's publication to the terminal's report; microseconds. */
const LATENCY = STAT_PRESENTED + 6;
/** Percentage of the cells that are not exact, on a slow link. */
const INEXACT = STAT_PRESENTED + 7;
/** Grows at the beginning and at the end of each write to the terminal: odd during a write. */
const WRITES = STAT_PRESENTED + 8;

/** Main's orders: show pictures; write nothing, because the terminal belongs to another program; or end. */
export const WANT_SHOW = 0;
export const WANT_HOLD = 1;
export const WANT_END = 2;
/** Show the picture dimmed, with text over it. */
export const WANT_COVER = 3;
export type Wanted = typeof WANT_SHOW | typeof WANT_HOLD | typeof WANT_END | typeof WANT_COVER;

/** The presenter's condition. */
const PRESENTER_WORKING = 0;
export const PRESENTER_ENDED = 1;
/** The terminal accepts no more bytes: it is gone. */
export const PRESENTER_CUT_OFF = 2;

const POLL_MS = 2;
/** A write that has not ended within this time is stuck: the terminal accepts no bytes. */
const STUCK_MS = 400;
/** A presenter outside of a write obeys once it has a processor. This limit is for a bug that hangs it. */
const HUNG_MS = 5000;

/** The time, for `PresenterOrders.obeyed`. Tests pass another one. */
interface OrderClock {
  nowMs(): number;
  sleep(milliseconds: number): Promise<void>;
}

const SYSTEM_CLOCK: OrderClock = { nowMs: () => performance.now(), sleep: (ms) => Bun.sleep(ms) };

const NO_HOLE: CellRectangle = { left: 0, top: 0, columns: 0, rows: 0 };

/** Main's end. */
export class PresenterOrders {
  readonly #blocks: SharedBlocks;

  constructor(blocks: SharedBlocks) {
    this.#blocks = blocks;
  }

  /**
   * Orders what the presenter does from now on, and in which window. Everything is drawn again. With
   * `WANT_COVER`, text lies over the picture in `hole`.
   */
  give(wanted: Wanted, window: TerminalWindow, hole: CellRectangle = NO_HOLE): void {
    const { words } = this.#blocks.stats;
    [hole.left, hole.top, hole.columns, hole.rows].forEach((value, at) => {
      Atomics.store(words, HOLE + at, value);
    });
    Atomics.store(words, WANTED, wanted);
    Atomics.store(words, COLUMNS, window.columns);
    Atomics.store(words, ROWS, window.rows);
    Atomics.store(words, CELL_WIDTH, window.cellWidthPixels);
    Atomics.store(words, CELL_HEIGHT, window.cellHeightPixels);
    Atomics.store(words, LEFT, window.left ?? 0);
    Atomics.store(words, TOP, window.top ?? 0);
    Atomics.store(words, STAT_PRESENTER_ORDER, (Atomics.load(words, STAT_PRESENTER_ORDER) + 1) | 0);
    wakeFrameReader(this.#blocks.frames);
  }

  /** Call when the terminal has reported one more frame. */
  report(): void {
    const { words } = this.#blocks.stats;
    Atomics.add(words, REPORTS, 1);
    Atomics.notify(words, REPORTS);
  }

  /** Ends the presenter's sleep: a change of the clock may have moved its time-out. */
  wake(): void {
    Atomics.notify(this.#blocks.stats.words, REPORTS);
    wakeFrameReader(this.#blocks.frames);
  }

  /** Time from publication to report of the last reported frame, in microseconds; 0 without reports. */
  get latencyMicroseconds(): number {
    return Atomics.load(this.#blocks.stats.words, LATENCY);
  }

  /**
   * Resolves with true when the last order has been obeyed, so that nothing is written after `WANT_HOLD`, or
   * when the thread has ended. Resolves with false if a write is stuck.
   */
  async obeyed(hasEnded: () => boolean, clock = SYSTEM_CLOCK): Promise<boolean> {
    const { words } = this.#blocks.stats;
    const startMs = clock.nowMs();
    let writes = Atomics.load(words, WRITES);
    let writesSinceMs = startMs;
    while (!this.#isObeyed && !hasEnded()) {
      const nowMs = clock.nowMs();
      if (Atomics.load(words, WRITES) !== writes) {
        writes = Atomics.load(words, WRITES);
        writesSinceMs = nowMs;
      }
      const isWriting = (writes & 1) !== 0;
      if ((isWriting && nowMs - writesSinceMs > STUCK_MS) || nowMs - startMs > HUNG_MS) return false;
      await clock.sleep(POLL_MS);
    }
    return true;
  }

  get #isObeyed(): boolean {
    const { words } = this.#blocks.stats;
    return (
      Atomics.load(words, OBEYED) === Atomics.load(words, STAT_PRESENTER_ORDER) ||
      Atomics.load(words, STATE) !== PRESENTER_WORKING
    );
  }

  /** Percentage of the picture that is shown exactly: below 100 on slow links only. */
  get exactPercent(): number {
    return 100 - Atomics.load(this.#blocks.stats.words, INEXACT);
  }

  get state(): number {
    return Atomics.load(this.#blocks.stats.words, STATE);
  }
}

/** The presenter's end. */
export class PresenterInbox {
  readonly #words: Int32Array;

  constructor(block: StatsBlock) {
    this.#words = block.words;
  }

  /** The newest order's count. Read it before the order itself. */
  get order(): number {
    return Atomics.load(this.#words, STAT_PRESENTER_ORDER);
  }

  get wanted(): number {
    return Atomics.load(this.#words, WANTED);
  }

  get window(): TerminalWindow {
    const words = this.#words;
    return {
      columns: Atomics.load(words, COLUMNS),
      rows: Atomics.load(words, ROWS),
      cellWidthPixels: Atomics.load(words, CELL_WIDTH),
      cellHeightPixels: Atomics.load(words, CELL_HEIGHT),
      left: Atomics.load(words, LEFT),
      top: Atomics.load(words, TOP),
    };
  }

  /** The part of the window in which text lies over the picture. */
  get hole(): CellRectangle {
    const [left, top, columns, rows] = [0, 1, 2, 3].map((at) => Atomics.load(this.#words, HOLE + at));
    return { left: left!, top: top!, columns: columns!, rows: rows! };
  }

  /** Reports so far. */
  get reports(): number {
    return Atomics.load(this.#words, REPORTS);
  }

  /** Sleeps until there are more reports than `seen`, or the time is over. */
  waitForReport(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, REPORTS, seen, timeoutMs);
  }

  setLatency(microseconds: number): void {
    Atomics.store(this.#words, LATENCY, microseconds);
  }

  /** Sets the share of the picture that is shown exactly. Only a complete picture counts as 100 percent. */
  setExact(share: number): void {
    Atomics.store(this.#words, INEXACT, Math.ceil(100 * (1 - share)));
  }

  /** Reports that a write to the terminal begins or has ended. */
  setWriting(isWriting: boolean): void {
    const writes = Atomics.load(this.#words, WRITES);
    if (((writes & 1) !== 0) !== isWriting) Atomics.store(this.#words, WRITES, (writes + 1) | 0);
  }

  /** Reports that the order with this count has been obeyed. */
  obeyed(order: number): void {
    Atomics.store(this.#words, OBEYED, order);
  }

  setState(state: number): void {
    Atomics.store(this.#words, STATE, state);
  }
}
