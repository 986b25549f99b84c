import { InputError } from "../../../emu/input-error.ts";

/**
 * The arguments of a request, which can be any JSON. Each method checks one argument and throws `InputError`
 * if it is invalid.
 */
export class RequestArguments {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: unknown) {
    const isObject = typeof values === "object" && values !== null && !Array.isArray(values);
    this.#values = isObject ? (values as Record<string, unknown>) : {};
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name, "a text");
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
    return this.#missing(name, "a text");
  }

  whole(name: string, min: number, max: number): number {
    return this.optionalWhole(name, min, max) ?? this.#missing(name, `a whole number from ${min} to ${max}`);
  }

  optionalWhole(name: string, min: number, max: number): number | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    const isValid = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
    return isValid ? value : this.#missing(name, `a whole number from ${min} to ${max}`);
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** A list of objects; empty if it is missing. */
  list(name: string, maxLength = 10_000): readonly RequestArguments[] {
    return this.#array(name, maxLength).map((each) => new RequestArguments(each));
  }

  texts(name: string, maxLength = 1000): readonly string[] {
    return this.#array(name, maxLength).map((each) =>
      typeof each === "string" ? each : this.#missing(name, "a list of texts"),
    );
  }

  /** A list of whole numbers from 0 to `max`. */
  numbers(name: string, max: number, maxLength: number): readonly number[] {
    return this.#array(name, maxLength).map((each) => {
      const isValid = typeof each === "number" && Number.isInteger(each) && each >= 0 && each <= max;
      return isValid ? each : this.#missing(name, `a list of whole numbers from 0 to ${max}`);
    });
  }

  object(name: string): RequestArguments {
    return new RequestArguments(this.#values[name]);
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  #array(name: string, maxLength: number): readonly unknown[] {
    const value = this.#values[name] ?? [];
    const isValid = Array.isArray(value) && value.length <= maxLength;
    return isValid ? value : this.#missing(name, `a list of at most ${maxLength} elements`);
  }

  #missing(name: string, expected: string): never {
    throw new InputError("usage", `${expected} was expected`, name);
  }
}

/** Handles a request and returns the body of its response. Throws `InputError` if it cannot. */
export type RequestHandler = (args: RequestArguments) => unknown;
