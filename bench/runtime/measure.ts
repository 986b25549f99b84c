/** Code shared by the sections of bench/runtime.ts. */

/** A line of a table. */
export type Row = Record<string, string | number>;

/** One requirement, and this run's result for it. */
export interface Bar {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Section {
  readonly rows: Row[];
  readonly bars: Bar[];
}

export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/**
 * Times every contender once per round, in a different order each round, because a contender can slow down
 * the next one by the garbage and the running threads that it leaves. The first tenth of the rounds does not
 * count.
 */
export async function interleave(
  contenders: Record<string, () => unknown>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const entries = Object.entries(contenders);
  const times: Record<string, number[]> = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let at = 0; at < rounds * 1.1; at++) {
    const order = entries.map((entry) => ({ entry, place: Math.random() }));
    for (const { entry } of order.sort((a, b) => a.place - b.place)) {
      const [name, run] = entry;
      const start = performance.now();
      await run();
      if (at >= rounds * 0.1) times[name]!.push(performance.now() - start);
    }
  }
  return times;
}
