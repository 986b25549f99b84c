import { shownName, type TestResult } from "../io/conform/types.ts";
import { ProgressBar, ProgressLines } from "./progress.ts";

/** Reports the progress of a test run on standard error. On a terminal it also names each failure at once. */
export class TestProgress {
  readonly #total: number;
  readonly #bar: ProgressBar;
  readonly #lines = new ProgressLines();
  #failed = 0;
  /** Number of tests by worker, on a farm. */
  readonly #byWorker = new Map<string, number>();

  constructor(total: number) {
    this.#total = total;
    this.#bar = new ProgressBar(total, "tests");
  }

  /** `worker` is the name of the farm's worker that ran the test. */
  update(done: number, result: TestResult, worker = ""): void {
    if (worker !== "") this.#byWorker.set(worker, (this.#byWorker.get(worker) ?? 0) + 1);
    const isBad = result.verdict === "fail" || result.verdict === "error";
    if (isBad) this.#failed++;
    if (process.stderr.isTTY) {
      if (isBad) {
        this.#bar.clear();
        process.stderr.write(`${result.verdict}  ${shownName(result)}\n`);
      }
      this.#bar.update(done);
      return;
    }
    this.#lines.write(
      () => `${done} of ${this.#total} tests, ${this.#failed} failed so far${this.#workers()}`,
    );
  }

  /** Says what the run waits for. The same text is written once. */
  wait(text: string): void {
    this.#lines.once(text, () => this.#bar.clear());
  }

  #workers(): string {
    const counts = [...this.#byWorker].map(([name, count]) => `${name} ${count}`);
    return counts.length === 0 ? "" : ` (${counts.join(", ")})`;
  }

  /** Erases the bar. */
  clear(): void {
    this.#bar.clear();
  }
}
