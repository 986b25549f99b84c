/** In-place radix-2 transform of 2ⁿ complex numbers. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    for (let k = 0; k < size / 2; k++) {
      const wr = Math.cos((-2 * Math.PI * k) / size);
      const wi = Math.sin((-2 * Math.PI * k) / size);
      for (let start = 0; start < n; start += size) {
        const a = start + k;
        const b = a + size / 2;
        const tr = re[b] * wr - im[b] * wi;
        const ti = re[b] * wi + im[b] * wr;
        re[b] = re[a] - tr;
        im[b] = im[a] - ti;
        re[a] += tr;
        im[a] += ti;
      }
    }
  }
}

/** Half the width of a line in bins: the Blackman–Harris window's main lobe. */
const LINE_BINS = 5;

/** A peak of a spectrum. */
export interface Line {
  readonly hz: number;
  readonly decibels: number;
}

/**
 * Magnitudes of the first 2ⁿ samples by bin, in dB of full scale, through a 4-term Blackman–Harris window
 * (−92 dB).
 */
export class Spectrum {
  readonly decibels: Float64Array;
  readonly binHz: number;

  constructor(samples: ArrayLike<number>, rateHz = 48_000) {
    const n = 1 << Math.floor(Math.log2(samples.length));
    const re = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const x = (2 * Math.PI * i) / n;
      const window = 0.35875 - 0.48829 * Math.cos(x) + 0.14128 * Math.cos(2 * x) - 0.01168 * Math.cos(3 * x);
      re[i] = (samples[i] / 32768) * window;
    }
    const im = new Float64Array(n);
    transform(re, im);
    this.decibels = new Float64Array(n / 2);
    for (let i = 0; i < n / 2; i++) {
      const magnitude = (Math.hypot(re[i], im[i]) * 2) / (n * 0.35875);
      this.decibels[i] = 20 * Math.log10(magnitude + 1e-12);
    }
    this.binHz = rateHz / n;
  }

  /** The strongest line between two frequencies, its position interpolated between bins with a parabola. */
  peak(fromHz: number, toHz: number): Line {
    const { decibels, binHz } = this;
    let best = Math.max(1, Math.ceil(fromHz / binHz));
    const last = Math.min(decibels.length - 2, Math.floor(toHz / binHz));
    for (let i = best; i <= last; i++) if (decibels[i] > decibels[best]) best = i;
    const [left, middle, right] = [decibels[best - 1], decibels[best], decibels[best + 1]];
    const shift = (0.5 * (left - right)) / (left - 2 * middle + right);
    return { hz: (best + shift) * binHz, decibels: middle };
  }

  /** The strongest line above `fromHz` except `lines` (frequencies in Hz). */
  strongestBeside(lines: readonly number[], fromHz: number): Line {
    const { decibels, binHz } = this;
    let hz = 0;
    let strongest = -Infinity;
    for (let i = Math.ceil(fromHz / binHz); i < decibels.length; i++) {
      if (decibels[i] <= strongest) continue;
      if (lines.some((line) => Math.abs(i - line / binHz) <= LINE_BINS)) continue;
      strongest = decibels[i];
      hz = i * binHz;
    }
    return { hz, decibels: strongest };
  }
}
