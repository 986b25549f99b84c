import { clip, INVALID_PARAMS, type Params, RpcError } from "./json-rpc.ts";

/** Reads a request's parameters by name, and refuses what is missing, of another kind, or left over. */
export class ParamReader {
  readonly #params: Params;
  readonly #unread: Set<string>;

  constructor(params: Params) {
    this.#params = params;
    this.#unread = new Set(Object.keys(params));
  }

  /** Whether the parameter is there. */
  has(name: string): boolean {
    return Object.hasOwn(this.#params, name);
  }

  /** A whole number from `least` to `most`; `fallback` where it may be left out. */
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

  /** The parameter as it is. */
  raw(name: string): unknown {
    return this.#take(name);
  }

  /** To be called at the end: throws when there is a parameter that nobody has asked for. */
  end(): void {
    for (const name of this.#unread) throw new RpcError(INVALID_PARAMS, `no parameter "${clip(name)}"`);
  }

  #take(name: string): unknown {
    this.#unread.delete(name);
    return this.has(name) ? this.#params[name] : undefined;
  }
}

/** The error for a parameter that is not what it must be. */
export function invalid(name: string, wanted: string): RpcError {
  return new RpcError(INVALID_PARAMS, `"${name}" must be ${wanted}`);
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
