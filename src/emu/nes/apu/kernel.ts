/** Number of output samples that one level change affects. */
export const TAPS = 40;
/**
 * Number of positions between two samples for which the kernel is tabulated. Values in between are
 * interpolated.
 */
export const PHASES = 256;
/** Sum of the taps of every phase. */
export const KERNEL_UNIT = 1 << 20;

/**
 * A low-pass filter: a Kaiser-windowed sinc, flat to 0.36 of the sample rate (17.4 kHz at 48 kHz), 86 dB down
 * from half the rate on. https://ccrma.stanford.edu/~jos/sasp/Kaiser_Window.html
 */
const KAISER_BETA = 8.52;
const CUTOFF = 0.432;

/**
 * The sine of π × `turns`. It uses only + − × ÷ and square roots, which every engine rounds alike (unlike
 * Math.sin). The results become whole numbers, so that sums of steps are exact in doubles in any order.
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
 * The impulse responses of all phases, PHASES + 1 rows of TAPS whole numbers. Row p is for an impulse p /
 * PHASES of a sample after a sample; its centre is TAPS / 2 samples later. The table is in doubles: engines
 * take longer to convert single precision than to read from the second cache.
 */
function buildKernel(): Float64Array {
  const kernel = new Float64Array((PHASES + 1) * TAPS);
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

let shared: Float64Array | undefined;

/** The kernel, which all machines of a thread share. It takes 2 ms to build, most of a machine's start. */
export function sharedKernel(): Float64Array {
  shared ??= buildKernel();
  return shared;
}
