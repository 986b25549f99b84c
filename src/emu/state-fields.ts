type IfEquals<A, B, Then, Else> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? Then : Else;

/**
 * The public fields of `T` that hold state: writable numbers and booleans. `readonly` fields are
 * configuration, and objects save their own state. Booleans are included so that none is forgotten, but
 * `defineFields` rejects them: use 0 and 1.
 */
export type StateKeys<T> = {
  [K in keyof T]-?: T[K] extends number | boolean
    ? IfEquals<Pick<T, K>, { -readonly [P in K]: T[P] }, K, never>
    : never;
}[keyof T] &
  string;

type NumericFields<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & string;

/** An object whose listed fields are numbers. */
export type WithFields<F extends string> = { [P in F]: number };

/** The values that a field may have: whole numbers from `min` to `max`, and `also`. */
export interface FieldRange {
  readonly min: number;
  readonly max: number;
  readonly also?: number;
  /** Fractions are allowed too. */
  readonly fractions?: boolean;
}

export function range(min: number, max: number, also?: number): FieldRange {
  return also === undefined ? { min, max } : { min, max, also };
}

export const FLAG = range(0, 1);
export const BYTE = range(0, 0xff);
export const WORD = range(0, 0xffff);
export const INT32 = range(-(2 ** 31), 2 ** 31 - 1);

/** The fields of a class in a state, in slot order, with the values that they may have. */
export interface FieldList<F extends string> {
  readonly names: readonly F[];
  readonly ranges: readonly FieldRange[];
}

/**
 * Lists the fields of `T` for a state with the values that they may have. The compiler proves that none is
 * missing:
 *
 * ```ts
 * const PULSE_FIELDS = defineFields<Pulse>()({
 *   timer: range(0, 2047),
 *   step: range(0, 7),
 *   volume: range(0, 15),
 * });
 * ```
 *
 * `Except` names the fields that are omitted on purpose: derived ones, or doubles that are stored elsewhere.
 * Fields must be public (TypeScript's `private`, `protected` and `#` hide them from the check).
 */
export function defineFields<T, Except extends StateKeys<T> = never>() {
  type Listed = Exclude<StateKeys<T>, Except>;
  return (
    ranges: {
      readonly [K in Listed]: T[K] extends number ? FieldRange : never;
    },
  ): FieldList<Listed & NumericFields<T>> => ({
    names: Object.keys(ranges) as (Listed & NumericFields<T>)[],
    ranges: Object.values(ranges),
  });
}

/**
 * Writes the listed fields of `object` into `slots` from element `at` on. Returns the element after the last.
 * Throws if a value does not fit its slot (a fraction or 33 bits in an Int32Array), which is a bug of emu.
 */
export function flushFields<F extends string>(
  object: WithFields<F>,
  { names }: FieldList<F>,
  slots: Int32Array | Float64Array,
  at = 0,
): number {
  for (let i = 0; i < names.length; i++) {
    const field = names[i] as F;
    slots[at + i] = object[field];
    if (slots[at + i] !== object[field]) throw new Error(`${field} = ${object[field]} does not fit its slot`);
  }
  return at + names.length;
}

/** Reads the listed fields back from `slots`: the reverse of `flushFields`. */
export function loadFields<F extends string>(
  object: WithFields<F>,
  { names }: FieldList<F>,
  slots: Int32Array | Float64Array,
  at = 0,
): number {
  for (let i = 0; i < names.length; i++) object[names[i] as F] = slots[at + i] as number;
  return at + names.length;
}
