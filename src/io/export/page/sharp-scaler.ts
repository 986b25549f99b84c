/**
 * The weight of a whole pixel: `share`, the weight of the second of two neighbouring pixels, is at most this.
 */
const WHOLE = 256;
/** Red and blue, green and alpha, of two bytes each that a multiplication by up to `WHOLE` does not mix. */
const EVEN_BYTES = 0x00ff00ff;

/** Size of a picture in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which source pixels each target pixel of a side covers: `at`, and of the next one `share` of `WHOLE`. */
interface Side {
  readonly at: Uint16Array;
  readonly share: Uint16Array;
}

/**
 * Enlarges pictures so that pixels are equally wide and their edges sharp: a target pixel between two source
 * pixels has a mean of both. Faster than a canvas that scales twice, because each line is made once and
 * copied, and lines that have not changed are skipped.
 */
export class SharpScaler {
  /** The enlarged picture, four bytes per pixel. */
  readonly #target: Uint32Array;
  readonly #columns: Side;
  readonly #rows: Side;
  /** The source picture that the target shows. */
  readonly #shown: Uint32Array;
  readonly #width: number;
  readonly #line: Uint32Array;
  readonly #nextLine: Uint32Array;
  #isNew = true;

  /** The target must be at least as large as the source in both directions, and is empty at first. */
  constructor(source: Size, target: Size & { readonly words: Uint32Array }) {
    const { width, height } = target;
    this.#target = target.words;
    this.#columns = sideOf(source.width, width);
    this.#rows = sideOf(source.height, height);
    this.#width = source.width;
    this.#shown = new Uint32Array(source.width * source.height);
    this.#line = new Uint32Array(width);
    this.#nextLine = new Uint32Array(width);
  }

  /**
   * Enlarges the lines of a picture that differ from the last one. Returns the first row of the target that
   * may have changed, and the number of such rows.
   */
  scale(pixels: Uint32Array): { readonly top: number; readonly rows: number } {
    const [first, last] = this.#isNew ? [0, pixels.length / this.#width - 1] : this.#changedLines(pixels);
    this.#isNew = false;
    if (first > last) return { top: 0, rows: 0 };
    this.#shown.set(pixels);
    const { at, share } = this.#rows;
    const width = this.#line.length;
    const height = at.length;
    let line = this.#line;
    let next = this.#nextLine;
    let [lineAt, nextAt] = [-1, -1];
    let top = 0;
    while (top < height && at[top]! + (share[top]! > 0 ? 1 : 0) < first) top++;
    let y = top;
    for (; y < height && at[y]! <= last; y++) {
      const row = at[y]!;
      if (row === nextAt) {
        [line, next] = [next, line];
        [lineAt, nextAt] = [nextAt, lineAt];
      } else if (row !== lineAt) {
        this.#fill(line, pixels, row);
        lineAt = row;
      }
      if (share[y] === 0) {
        this.#target.set(line, y * width);
        continue;
      }
      if (nextAt !== row + 1) {
        this.#fill(next, pixels, row + 1);
        nextAt = row + 1;
      }
      for (let x = 0, to = y * width; x < width; x++, to++)
        this.#target[to] = mix(line[x]!, next[x]!, share[y]!);
    }
    return { top, rows: y - top };
  }

  /** The first and the last line that differ from the picture that is shown. */
  #changedLines(pixels: Uint32Array): readonly [first: number, last: number] {
    const shown = this.#shown;
    let start = 0;
    while (start < pixels.length && pixels[start] === shown[start]) start++;
    let end = pixels.length - 1;
    while (end > start && pixels[end] === shown[end]) end--;
    return [Math.floor(start / this.#width), start > end ? -1 : Math.floor(end / this.#width)];
  }

  #fill(line: Uint32Array, pixels: Uint32Array, row: number): void {
    const { at, share } = this.#columns;
    const start = row * this.#width;
    for (let x = 0; x < line.length; x++) {
      const from = start + at[x]!;
      const part = share[x]!;
      line[x] = part === 0 ? pixels[from]! : mix(pixels[from]!, pixels[from + 1]!, part);
    }
  }
}

/** A mean of two colours of four bytes: `share` of `WHOLE` of the second one. */
function mix(one: number, other: number, share: number): number {
  const rest = WHOLE - share;
  const even = Math.imul(one & EVEN_BYTES, rest) + Math.imul(other & EVEN_BYTES, share);
  const odd = Math.imul((one >>> 8) & EVEN_BYTES, rest) + Math.imul((other >>> 8) & EVEN_BYTES, share);
  return ((even >>> 8) & EVEN_BYTES) | (odd & ~EVEN_BYTES);
}

function sideOf(source: number, target: number): Side {
  const at = new Uint16Array(target);
  const share = new Uint16Array(target);
  for (let i = 0; i < target; i++) {
    const start = (i * source) / target;
    const end = ((i + 1) * source) / target;
    at[i] = Math.min(source - 1, Math.floor(start));
    const beyond = end - (at[i]! + 1);
    share[i] = beyond <= 0 || at[i]! + 1 >= source ? 0 : Math.round((WHOLE * beyond * target) / source);
  }
  return { at, share };
}
