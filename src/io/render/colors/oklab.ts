import { linear } from "./mixed-color.ts";

/**
 * Colours in the OKLab space, in which distances are about as large as they look. Colours are converted when
 * they are first needed. https://bottosson.github.io/posts/oklab/
 */
export class OkLabColors {
  readonly #rgb: Uint32Array;
  readonly #isKnown: Uint8Array;
  readonly #l: Float32Array;
  readonly #a: Float32Array;
  readonly #b: Float32Array;

  /** `rgb` has 0xRRGGBB by colour id. */
  constructor(rgb: Uint32Array) {
    this.#rgb = rgb;
    this.#isKnown = new Uint8Array(rgb.length);
    this.#l = new Float32Array(rgb.length);
    this.#a = new Float32Array(rgb.length);
    this.#b = new Float32Array(rgb.length);
  }

  /** Distance of two colours by id. Black and white are 1 apart. */
  distance(one: number, other: number): number {
    if (this.#isKnown[one] === 0) this.#convert(one);
    if (this.#isKnown[other] === 0) this.#convert(other);
    const l = this.#l[one]! - this.#l[other]!;
    const a = this.#a[one]! - this.#a[other]!;
    const b = this.#b[one]! - this.#b[other]!;
    return Math.sqrt(l * l + a * a + b * b);
  }

  /** Lightness of a colour by id, from 0 for black to 1 for white. */
  lightness(id: number): number {
    if (this.#isKnown[id] === 0) this.#convert(id);
    return this.#l[id]!;
  }

  #convert(id: number): void {
    const color = this.#rgb[id]!;
    const red = linear(color >> 16);
    const green = linear((color >> 8) & 0xff);
    const blue = linear(color & 0xff);
    const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    this.#l[id] = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short;
    this.#a[id] = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
    this.#b[id] = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
    this.#isKnown[id] = 1;
  }
}
