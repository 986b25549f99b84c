/** Output samples that one level change spreads over. */
export const TAPS = 40;
/** Positions between two samples for which the kernel is tabulated; between them it is interpolated. */
export const PHASES = 256;
/** What the taps of every phase add up to. */
export const KERNEL_UNIT = 1 << 20;

/**
 * A low-pass filter that is 86 dB down from half the sample rate on, and flat to 0.36 of the rate
 * (17.4 kHz at 48 kHz): a Kaiser-windowed sinc. https://ccrma.stanford.edu/~jos/sasp/Kaiser_Window.html
 */
const KAISER_BETA = 8.52;
const CUTOFF = 0.432;

/**
 * Built from + − × ÷ and square roots alone, which every engine rounds alike (unlike Math.sin), and then
 * made whole numbers, so that sums of steps are exact in doubles whatever their order.
 */
function sinOfPi(turns: number): number {
  const folded = turns - 2 * Math.round(turns / 2);
  const half = folded > 0.5 ? 1 - folded : folded < -0.5 ? -1 - folded : folded;
  const x = half * Math.PI;
  let term = x;
  let sum = x;
  for (let n = 2; n < 30; n += 2) {
    term *= -(x * x) / (n * (n + 1));
    sum += term;
  }
  return sum;
}

/** The modified Bessel function I₀. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 60; n++) {
    term *= (x / (2 * n)) * (x / (2 * n));
    sum += term;
  }
  return sum;
}

/** The filter's impulse response at `at` samples from its centre. */
function response(at: number): number {
  const place = at / (TAPS / 2);
  if (place <= -1 || place >= 1) return 0;
  const window = bessel(KAISER_BETA * Math.sqrt(1 - place * place));
  return at === 0 ? 2 * CUTOFF * window : (sinOfPi(2 * CUTOFF * at) / (Math.PI * at)) * window;
}

/**
 * The impulse responses of all phases, PHASES + 1 rows of TAPS whole numbers. Row p is for an impulse
 * p / PHASES of a sample after a sample; its centre lies TAPS / 2 samples later. Single precision holds
 * whole numbers below 2^24, and the table stays within 41 KiB of the cache.
 */
export function buildKernel(): Float32Array {
  const kernel = new Float32Array((PHASES + 1) * TAPS);
  for (let phase = 0; phase <= PHASES; phase++) {
    const row: number[] = [];
    for (let tap = 0; tap < TAPS; tap++) row.push(response(tap + 1 - TAPS / 2 - phase / PHASES));
    const scale = KERNEL_UNIT / row.reduce((sum, tap) => sum + tap, 0);
    let sum = 0;
    let rounded = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      sum += row[tap] * scale;
      const next = tap === TAPS - 1 ? KERNEL_UNIT : Math.round(sum);
      kernel[phase * TAPS + tap] = next - rounded;
      rounded = next;
    }
  }
  return kernel;
}
