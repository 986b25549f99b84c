import type { CampaignState } from "../../io/campaign/types.ts";
import type { TestResult } from "../../io/conform/types.ts";
import { ProgressBar, ProgressLines, rateText } from "../progress.ts";

/**
 * Reports the progress of a campaign on standard error: a bar on a terminal, else a line every ten seconds.
 */
export class FuzzProgress {
  readonly #total: number;
  readonly #start = performance.now();
  readonly #bar: ProgressBar;
  readonly #lines = new ProgressLines();
  #state: CampaignState = { seeds: 0, failures: 0, coveredBytes: 0 };

  /** `total` is the number of seeds; 0 if time ends the campaign. */
  constructor(total: number) {
    this.#total = total;
    this.#bar = new ProgressBar(total, "seeds");
  }

  set(state: CampaignState): void {
    this.#state = state;
  }

  update(_done: number, _result: TestResult): void {
    const { seeds, share = seeds / this.#total } = this.#state;
    this.#bar.draw(share, () => this.#text());
    this.#lines.write(() => this.#text());
  }

  wait(text: string): void {
    this.#lines.once(text, () => this.#bar.clear());
  }

  clear(): void {
    this.#bar.clear();
  }

  #text(): string {
    const { seeds, failures, coveredBytes } = this.#state;
    const of = this.#total === 0 ? `${seeds}` : `${seeds}/${this.#total}`;
    return [
      `${of} ${of === "1" ? "seed" : "seeds"}`,
      ...rateText(seeds, performance.now() - this.#start),
      `${coveredBytes} instructions reached`,
      `${failures} ${failures === 1 ? "failure" : "failures"}`,
    ].join(", ");
  }
}
