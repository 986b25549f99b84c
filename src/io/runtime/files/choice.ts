/**
 * Number of recent measurements of a way that count. Their mean leaves out the worst one, so that a single
 * preemption does not matter. Two preemptions do: a second thread that often has to wait for a core loses
 * more than it gains.
 */
const MEASUREMENTS = 5;
/**
 * The way that looks slower is tried again after at least this many choices: the other load may have changed.
 */
const TRY_AGAIN = 16;
/**
 * Limits the cost of trying the slower way again: its loss may be 1/40, 2.5 %, of what the faster one costs.
 */
const CHOICES_PER_LOSS = 40;

/**
 * Chooses between two ways of doing the same, by their recent cost. Which one is faster depends on the
 * computer's other load, so it is measured continuously instead of being decided once.
 */
export class MeasuredChoice {
  readonly #costs = [new Float64Array(MEASUREMENTS), new Float64Array(MEASUREMENTS)] as const;
  readonly #counts = [0, 0];
  /** Number of choices until the slower way is tried again. */
  #untilTry = TRY_AGAIN;
  /** The way that was faster at the last choice, and whether the other one has just been faster. */
  #better: 0 | 1 = 0;
  #isPromising = false;

  /** Returns the way to use next, 0 or 1. */
  next(): 0 | 1 {
    // Alternate at first: the first times of both are slow and mean nothing.
    const [zero, one] = this.#counts as [number, number];
    if (Math.min(zero, one) < MEASUREMENTS) return zero <= one ? 0 : 1;
    this.#better = this.#cost(1) < this.#cost(0) ? 1 : 0;
    const other = (1 - this.#better) as 0 | 1;
    // Old measurements of the other way are quickly replaced by new ones if those are good.
    if (this.#isPromising) return other;
    if (--this.#untilTry > 0) return this.#better;
    const loss = this.#cost(other) / this.#cost(this.#better) - 1;
    this.#untilTry = Math.max(TRY_AGAIN, Math.ceil(Math.min(loss, 1000) * CHOICES_PER_LOSS));
    return other;
  }

  /** Records the cost of the way just used, in the same unit for both. */
  note(way: 0 | 1, cost: number): void {
    this.#isPromising = way !== this.#better && cost < this.#cost(this.#better);
    const count = this.#counts[way]!;
    this.#costs[way][count % MEASUREMENTS] = cost;
    this.#counts[way] = count + 1;
  }

  #cost(way: 0 | 1): number {
    const costs = this.#costs[way];
    let sum = 0;
    let worst = 0;
    for (let at = 0; at < MEASUREMENTS; at++) {
      sum += costs[at]!;
      worst = Math.max(worst, costs[at]!);
    }
    return (sum - worst) / (MEASUREMENTS - 1);
  }
}
