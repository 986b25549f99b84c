/**
 * How many of the last measurements of a way count: their mean without the worst, so that one preemption does
 * not. Two of them do: a second thread that has to wait for a core now and then loses more than it gains.
 */
const MEASUREMENTS = 5;
/** The way that looks worse is tried again after at least so many choices: other load may have come or gone. */
const TRY_AGAIN = 16;
/** All that trying the worse way again may cost, as a part of what the better one costs: 2.5 %. */
const CHOICES_PER_LOSS = 40;

/**
 * Chooses between two ways of doing the same, by what each has cost lately. Which one is better depends on
 * what else the computer does, so it is measured all the time instead of being decided once.
 */
export class MeasuredChoice {
  readonly #costs = [new Float64Array(MEASUREMENTS), new Float64Array(MEASUREMENTS)] as const;
  readonly #counts = [0, 0];
  /** Choices until the worse way is tried again. */
  #untilTry = TRY_AGAIN;
  /** The way that looked better at the last choice, and whether the other one has just done better than it. */
  #better: 0 | 1 = 0;
  #isPromising = false;

  /** 0 or 1: the way to go next. */
  next(): 0 | 1 {
    // Alternate at first: the very first times of both are slow and mean nothing.
    const [zero, one] = this.#counts as [number, number];
    if (Math.min(zero, one) < MEASUREMENTS) return zero <= one ? 0 : 1;
    this.#better = this.#cost(1) < this.#cost(0) ? 1 : 0;
    const other = (1 - this.#better) as 0 | 1;
    // Old measurements of the other way are soon replaced by new ones if those are good.
    if (this.#isPromising) return other;
    if (--this.#untilTry > 0) return this.#better;
    const loss = this.#cost(other) / this.#cost(this.#better) - 1;
    this.#untilTry = Math.max(TRY_AGAIN, Math.ceil(Math.min(loss, 1000) * CHOICES_PER_LOSS));
    return other;
  }

  /** Notes the cost of the way just taken, in a unit that is the same for both. */
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
