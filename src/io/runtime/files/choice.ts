/** How many of the last measurements of a way count: their median, so that a preempted one does not. */
const MEASUREMENTS = 5;
/** Every so many choices the one that looks worse is tried again: other load may have come or gone. */
const TRY_AGAIN = 16;

/**
 * Chooses between two ways of doing the same, by what each has cost lately. Which one is better depends on
 * what else the computer does, so it is measured all the time instead of being decided once.
 */
export class MeasuredChoice {
  readonly #costs = [new Float64Array(MEASUREMENTS), new Float64Array(MEASUREMENTS)] as const;
  readonly #counts = [0, 0];
  readonly #sorted = new Float64Array(MEASUREMENTS);
  #choices = 0;

  /** 0 or 1: the way to go next. */
  next(): 0 | 1 {
    // Both in turn at first: the very first times of either are slow, and say nothing.
    const [zero, one] = this.#counts as [number, number];
    if (Math.min(zero, one) < MEASUREMENTS) return zero <= one ? 0 : 1;
    const better = this.#median(1) < this.#median(0) ? 1 : 0;
    this.#choices++;
    return this.#choices % TRY_AGAIN === 0 ? ((1 - better) as 0 | 1) : better;
  }

  /** What going that way has cost, in any unit that is the same for both. */
  note(way: 0 | 1, cost: number): void {
    const count = this.#counts[way]!;
    this.#costs[way][count % MEASUREMENTS] = cost;
    this.#counts[way] = count + 1;
  }

  #median(way: 0 | 1): number {
    const count = Math.min(MEASUREMENTS, this.#counts[way]!);
    const sorted = this.#sorted.subarray(0, count);
    sorted.set(this.#costs[way].subarray(0, count));
    sorted.sort();
    return sorted[count >> 1]!;
  }
}
