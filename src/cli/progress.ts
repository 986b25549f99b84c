/** The shortest time between two draws. */
const DRAW_INTERVAL_MS = 100;
const BAR_CELLS = 30;
/** Time between two lines when standard error is not a terminal, so that CI logs show progress. */
const LINE_INTERVAL_MS = 10_000;

/** A progress bar on standard error. It writes nothing if standard error is not a terminal. */
export class ProgressBar {
  readonly #total: number;
  readonly #unit: string;
  readonly #start = performance.now();
  #lastDraw = this.#start;
  #drawn = false;

  /** `total` counts things called `unit`, such as "frames". */
  constructor(total: number, unit: string) {
    this.#total = total;
    this.#unit = unit;
  }

  update(done: number): void {
    this.draw(done / this.#total, (now) => {
      return [`${done}/${this.#total} ${this.#unit}`, ...rateText(done, now - this.#start)].join(", ");
    });
  }

  /** Draws the bar with another text; `share` is the part that is done, from 0 to 1. */
  draw(share: number, text: (now: number) => string): void {
    if (!process.stderr.isTTY) return;
    const now = performance.now();
    if (now - this.#lastDraw < DRAW_INTERVAL_MS) return;
    this.#lastDraw = now;
    this.#drawn = true;
    const filled = Math.round(BAR_CELLS * Math.min(1, share));
    const bar = "█".repeat(filled) + "░".repeat(BAR_CELLS - filled);
    process.stderr.write(`\r\x1b[K${bar} ${text(now)}`);
  }

  /** Erases the bar. */
  clear(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[K");
    this.#drawn = false;
  }
}

/** How many are done per second, minute or hour: the first of these with at least one. Empty if none is. */
export function rateText(done: number, milliseconds: number): string[] {
  const perSecond = (1000 * done) / milliseconds;
  if (!(perSecond > 0)) return [];
  if (perSecond >= 1) return [`${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`];
  return 60 * perSecond >= 1 ? [`${Math.round(60 * perSecond)}/min`] : [`${Math.ceil(3600 * perSecond)}/h`];
}

/** Lines of progress on standard error, for logs of CI. */
export class ProgressLines {
  #lastMs = performance.now();
  #lastText = "";

  /**
   * Writes a line if standard error is not a terminal and `LINE_INTERVAL_MS` have passed since the last one.
   */
  write(text: () => string): void {
    const now = performance.now();
    if (process.stderr.isTTY || now - this.#lastMs < LINE_INTERVAL_MS) return;
    this.#lastMs = now;
    process.stderr.write(`emu: ${text()}\n`);
  }

  /** Calls `before` and writes a line immediately, unless the last one was the same. */
  once(text: string, before: () => void): void {
    if (text === this.#lastText) return;
    this.#lastText = text;
    before();
    process.stderr.write(`emu: ${text}\n`);
  }
}
