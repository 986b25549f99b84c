/** Numbers behind the newest that can still be accepted, a multiple of 32. */
const WINDOW = 256;
const WORDS = WINDOW / 32;

/** Accepts each packet number once. Numbers far behind the newest are not accepted. */
export class ReplayWindow {
  /** One bit for each number of the window, at the number modulo `WINDOW`. */
  readonly #seen = new Uint32Array(WORDS);
  #newest = -1;

  /** The newest number so far; −1 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Returns true if a packet with this number has not been seen, and remembers it. */
  accept(number: number): boolean {
    if (number > this.#newest) this.#moveTo(number);
    else if (this.#newest - number >= WINDOW) return false;
    const word = (number % WINDOW) >>> 5;
    const bit = 1 << (number & 31);
    if ((this.#seen[word]! & bit) !== 0) return false;
    this.#seen[word] = this.#seen[word]! | bit;
    return true;
  }

  #moveTo(number: number): void {
    const first = Math.max(this.#newest + 1, number - WINDOW + 1);
    for (let passed = first; passed <= number; passed++) {
      const word = (passed % WINDOW) >>> 5;
      this.#seen[word] = this.#seen[word]! & ~(1 << (passed & 31));
    }
    this.#newest = number;
  }
}
