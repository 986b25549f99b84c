import { clip, INVALID_PARAMS, type Params, RpcError } from "./json-rpc.ts";

/** Reads a request's parameters by name. Rejects missing, invalid and unknown parameters. */
export class ParamReader {
  readonly #params: Params;
  readonly #unread: Set<string>;

  constructor(params: Params) {
    this.#params = params;
    this.#unread = new Set(Object.keys(params));
  }

  /** Returns true if the parameter is present. */
  has(name: string): boolean {
    return Object.hasOwn(this.#params, name);
  }

  /** A whole number from `least` to `most`. With a `fallback` it may be omitted. */
  integer(name: string, least: number, most: number, fallback?: number): number {
    const value = this.#take(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (!isInteger(value, least, most)) throw invalid(name, `a whole number from ${least} to ${most}`);
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#take(name) ?? fallback;
    if (typeof value !== "boolean") throw invalid(name, "true or false");
    return value;
  }

  string(name: string, mostCharacters: number): string {
    const value = this.#take(name);
    if (typeof value !== "string" || value.length > mostCharacters)
      throw invalid(name, `a string of at most ${mostCharacters} characters`);
    return value;
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback?: T): T {
    const value = this.#take(name) ?? fallback;
    const found = values.find((each) => each === value);
    if (found === undefined) throw invalid(name, `one of ${values.join(", ")}`);
    return found;
  }

  /** Whole numbers from `least` to `most`, at least one and at most `mostCount` of them. */
  integers(name: string, least: number, most: number, mostCount: number): readonly number[] {
    const value = this.#take(name);
    const isFine =
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= mostCount &&
      value.every((each) => isInteger(each, least, most));
    if (!isFine) throw invalid(name, `1 to ${mostCount} whole numbers from ${least} to ${most}`);
    return value;
  }

  /** Bytes in base64. */
  base64(name: string, mostBytes: number): Uint8Array {
    const value = this.string(name, Math.ceil(mostBytes / 3) * 4);
    try {
      return Uint8Array.fromBase64(value);
    } catch {
      throw invalid(name, "base64");
    }
  }

  /** The parameter, unchecked. */
  raw(name: string): unknown {
    return this.#take(name);
  }

  /** Call this last: throws if there is a parameter that was not read. */
  end(): void {
    for (const name of this.#unread) throw new RpcError(INVALID_PARAMS, `unknown parameter "${clip(name)}"`);
  }

  #take(name: string): unknown {
    this.#unread.delete(name);
    return this.has(name) ? this.#params[name] : undefined;
  }
}

/** The error for an invalid parameter. */
export function invalid(name: string, wanted: string): RpcError {
  return new RpcError(INVALID_PARAMS, `"${name}" must be ${wanted}`);
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
