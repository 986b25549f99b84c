import { InputError } from "../../emu/input-error.ts";

/** Comparisons of a byte with a number, or with its value at the last search. */
export const COMPARISONS = [
  "equal",
  "not_equal",
  "greater",
  "less",
  "changed",
  "unchanged",
  "increased",
  "decreased",
  "increased_by",
  "decreased_by",
] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Sizes and forms of the values that are searched for. */
export const VALUE_KINDS = ["u8", "s8", "u16", "digits"] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

const NEEDS_VALUE: readonly Comparison[] = [
  "equal",
  "not_equal",
  "greater",
  "less",
  "increased_by",
  "decreased_by",
];
const MAX_DIGITS = 8;
/** Number of steps that can be undone. */
const MAX_UNDO_STEPS = 50;

/**
 * Finds the address of a value step by step. The first search looks at all of RAM. Each later one looks at
 * the remaining addresses and can compare with their values at the previous search.
 */
export class MemorySearch {
  #places: readonly number[] = [];
  #values: ReadonlyMap<number, number> = new Map();
  #kind: ValueKind = "u8";
  #digits = 1;
  #isActive = false;
  #steps: { readonly places: readonly number[]; readonly values: ReadonlyMap<number, number> }[] = [];

  get isActive(): boolean {
    return this.#isActive;
  }

  /** The remaining addresses, in order. */
  get places(): readonly number[] {
    return this.#places;
  }

  /** Clears the search. */
  clear(): void {
    this.#places = [];
    this.#values = new Map();
    this.#steps = [];
    this.#isActive = false;
  }

  /**
   * Starts a search over `addresses`. "digits" are `digits` bytes with one decimal digit each, the highest
   * first.
   */
  start(
    addresses: readonly number[],
    kind: ValueKind,
    digits: number,
    peek: (address: number) => number,
  ): void {
    this.#kind = kind;
    this.#digits = Math.min(MAX_DIGITS, digits);
    this.#places = addresses;
    this.#values = new Map(addresses.map((address) => [address, this.valueAt(address, peek)]));
    this.#steps = [];
    this.#isActive = true;
  }

  /** Number of bytes of a value. */
  get bytesPerValue(): number {
    return this.#kind === "u16" ? 2 : this.#kind === "digits" ? this.#digits : 1;
  }

  /** The value at an address at the last search. */
  valueBefore(address: number): number | undefined {
    return this.#values.get(address);
  }

  /** True if there is a step to undo. */
  get canUndo(): boolean {
    return this.#steps.length > 0;
  }

  /** Undoes the last step. */
  undo(): void {
    const step = this.#steps.pop();
    if (step !== undefined) [this.#places, this.#values] = [step.places, step.values];
  }

  /** Keeps the addresses for which the comparison is true. Throws `InputError` if a number is missing. */
  filter(comparison: Comparison, value: number | undefined, peek: (address: number) => number): void {
    if (value === undefined && NEEDS_VALUE.includes(comparison))
      throw new InputError("usage", `${comparison} needs a value`, "value");
    const wanted = value ?? 0;
    this.#steps = [...this.#steps, { places: this.#places, values: this.#values }].slice(-MAX_UNDO_STEPS);
    this.#places = this.#places.filter((address) =>
      compares(comparison, this.valueAt(address, peek), this.#values.get(address)!, wanted),
    );
    this.#values = new Map(this.#places.map((address) => [address, this.valueAt(address, peek)]));
  }

  /** The value at an address, in the form that is searched for; −1 if the bytes are not such a value. */
  valueAt(address: number, peek: (address: number) => number): number {
    const byte = peek(address);
    switch (this.#kind) {
      case "u8":
        return byte;
      case "s8":
        return byte >= 0x80 ? byte - 0x100 : byte;
      case "u16":
        return byte | (peek(address + 1) << 8);
      case "digits": {
        let value = 0;
        for (let i = 0; i < this.#digits; i++) {
          const digit = peek(address + i);
          if (digit > 9) return -1;
          value = 10 * value + digit;
        }
        return value;
      }
    }
  }
}

function compares(comparison: Comparison, now: number, before: number, value: number): boolean {
  switch (comparison) {
    case "equal":
      return now === value;
    case "not_equal":
      return now !== value;
    case "greater":
      return now > value;
    case "less":
      return now < value;
    case "changed":
      return now !== before;
    case "unchanged":
      return now === before;
    case "increased":
      return now > before;
    case "decreased":
      return now < before;
    case "increased_by":
      return now - before === value;
    case "decreased_by":
      return before - now === value;
  }
}
