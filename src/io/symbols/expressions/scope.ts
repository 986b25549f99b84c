import type { CMember, CType } from "../c-type.ts";
import type { IndexedSpace } from "./parse.ts";

/** Something with a value: a register, a variable, a byte of memory. */
export interface ValuePlace {
  get(): number;
  /** Undefined if it cannot be changed. */
  readonly set?: ((value: number) => void) | undefined;
  /** CPU address; undefined for registers and constants. */
  readonly address?: number | undefined;
  /** Size of the value in bytes; of an array, that of one element. */
  readonly bytes?: number | undefined;
  /** Number of elements of an array. */
  readonly count?: number | undefined;
  readonly isSigned?: boolean | undefined;
  /** For display: the C type, or what kind of register. */
  readonly type?: string | undefined;
  /** Members of a struct, which has no value of its own. */
  readonly members?: readonly CMember[] | undefined;
  /** What a pointer points to. */
  readonly pointsTo?: CType | undefined;
}

/** Gives names and memories their meaning. */
export interface Scope {
  /** The place with this name; undefined if there is none. Throws `InputError` if the name is ambiguous. */
  lookup(name: string): ValuePlace | undefined;
  /** Names that are similar to one that does not exist. */
  suggest(name: string): readonly string[];
  /** The place at an address of a memory. */
  memory(space: IndexedSpace, address: number): ValuePlace;
  /** Element `index` of an array, or of what a pointer points to. */
  element(array: ValuePlace, index: number): ValuePlace;
  /** A member of a struct. Throws `InputError` if it has none of that name. */
  member(struct: ValuePlace, name: string): ValuePlace;
  /**
   * "real": `/` gives fractions, and what is not defined gives 0. By default `/` gives whole numbers, and
   * divisions by 0 and shifts by other than 0 to 31 are errors.
   */
  readonly arithmetic?: "real";
  /** What `prev` and `delta` remember, and the values that they will. Without it, both are errors. */
  readonly memories?: { readonly before: Float64Array; readonly now: Float64Array };
}

/** A parsed expression whose names are known. */
export type Evaluate = () => number;
