type IfEquals<A, B, Then, Else> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? Then : Else;

/**
 * The public fields of `T` that can hold state in themselves: writable numbers and booleans. `readonly`
 * fields are configuration, and objects keep their own state. Booleans count, so that one cannot hide
 * from a state: `defineFields` refuses them, so write them as 0 and 1.
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

/**
 * Lists the fields of `T` that a state must hold, and makes the compiler prove that none is missing:
 *
 * ```ts
 * const PULSE_FIELDS = defineFields<Pulse>()("timer", "step", "volume");
 * ```
 *
 * `Except` names the fields that are left out on purpose: derived ones, or doubles that go elsewhere.
 * Fields must be public (TypeScript's `private`, `protected` and `#` hide them from the check).
 */
export function defineFields<T, Except extends StateKeys<T> = never>() {
  return <const F extends readonly (StateKeys<T> & NumericFields<T>)[]>(
    ...fields: [Exclude<StateKeys<T>, F[number] | Except>] extends [never]
      ? F
      : [missing: Exclude<StateKeys<T>, F[number] | Except>]
  ): F => {
    if (new Set<unknown>(fields as readonly unknown[]).size !== fields.length)
      throw new Error(`field listed twice: ${(fields as readonly unknown[]).join(" ")}`);
    return fields as unknown as F;
  };
}

/**
 * Writes `fields` of `object` into `slots` from element `at` on, and returns the element after the last.
 * Throws when a value does not fit its slot (a fraction or 33 bits in an Int32Array): a bug of ours.
 */
export function flushFields<F extends string>(
  object: WithFields<F>,
  fields: readonly F[],
  slots: Int32Array | Float64Array,
  at = 0,
): number {
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as F;
    slots[at + i] = object[field];
    if (slots[at + i] !== object[field]) throw new Error(`${field} = ${object[field]} does not fit its slot`);
  }
  return at + fields.length;
}

/** The reverse of `flushFields`. */
export function loadFields<F extends string>(
  object: WithFields<F>,
  fields: readonly F[],
  slots: Int32Array | Float64Array,
  at = 0,
): number {
  for (let i = 0; i < fields.length; i++) object[fields[i] as F] = slots[at + i] as number;
  return at + fields.length;
}
