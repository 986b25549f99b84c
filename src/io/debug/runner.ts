import type { StopCause, StopChecker } from "./checker.ts";
import type { EventDetector } from "./events.ts";
import type { Span } from "./span.ts";
import type { Timeline } from "./timeline.ts";

/** True at a position where a movement ends. */
export type Goal = () => boolean;

/** How a movement is limited and paced. */
export interface RunOptions {
  /** Returns true if a pause was requested. Called between slices. */
  readonly isPaused: () => boolean;
  /** A movement forward ends at this frame at the latest. */
  readonly lastFrame?: number | undefined;
  /** Called after each frame of a movement forward; the movement waits for the returned promise. */
  readonly onFrame?: (() => Promise<void> | undefined) | undefined;
  /**
   * True if the machine was inside of the instruction that is next. Forward, its accesses do not stop again;
   * back, its start is the first position.
   */
  readonly wasInside?: boolean;
}

/** Other work, such as a request to pause, gets a turn at this interval. */
const SLICE_MS = 10;
const CLOCK_EVERY = 512;

const PAUSED: StopCause = { reason: "pause", text: "paused", breakpoints: [] };
/** A movement forward did not reach its goal before its last frame. */
export const LIMITED: StopCause = { reason: "pause", text: "not reached", breakpoints: [] };
const AT_START: StopCause = { reason: "start", text: "the start of the history", breakpoints: [] };
const STEPPED: StopCause = { reason: "step", text: "step", breakpoints: [] };

/** Moves through the history, forwards and backwards, until a goal or a breakpoint. */
export class Runner {
  readonly #timeline: Timeline;
  readonly #checker: StopChecker;
  readonly #events: EventDetector;

  constructor(timeline: Timeline, checker: StopChecker, events: EventDetector) {
    this.#timeline = timeline;
    this.#checker = checker;
    this.#events = events;
  }

  /** Runs at least one instruction, until `goal` or a breakpoint. Without a goal, runs until a breakpoint. */
  async forward(goal: Goal | undefined, options: RunOptions): Promise<StopCause> {
    for (let { wasInside = false } = options; ; wasInside = false) {
      const stop = await this.#slice(goal, options, wasInside);
      if (stop !== undefined) return stop;
      if (options.isPaused()) return PAUSED;
      await breathe();
      if (options.isPaused()) return PAUSED;
    }
  }

  /**
   * Goes back to the last earlier position at which `goal` or a breakpoint stops. If there is none, goes to
   * the start of the history.
   */
  async back(goal: Goal | undefined, options: RunOptions): Promise<StopCause> {
    const timeline = this.#timeline;
    const here = timeline.position;
    const from = timeline.position + (options.wasInside === true ? 1 : 0);
    const mayStop = (span: Span): boolean => goal !== undefined || this.#checker.mayStop(span);
    let found: StopCause | undefined;
    const stops = (): boolean => {
      const stop = this.#checker.check(false) ?? (goal?.() === true ? STEPPED : undefined);
      if (stop !== undefined) found = stop;
      return stop !== undefined;
    };
    const position = await this.findLast(from, stops, mayStop, options);
    if (position === undefined && options.isPaused()) {
      timeline.seek(here);
      return PAUSED;
    }
    this.seek(position ?? timeline.start);
    return found ?? AT_START;
  }

  /**
   * Finds the last position before `before` at which `isIt` returns true, after the start of the history.
   * Spans for which `mayBe` returns false are not run. Afterwards the machine is at an arbitrary position.
   * Returns undefined if there is none, or after a pause.
   */
  async findLast(
    before: number,
    isIt: () => boolean,
    mayBe: (span: Span) => boolean,
    options: RunOptions,
  ): Promise<number | undefined> {
    const timeline = this.#timeline;
    const { spans } = timeline;
    for (let index = timeline.spanBefore(before); index >= 0; index--) {
      const span = spans[index]!;
      const end = Math.min(spans[index + 1]?.start ?? timeline.end, before - 1);
      // The last span is incomplete, so its marks lack the next instruction.
      if (span.start >= end || (index < spans.length - 1 && !mayBe(span))) continue;
      timeline.seekSpan(index);
      this.#events.forget();
      let last: number | undefined;
      while (timeline.position < end) {
        timeline.advance();
        if (isIt()) last = timeline.position;
      }
      if (last !== undefined) return last;
      await breathe();
      if (options.isPaused()) return undefined;
    }
    return undefined;
  }

  seek(position: number): void {
    this.#timeline.seek(position);
    this.#events.forget();
  }

  async #slice(
    goal: Goal | undefined,
    options: RunOptions,
    wasInside: boolean,
  ): Promise<StopCause | undefined> {
    const { onFrame, lastFrame = Number.POSITIVE_INFINITY } = options;
    const timeline = this.#timeline;
    const { probe } = timeline;
    const end = performance.now() + SLICE_MS;
    for (let count = 1; ; count++) {
      timeline.advance();
      const stop = wasInside && count === 1 ? this.#checker.checkNext() : this.#checker.check(true);
      if (stop !== undefined) return stop;
      if (goal?.() === true) return STEPPED;
      if (probe.endedFrame && probe.nes.frame >= lastFrame) return LIMITED;
      if (probe.endedFrame && onFrame !== undefined) {
        await onFrame();
        return undefined;
      }
      if (count % CLOCK_EVERY === 0 && performance.now() >= end) return undefined;
    }
  }
}

/** Lets other work of this thread run. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
