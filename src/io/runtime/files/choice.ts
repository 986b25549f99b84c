/** How much a new measurement counts against all before it. */
const WEIGHT = 0.25;
/** Every so many choices the one that looks worse is tried again: other load may have come or gone. */
const TRY_AGAIN = 16;
const UNKNOWN = 0;

/**
 * Chooses between two ways of doing the same, by what each has cost lately. Which one is better depends on
 * what else the computer does, so it is measured all the time instead of being decided once.
 */
export class MeasuredChoice {
  readonly #costs = new Float64Array(2);
  #choices = 0;

  /** 0 or 1: the way to go next. */
  next(): 0 | 1 {
    const [first, second] = this.#costs as unknown as [number, number];
    if (first === UNKNOWN) return 0;
    if (second === UNKNOWN) return 1;
    const better = second < first ? 1 : 0;
    this.#choices++;
    return this.#choices % TRY_AGAIN === 0 ? ((1 - better) as 0 | 1) : better;
  }

  /** What going that way has cost, in any unit that is the same for both. */
  note(way: 0 | 1, cost: number): void {
    const before = this.#costs[way]!;
    this.#costs[way] = before === UNKNOWN ? cost : before + (cost - before) * WEIGHT;
  }
}
