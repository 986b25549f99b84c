/** Frames per second over several rounds. */
export interface FrameRate {
  readonly best: number;
  readonly median: number;
}

/** Runs `runFrame` `frames` times and returns the frames per second. */
export function timeRound(runFrame: () => void, frames: number): number {
  const start = performance.now();
  for (let i = 0; i < frames; i++) runFrame();
  return (1000 * frames) / (performance.now() - start);
}

/** The best and the median of several rounds, rounded to a tenth. */
export function summarizeRounds(rounds: readonly number[]): FrameRate {
  const sorted = rounds.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { best: toTenth(sorted.at(-1)!), median: toTenth(median) };
}

function toTenth(value: number): number {
  return Math.round(value * 10) / 10;
}
