/** The shortest time between two draws. */
const DRAW_INTERVAL_MS = 100;
const BAR_CELLS = 30;

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
    if (!process.stderr.isTTY) return;
    const now = performance.now();
    if (now - this.#lastDraw < DRAW_INTERVAL_MS) return;
    this.#lastDraw = now;
    this.#drawn = true;
    const filled = Math.round((BAR_CELLS * done) / this.#total);
    const bar = "█".repeat(filled) + "░".repeat(BAR_CELLS - filled);
    const perSecond = Math.round((1000 * done) / (now - this.#start));
    process.stderr.write(`\r\x1b[K${bar} ${done}/${this.#total} ${this.#unit}, ${perSecond}/s`);
  }

  /** Erases the bar. */
  clear(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[K");
    this.#drawn = false;
  }
}
