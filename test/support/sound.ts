/** The fake machine's tone: a sawtooth of 64 samples, with steps of 256. */
export const SAW_HZ = 750;
const STEP = 256;
const PERIOD = 64;

/** Start and length in samples of each unbroken stretch of the fake machine's tone. */
export function sawStretches(samples: Int16Array): { start: number; length: number }[] {
  const stretches: { start: number; length: number }[] = [];
  let start = 0;
  for (let i = 1; i <= samples.length; i++) {
    const step = i < samples.length ? samples[i]! - samples[i - 1]! : 0;
    if (step === STEP || step === -(PERIOD - 1) * STEP) continue;
    if (i - start > PERIOD) stretches.push({ start, length: i - start });
    start = i;
  }
  return stretches;
}

/** Frequency of a tone, from the time between its first and last upward crossing of zero. */
export function frequencyOf(samples: ArrayLike<number>, rateHz = 48_000): number {
  let first = -1;
  let last = -1;
  let count = -1;
  for (let i = 1; i < samples.length; i++) {
    const [before, after] = [samples[i - 1]!, samples[i]!];
    if (before >= 0 || after < 0) continue;
    last = i - 1 + before / (before - after);
    if (first < 0) first = last;
    count++;
  }
  return (count * rateHz) / (last - first);
}

/** Loudness of samples without their mean. */
export function loudness(samples: readonly number[]): number {
  const mean = samples.reduce((sum, one) => sum + one, 0) / samples.length;
  return Math.sqrt(samples.reduce((sum, one) => sum + (one - mean) ** 2, 0) / samples.length);
}

/** Samples between rises from far below 0 to far above, as a mean. */
export function periodOf(samples: readonly number[]): number {
  const far = loudness(samples) / 2;
  const rises: number[] = [];
  let wasLow = false;
  for (const [at, sample] of samples.entries()) {
    if (wasLow && sample > far) rises.push(at);
    if (sample > far || sample < -far) wasLow = sample < -far;
  }
  return (rises.at(-1)! - rises[0]!) / (rises.length - 1);
}
